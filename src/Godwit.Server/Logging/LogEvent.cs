namespace Godwit.Server.Logging;

/// <summary>The ids of events that a format or a filter knows; docs/logs.md has all.</summary>
internal enum LogEvent
{
    /// <summary>A connection was accepted.</summary>
    Accepted = 9,

    /// <summary>A client without a user name has connected.</summary>
    Connected = 10,

    /// <summary>A connection has ended.</summary>
    Disconnected = 11,

    /// <summary>A CONNECT was refused by the broker.</summary>
    ConnectRefused = 12,

    /// <summary>A filter was answered.</summary>
    Subscribed = 14,

    /// <summary>A new connection has not sent an acceptable CONNECT.</summary>
    HandshakeRefused = 15,

    /// <summary>A new connection has not sent a whole CONNECT in time.</summary>
    ConnectTimeout = 16,

    /// <summary>What was not delivered, once a minute.</summary>
    Drops = 30,

    /// <summary>All counters.</summary>
    Counters = 31,

    /// <summary>A client with a user name has connected.</summary>
    ConnectedAs = 32,

    /// <summary>A client has not shown who it is.</summary>
    AuthenticationRefused = 40,

    /// <summary>A PUBLISH was not allowed.</summary>
    PublishDenied = 41,

    /// <summary>A filter was not allowed.</summary>
    SubscribeDenied = 42,

    /// <summary>A filter of an UNSUBSCRIBE was answered.</summary>
    Unsubscribed = 46,

    /// <summary>A WebSocket client names no subprotocol.</summary>
    NoSubprotocol = 109,

    /// <summary>A request for WebSocket was answered with a status of HTTP.</summary>
    WebSocketRefused = 110,
}
