using System.Globalization;

namespace Godwit.Server.Logging;

/// <summary>Makes the line of an event. Any thread.</summary>
internal abstract class LineFormat
{
    /// <summary>The one that the options ask for.</summary>
    internal static LineFormat Create(LogOptions options) => options.Format switch
    {
        LogFormat.Json => new JsonLines(),
        LogFormat.Systemd => new SystemdLines(),
        LogFormat.Mosquitto => new MosquittoLines(options.Timestamp, options.TimestampFormat),
        _ => new TextLines(options.Timestamp, options.TimestampFormat),
    };

    /// <summary>The line, without a line break in it or at its end; null: this format has no line for this event.</summary>
    internal abstract string? Write(in LogRecord record);

    /// <summary>The sentence, and behind it the exception if there is one.</summary>
    protected static string Sentence(in LogRecord record) =>
        record.Exception is null ? record.Message : $"{record.Message}: {OneLine(record.Exception)}";

    /// <summary>An exception with its stack.</summary>
    protected static string OneLine(Exception exception) => exception.ToString().ReplaceLineEndings(" | ");

    /// <summary>The time as somebody wants it, or as the format writes it.</summary>
    protected static string Time(DateTimeOffset time, string format, string ownFormat) => format.Length > 0
        ? StrfTime.Format(format, time.ToLocalTime())
        : time.UtcDateTime.ToString(ownFormat, CultureInfo.InvariantCulture);
}
