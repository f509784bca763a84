namespace Godwit.Server.Logging;

/// <summary>What a line of the log looks like.</summary>
public enum LogFormat
{
    /// <summary>UTC time, level, sentence.</summary>
    Text,

    /// <summary>One JSON object a line, with the event's id and name and a field for each value.</summary>
    Json,

    /// <summary>The priority in front that journald reads, and no time: the journal has its own.</summary>
    Systemd,

    /// <summary>As Mosquitto writes it, so that rules which read its log match.</summary>
    Mosquitto,
}
