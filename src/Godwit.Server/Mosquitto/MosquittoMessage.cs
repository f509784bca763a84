namespace Godwit.Server.Mosquitto;

/// <summary>What there is to say about a line of a <c>mosquitto.conf</c>.</summary>
/// <param name="Severity">How much it matters.</param>
/// <param name="File">Path of the file.</param>
/// <param name="Line">From 1; 0 is the file as a whole.</param>
/// <param name="Text">Whole sentences; never a password.</param>
public sealed record MosquittoMessage(MosquittoSeverity Severity, string File, int Line, string Text)
{
    /// <summary>E.g. <c>mosquitto.conf:12: error: ...</c>.</summary>
    public override string ToString() =>
        $"{File}{(Line > 0 ? $":{Line}" : "")}: {(Severity switch { MosquittoSeverity.Error => "error", MosquittoSeverity.Warning => "warning", _ => "note" })}: {Text}";
}
