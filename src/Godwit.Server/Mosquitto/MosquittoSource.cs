using Godwit.Server.Configuration;

namespace Godwit.Server.Mosquitto;

/// <summary>A file in the syntax of <c>mosquitto.conf</c>, and those it includes, as a source of our configuration.</summary>
/// <param name="path">The file.</param>
public sealed class MosquittoSource(string path) : IConfigurationSource
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Files { get; private set; } = [Path.GetFullPath(path)];

    /// <summary>All that there is to say, in the order of the lines, notes about options without effect included.</summary>
    public IReadOnlyList<MosquittoMessage> Messages { get; private set; } = [];

    /// <inheritdoc/>
    public ConfigurationInput Read()
    {
        var model = MosquittoReader.Read(path);
        var output = new MosquittoOutput();
        PluginTranslation.Check(model);
        GeneralTranslation.Translate(model, output);
        ListenerTranslation.Translate(model, output);
        LogTranslation.Translate(model, output);

        Files = [.. model.Files.Select(Path.GetFullPath)];
        Messages = [.. model.Messages.OrderBy(message => model.Files.IndexOf(message.File)).ThenBy(message => message.Line)];
        foreach (var message in Messages)
        {
            var origin = new ConfigurationOrigin(message.File, message.Line);
            output.Input.Messages.Add(new ConfigurationMessage(origin, message.Severity == MosquittoSeverity.Error, message.Text));
        }

        return output.Input;
    }
}
