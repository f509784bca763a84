namespace Godwit.Server.Mosquitto;

/// <summary>What a <c>mosquitto.conf</c> and the files it includes say, section by section.</summary>
/// <param name="path">The file; it is the origin of what no line says.</param>
internal sealed class MosquittoModel(string path)
{
    internal string Path { get; } = path;

    /// <summary>The broker's own.</summary>
    internal MosquittoSection General { get; } = new(null);

    /// <summary>What stands before the first listener: Mosquitto's "default listener".</summary>
    internal MosquittoSection Default { get; } = new(null);

    internal List<MosquittoSection> Listeners { get; } = [];

    internal List<MosquittoPlugin> Plugins { get; } = [];

    /// <summary>Every file that was read, and every directory that was searched.</summary>
    internal List<string> Files { get; } = [];

    internal List<MosquittoMessage> Messages { get; } = [];

    internal bool IsPerListener => General["per_listener_settings"] is { IsOn: true };

    internal void Say(MosquittoSeverity severity, MosquittoLine line, string text) => Messages.Add(new MosquittoMessage(severity, line.File, line.Number, text));

    internal void Refuse(MosquittoLine line, string text) => Say(MosquittoSeverity.Error, line, text);

    internal void Warn(MosquittoLine line, string text) => Say(MosquittoSeverity.Warning, line, text);

    internal void Note(MosquittoLine line, string text) => Say(MosquittoSeverity.Note, line, text);
}
