using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Godwit.Interop.Clients;

/// <summary>
/// The output of <c>godwit sub -d -v</c>: a debug line of mosquitto_sub's form tells QoS and retain, a line
/// <c>topic payload</c> the rest; the two are paired by topic and length, as QoS 2 messages are shown later than announced.
/// </summary>
public sealed partial class GodwitOutput : IToolOutput
{
    private readonly List<Match> _announced = [];
    private readonly List<string> _shown = [];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <inheritdoc/>
    public bool IsSubscribed(string line) => line.StartsWith("Subscribed (mid: ", StringComparison.Ordinal);

    /// <inheritdoc/>
    public bool IsConnect(string line) => line.EndsWith(" sending CONNECT", StringComparison.Ordinal);

    /// <inheritdoc/>
    public void Read(string line, MessageQueue messages)
    {
        if (Announcement().Match(line) is { Success: true } announcement)
        {
            _announced.Add(announcement);
        }
        else
        {
            _shown.Add(line);
        }

        // The two streams are read side by side, so either line may come first.
        while (Pair() is { } message)
        {
            messages.Add(message);
        }
    }

    private ReceivedMessage? Pair()
    {
        foreach (var announcement in _announced)
        {
            var topic = announcement.Groups["topic"].Value;
            var size = int.Parse(announcement.Groups["size"].ValueSpan, CultureInfo.InvariantCulture);
            var start = topic + " ";
            var line = _shown.Find(line => line.StartsWith(start, StringComparison.Ordinal)
                && Encoding.UTF8.GetByteCount(line) == Encoding.UTF8.GetByteCount(start) + size);
            if (line is null)
            {
                continue;
            }

            _announced.Remove(announcement);
            _shown.Remove(line);
            var qos = announcement.Groups["qos"].Value[0] - '0';

            return new ReceivedMessage(topic, Encoding.UTF8.GetBytes(line[start.Length..]), qos, announcement.Groups["retain"].Value is "1", new());
        }

        return null;
    }

    [GeneratedRegex(@"^Client \S+ received PUBLISH \(d[01], q(?<qos>[012]), r(?<retain>[01]), m[0-9]+, '(?<topic>[^']*)', \.\.\. \((?<size>[0-9]+) bytes\)\)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Announcement();
}
