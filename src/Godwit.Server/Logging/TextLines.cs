using Microsoft.Extensions.Logging;

namespace Godwit.Server.Logging;

/// <summary>Time, level, sentence: <c>2026-11-21T10:00:00.000Z info  stopped</c>.</summary>
/// <param name="hasTime">The time stands in front.</param>
/// <param name="timeFormat">As strftime reads it; empty: UTC as ISO 8601 writes it, with milliseconds.</param>
internal sealed class TextLines(bool hasTime, string timeFormat) : LineFormat
{
    internal override string Write(in LogRecord record)
    {
        var line = $"{Name(record.Level)} {Sentence(record)}";
        return hasTime ? $"{Time(record.Time, timeFormat, "yyyy-MM-ddTHH:mm:ss.fffZ")} {line}" : line;
    }

    /// <summary>Five characters.</summary>
    internal static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info ",
        LogLevel.Warning => "warn ",
        _ => "error",
    };
}
