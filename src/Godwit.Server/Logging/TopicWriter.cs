using System.Text;

namespace Godwit.Server.Logging;

/// <summary>Gives each line to whoever publishes it.</summary>
/// <param name="publish">Gets the last levels of the topic, and the line.</param>
internal sealed class TopicWriter(Action<string, string> publish) : TextWriter
{
    /// <summary>The topic of warnings.</summary>
    internal const string Warning = "W";

    private static readonly string[] Names = ["E", Warning, "N", "I", "M/subscribe", "M/unsubscribe", "WS"];

    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>Gives one line away.</summary>
    /// <param name="value">A line of <see cref="TopicLines"/>; one that the writer has made itself is a warning.</param>
    public override void WriteLine(string? value)
    {
        var end = value?.IndexOf(' ', StringComparison.Ordinal) ?? -1;
        if (end > 0 && Names.Contains(value![..end], StringComparer.Ordinal))
        {
            publish(value[..end], value[(end + 1)..]);
        }
        else if (value is not null)
        {
            publish(Warning, value);
        }
    }
}
