using Godwit.Server.Logging;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Configuration;

/// <summary>The keys of <see cref="LogOptions"/>.</summary>
public static class LogKeys
{
    private const bool Hot = true;

    /// <summary>All of them.</summary>
    public static KeyTable<LogOptions> All { get; } = new()
    {
        { nameof(LogOptions.Format), KeyTypes.Choice(Words<LogFormat>()), log => log.Format, (log, value) => log.Format = value, Hot, "", "What a line looks like." },
        { nameof(LogOptions.Destinations), KeyTypes.List(Destination), log => [.. log.Destinations], (log, value) => log.Destinations = [.. value.Select(word => word!)], Hot, "log_dest", "Where lines go. A file is opened anew by SIGHUP, for those who rotate it; topic is $SYS/broker/log/, and the letter of the kind of line." },
        { nameof(LogOptions.Level), Level, log => log.Level, (log, value) => log.Level = value, Hot, "", "Lines below it are not written. -v is debug, -q is warn." },
        { nameof(LogOptions.Types), KeyTypes.List(KeyTypes.Choice(Words<LogTypes>())), log => log.Types, (log, value) => log.Types = value, Hot, "log_type", "Which kinds of lines are written, instead of what Level says." },
        { nameof(LogOptions.ConnectionMessages), KeyTypes.Flag, log => log.ConnectionMessages, (log, value) => log.ConnectionMessages = value, Hot, "connection_messages", "A line for each client that connects, disconnects or is refused, also where Level would hide it." },
        { nameof(LogOptions.Timestamp), KeyTypes.Flag, log => log.Timestamp, (log, value) => log.Timestamp = value, Hot, "log_timestamp", "The time in front of a line, in the formats text and mosquitto." },
        { nameof(LogOptions.TimestampFormat), TimestampFormat, log => log.TimestampFormat, (log, value) => log.TimestampFormat = value ?? "", Hot, "log_timestamp_format", "What the time looks like; local time then. Without it each format has its own." },
    };

    private static KeyType<LogLevel> Level => KeyTypes.Choice(
        [("trace", LogLevel.Trace), ("debug", LogLevel.Debug), ("info", LogLevel.Information), ("warn", LogLevel.Warning), ("error", LogLevel.Error)]);

    private static KeyType<string?> Destination => KeyTypes.TextOf(
        "stderr, stdout, syslog, topic, none or file:PATH",
        text => text is "stderr" or "stdout" or "syslog" or "topic" or "none" || (text.StartsWith("file:", StringComparison.Ordinal) && text.Length > "file:".Length)
            ? null
            : $"takes stderr, stdout, syslog, topic, none or file:PATH, not '{text}'.");

    private static KeyType<string?> TimestampFormat => KeyTypes.TextOf(
        "a time as strftime reads it, e.g. %Y-%m-%dT%H:%M:%S",
        text => StrfTime.IsValid(text) ? null : $"takes a time as strftime reads it, e.g. %Y-%m-%dT%H:%M:%S; '{text}' has a letter that is not known.");

    private static IEnumerable<(string Word, T Value)> Words<T>()
        where T : struct, Enum => Enum.GetValues<T>().Select(value => (value.ToString().ToLowerInvariant(), value));
}
