using Godwit.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Logging;

/// <summary>The section <c>Log</c> of the configuration. docs/logs.md is the same list.</summary>
public sealed class LogOptions
{
    private static readonly (string Word, LogLevel Level)[] LevelWords =
    [
        ("trace", LogLevel.Trace), ("debug", LogLevel.Debug), ("info", LogLevel.Information), ("warn", LogLevel.Warning), ("error", LogLevel.Error),
    ];

    /// <summary>All keys.</summary>
    public static IReadOnlyList<OptionInfo<LogOptions>> All { get; } =
    [
        new(nameof(Format), "text", "text, json, systemd or mosquitto", true, "", "What a line looks like.", log => Word(log.Format), (log, value) => TrySetFormat(log, value)),
        new(nameof(Destinations), "stderr", "a list of stderr, stdout, file:PATH, syslog; none for nowhere", true, "log_dest", "Where lines go. A file is opened anew by SIGHUP, for those who rotate it.", log => Join(log.Destinations), (log, value) => TrySetDestinations(log, value)),
        new(nameof(Level), "info", "trace, debug, info, warn or error", true, "", "Lines below it are not written. -v is debug, -q is warn.", log => Array.Find(LevelWords, word => word.Level == log.Level).Word, (log, value) => TrySetLevel(log, value)),
        new(nameof(Types), "", "a list of error, warning, notice, information, debug, subscribe, unsubscribe, websockets, all, none; empty for what Level says", true, "log_type", "Which kinds of lines are written, instead of Level.", log => Words(log.Types), (log, value) => TrySetTypes(log, value)),
        new(nameof(ConnectionMessages), "false", "true or false", true, "connection_messages", "A line for each client that connects, disconnects or is refused, also where Level would hide it.", log => Word(log.ConnectionMessages), (log, value) => TryBool(value, parsed => log.ConnectionMessages = parsed)),
        new(nameof(Timestamp), "true", "true or false", true, "log_timestamp", "The time in front of a line, in the formats text and mosquitto.", log => Word(log.Timestamp), (log, value) => TryBool(value, parsed => log.Timestamp = parsed)),
        new(nameof(TimestampFormat), "", "as strftime reads it, e.g. %Y-%m-%dT%H:%M:%S; empty for the format's own", true, "log_timestamp_format", "What the time looks like. It is local time then.", log => log.TimestampFormat, (log, value) => TrySetTimestampFormat(log, value)),
    ];

    /// <summary>What a line looks like.</summary>
    public LogFormat Format { get; set; }

    /// <summary>Each is <c>stderr</c>, <c>stdout</c>, <c>file:PATH</c> or <c>syslog</c>. Empty: nowhere.</summary>
    public IReadOnlyList<string> Destinations { get; set; } = ["stderr"];

    /// <summary>Lines below it are not written.</summary>
    public LogLevel Level { get; set; } = LogLevel.Information;

    /// <summary>Which kinds of lines are written; null: <see cref="Level"/> decides.</summary>
    public LogTypes? Types { get; set; }

    /// <summary>Clients that come, go or are refused have a line, whatever the level.</summary>
    public bool ConnectionMessages { get; set; }

    /// <summary>Lines begin with the time, in the formats text and mosquitto.</summary>
    public bool Timestamp { get; set; } = true;

    /// <summary>As strftime reads it; empty: the format's own.</summary>
    public string TimestampFormat { get; set; } = "";

    /// <summary>Sets a key of this section.</summary>
    /// <param name="name">One of <see cref="All"/>, case-insensitive.</param>
    /// <param name="value">As in <see cref="All"/>.</param>
    /// <param name="error">What is wrong and what to do, else empty.</param>
    /// <returns>False: unknown name (the nearest is named) or a bad value; nothing changed.</returns>
    public bool TrySet(string name, string value, out string error)
    {
        var key = All.FirstOrDefault(row => row.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (key is null)
        {
            error = $"Log:{name} is not a setting. Did you mean Log:{Broker.NearestName.Of(name, All.Select(row => row.Name))}?";
            return false;
        }

        error = key.TrySet(this, value) ? "" : $"Log:{key.Name} takes {key.Values}, not '{value}'.";
        return error.Length == 0;
    }

    private static bool TrySetFormat(LogOptions log, string value)
    {
        if (!TryEnum<LogFormat>(value, out var format))
        {
            return false;
        }

        log.Format = format;
        return true;
    }

    private static bool TrySetDestinations(LogOptions log, string value)
    {
        var words = Split(value);
        if (words is ["none"])
        {
            log.Destinations = [];
            return true;
        }

        if (words.Length == 0 || words.Any(word => word is not ("stderr" or "stdout" or "syslog") && !(word.StartsWith("file:", StringComparison.Ordinal) && word.Length > 5)))
        {
            return false;
        }

        log.Destinations = words;
        return true;
    }

    private static bool TrySetLevel(LogOptions log, string value)
    {
        var (word, level) = Array.Find(LevelWords, candidate => candidate.Word.Equals(value, StringComparison.OrdinalIgnoreCase));
        if (word is null)
        {
            return false;
        }

        log.Level = level;
        return true;
    }

    private static bool TrySetTypes(LogOptions log, string value)
    {
        var sum = LogTypes.None;
        var words = Split(value);
        foreach (var word in words)
        {
            if (!TryEnum<LogTypes>(word, out var type))
            {
                return false;
            }

            sum |= type;
        }

        log.Types = words.Length == 0 ? null : sum;
        return true;
    }

    private static bool TrySetTimestampFormat(LogOptions log, string value)
    {
        if (!StrfTime.IsValid(value))
        {
            return false;
        }

        log.TimestampFormat = value;
        return true;
    }

    private static bool TryBool(string value, Action<bool> set)
    {
        if (!bool.TryParse(value, out var parsed))
        {
            return false;
        }

        set(parsed);
        return true;
    }

    private static bool TryEnum<T>(string value, out T parsed)
        where T : struct, Enum
    {
        parsed = default;
        return Enum.GetNames<T>().Contains(value, StringComparer.OrdinalIgnoreCase) && Enum.TryParse(value, ignoreCase: true, out parsed);
    }

    private static string[] Split(string value) => value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string Join(IReadOnlyList<string> destinations) => destinations.Count == 0 ? "none" : string.Join(',', destinations);

    private static string Words(LogTypes? types) => types?.ToString().Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant() ?? "";

    private static string Word<T>(T value)
        where T : notnull => value.ToString()!.ToLowerInvariant();
}
