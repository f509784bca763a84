using Microsoft.Extensions.Logging;

namespace Godwit.Server.Logging;

/// <summary>The section <c>Log</c> of the configuration; its keys are <see cref="Configuration.LogKeys"/>.</summary>
public sealed class LogOptions
{
    /// <summary>What a line looks like.</summary>
    public LogFormat Format { get; set; }

    /// <summary>Each is <c>stderr</c>, <c>stdout</c>, <c>syslog</c>, <c>file:PATH</c>, <c>topic</c>, or <c>none</c>, which is nowhere.</summary>
    public IReadOnlyList<string> Destinations { get; set; } = ["stderr"];

    /// <summary>Lines below it are not written.</summary>
    public LogLevel Level { get; set; } = LogLevel.Information;

    /// <summary>Which kinds of lines are written; empty: <see cref="Level"/> decides.</summary>
    public IReadOnlyList<LogTypes> Types { get; set; } = [];

    /// <summary>Clients that come, go or are refused have a line, whatever the level.</summary>
    public bool ConnectionMessages { get; set; }

    /// <summary>Lines begin with the time, in the formats text and mosquitto.</summary>
    public bool Timestamp { get; set; } = true;

    /// <summary>As strftime reads it; empty: the format's own.</summary>
    public string TimestampFormat { get; set; } = "";
}
