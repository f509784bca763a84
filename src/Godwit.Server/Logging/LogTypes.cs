namespace Godwit.Server.Logging;

/// <summary>Kinds of lines, with the words of Mosquitto's <c>log_type</c>.</summary>
[Flags]
public enum LogTypes
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Something failed.</summary>
    Error = 1,

    /// <summary>Something needs attention.</summary>
    Warning = 2,

    /// <summary>Connections come and go, requests are denied.</summary>
    Notice = 4,

    /// <summary>What the broker does on its own.</summary>
    Information = 8,

    /// <summary>Everything else.</summary>
    Debug = 16,

    /// <summary>Subscriptions are made.</summary>
    Subscribe = 32,

    /// <summary>Subscriptions are ended.</summary>
    Unsubscribe = 64,

    /// <summary>WebSocket handshakes.</summary>
    Websockets = 128,

    /// <summary>All of these.</summary>
    All = 255,
}
