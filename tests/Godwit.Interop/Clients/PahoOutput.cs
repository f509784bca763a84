using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Godwit.Interop.Clients;

/// <summary>
/// The output of <c>paho_c_sub --verbose</c> with the library's own trace (the option <c>--trace</c> leaves out QoS 0): the trace
/// tells QoS and retain of each PUBLISH, the line <c>size topic TAB payload</c> the rest; the two are paired by size, as QoS 2
/// messages are shown later than traced.
/// </summary>
/// <param name="hasSize">False for <c>paho_cs_sub</c>, whose line is <c>topic TAB payload</c>.</param>
public sealed partial class PahoOutput(bool hasSize = true) : IToolOutput
{
    private readonly List<(int Size, int QoS, bool Retain)> _traced = [];
    private readonly List<(int Size, string Topic, string Payload)> _shown = [];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["MQTT_C_CLIENT_TRACE"] = "ON",
        ["MQTT_C_CLIENT_TRACE_LEVEL"] = "PROTOCOL",
    };

    /// <inheritdoc/>
    public bool IsSubscribed(string line) => line.Contains(" <- SUBACK ", StringComparison.Ordinal);

    /// <inheritdoc/>
    public bool IsConnect(string line) => line.Contains(" -> CONNECT ", StringComparison.Ordinal) || line is "connection lost";

    /// <inheritdoc/>
    public void Read(string line, MessageQueue messages)
    {
        if (Trace().Match(line) is { Success: true } trace)
        {
            _traced.Add((Number(trace.Groups["size"].Value), Number(trace.Groups["qos"].Value), trace.Groups["retain"].Value is "1"));
        }
        else if (line.Split('\t') is [var start, var payload])
        {
            var topic = hasSize ? start[(start.IndexOf(' ', StringComparison.Ordinal) + 1)..] : start;
            _shown.Add((Encoding.UTF8.GetByteCount(payload), topic, payload));
        }

        for (var shown = 0; shown < _shown.Count;)
        {
            var traced = _traced.FindIndex(message => message.Size == _shown[shown].Size);
            if (traced < 0)
            {
                shown++;
                continue;
            }

            var (_, topic, payload) = _shown[shown];
            messages.Add(new ReceivedMessage(topic, Encoding.UTF8.GetBytes(payload), _traced[traced].QoS, _traced[traced].Retain, new()));
            _shown.RemoveAt(shown);
            _traced.RemoveAt(traced);
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@" <- PUBLISH msgid: [0-9]+ qos: (?<qos>[012]) retained: (?<retain>[01]) payload len\((?<size>[0-9]+)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Trace();
}
