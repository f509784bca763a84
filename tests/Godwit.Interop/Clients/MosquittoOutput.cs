using System.Globalization;

namespace Godwit.Interop.Clients;

/// <summary>The output of <c>mosquitto_sub -d -F</c> with every field of a message on one line.</summary>
public sealed class MosquittoOutput : IToolOutput
{
    /// <summary>Topic, QoS, retain, payload in hex, then the properties; separated by tabs.</summary>
    public const string Format = @"MSG\t%t\t%q\t%r\t%x\t%C\t%D\t%E\t%F\t%P\t%R\t%S";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <inheritdoc/>
    public bool IsSubscribed(string line) => line.StartsWith("Subscribed (mid: ", StringComparison.Ordinal);

    /// <inheritdoc/>
    public bool IsConnect(string line) => line.EndsWith(" sending CONNECT", StringComparison.Ordinal);

    /// <inheritdoc/>
    public void Read(string line, MessageQueue messages)
    {
        var fields = line.Split('\t');
        if (fields is not ["MSG", var topic, var qos, var retain, var payload, ..])
        {
            return;
        }

        messages.Add(new ReceivedMessage(topic, Convert.FromHexString(payload), Number(qos), retain is "1", Properties(fields)));
    }

    private static MessageProperties Properties(string[] fields) => new()
    {
        ContentType = Text(fields[5]),
        CorrelationData = Text(fields[6]),
        MessageExpirySeconds = OptionalNumber(fields[7]),
        PayloadFormatIndicator = OptionalNumber(fields[8]),
        UserProperties = [.. fields[9].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Pair)],
        ResponseTopic = Text(fields[10]),
        SubscriptionIdentifiers = [.. fields[11].Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).Select(Number)],
    };

    private static (string Name, string Value) Pair(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);

        return (text[..colon], text[(colon + 1)..]);
    }

    private static string? Text(string field) => field.Length == 0 ? null : field;

    private static int? OptionalNumber(string field) => field.Length == 0 ? null : Number(field);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
