namespace Godwit.Server.Logging;

/// <summary>
/// A line as it is elsewhere, with the last levels of its topic and a space in front, e.g. <c>N</c> or <c>M/subscribe</c>. As in Mosquitto, nothing that is of
/// use for finding mistakes only; and nothing that counts messages, or each line would be the cause of another.
/// </summary>
internal sealed class TopicLines(LineFormat lines) : LineFormat
{
    internal override string? Write(in LogRecord record)
    {
        var type = LogFilter.TypeOf(record.Level, record.Event.Id);
        if (type == LogTypes.Debug || (LogEvent)record.Event.Id is LogEvent.Drops or LogEvent.Counters)
        {
            return null;
        }

        return lines.Write(record) is { } line ? $"{NameOf(type)} {line}" : null;
    }

    private static string NameOf(LogTypes type) => type switch
    {
        LogTypes.Error => "E",
        LogTypes.Warning => TopicWriter.Warning,
        LogTypes.Notice => "N",
        LogTypes.Subscribe => "M/subscribe",
        LogTypes.Unsubscribe => "M/unsubscribe",
        LogTypes.Websockets => "WS",
        _ => "I",
    };
}
