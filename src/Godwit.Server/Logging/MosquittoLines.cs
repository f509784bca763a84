using System.Globalization;
using Godwit.Broker.Shards;

namespace Godwit.Server.Logging;

/// <summary>
/// The lines of Mosquitto 2.0 for what clients do, with the address in brackets where a refusal would otherwise not name it (as 2.1 does);
/// everything else is our own sentence.
/// </summary>
/// <param name="hasTime">The time stands in front.</param>
/// <param name="timeFormat">As strftime reads it; empty: seconds since 1970.</param>
internal sealed class MosquittoLines(bool hasTime, string timeFormat) : LineFormat
{
    internal override string? Write(in LogRecord record)
    {
        var sentence = Words(record);
        if (sentence is null || !hasTime)
        {
            return sentence;
        }

        var time = timeFormat.Length > 0
            ? StrfTime.Format(timeFormat, record.Time.ToLocalTime())
            : record.Time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"{time}: {sentence}";
    }

    private static string? Words(in LogRecord record) => (LogEvent)record.Event.Id switch
    {
        LogEvent.Accepted => $"New connection from {record.Value("Address")} on port {record.Value("Port")}.",
        LogEvent.Connected => $"New client connected from {record.Value("Address")} as {record.Value("ClientId")} ({Parameters(record)}).",
        LogEvent.ConnectedAs => $"New client connected from {record.Value("Address")} as {record.Value("ClientId")} ({Parameters(record)}, u'{record.Value("UserName")}').",
        LogEvent.Disconnected => Disconnected(record),
        LogEvent.ConnectRefused => Refused(record, record.Value("ClientId")),
        LogEvent.HandshakeRefused => Refused(record, "<unknown>"),
        LogEvent.AuthenticationRefused => $"Client {record.Value("ClientId")} [{record.Value("Address")}] disconnected, not authorised.",
        LogEvent.ConnectTimeout => $"Client <unknown> [{record.Value("Address")}] has exceeded timeout, disconnecting.",
        LogEvent.Subscribed when IsGranted(record) => $"{record.Value("ClientId")} {record.Value("Answer")[^1]} {record.Value("TopicFilter")}",
        LogEvent.Subscribed => null,                    // the refusal has a line of its own
        LogEvent.Unsubscribed => $"{record.Value("ClientId")} {record.Value("TopicFilter")}",
        LogEvent.PublishDenied => $"Denied PUBLISH from {record.Value("ClientId")} [{record.Value("Address")}] (q{record.Value("QoS")}, r{Flag(record, "Retain")}, '{record.Value("Topic")}')",
        LogEvent.SubscribeDenied => $"Denied SUBSCRIBE from {record.Value("ClientId")} [{record.Value("Address")}] ('{record.Value("TopicFilter")}')",
        _ => Sentence(record),
    };

    private static string Parameters(in LogRecord record)
    {
        var protocol = record.Value("Version") switch
        {
            "3.1" => 1,
            "3.1.1" => 2,
            _ => 5,
        };
        var clean = record.Value("Clean") is "yes" ? 1 : 0;
        return string.Create(CultureInfo.InvariantCulture, $"p{protocol}, c{clean}, k{record.Value("KeepAlive")}");
    }

    private static string Disconnected(in LogRecord record)
    {
        var client = $"Client {record.Value("ClientId")}";
        return Enum.Parse<CloseReason>(record.Value("Cause")) switch
        {
            CloseReason.ClientDisconnect => $"{client} disconnected.",
            CloseReason.ConnectionLost => $"{client} closed its connection.",
            CloseReason.KeepAliveTimeout => $"{client} has exceeded timeout, disconnecting.",
            CloseReason.TakenOver => $"{client} already connected, closing old connection.",
            CloseReason.PacketRefused => $"{client} disconnected due to protocol error.",
            _ => $"{client} disconnected: {record.Value("Reason")}.",
        };
    }

    private static string Refused(in LogRecord record, string clientId)
    {
        const string BadUserNameOrPassword = "134";
        const string NotAuthorized = "135";
        var client = $"Client {clientId} [{record.Value("Address")}]";
        return record.Value("Code") is BadUserNameOrPassword or NotAuthorized
            ? $"{client} disconnected, not authorised."
            : $"{client} disconnected: {record.Value("Reason")}.";
    }

    private static bool IsGranted(in LogRecord record) => record.Value("Answer").StartsWith(ConnectionLog.Granted, StringComparison.Ordinal);

    private static int Flag(in LogRecord record, string name) => record.Value(name) is "True" ? 1 : 0;
}
