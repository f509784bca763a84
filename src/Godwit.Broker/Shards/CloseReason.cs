namespace Godwit.Broker.Shards;

/// <summary>Why a connection has ended, from the broker's view.</summary>
public enum CloseReason : byte
{
    /// <summary>The client sent DISCONNECT.</summary>
    ClientDisconnect,

    /// <summary>The client closed the connection without DISCONNECT, or it broke.</summary>
    ConnectionLost,

    /// <summary>Nothing came for Keep Alive times the factor.</summary>
    KeepAliveTimeout,

    /// <summary>A packet was malformed, forbidden or over a limit.</summary>
    PacketRefused,

    /// <summary>Another connection uses the same client identifier.</summary>
    TakenOver,

    /// <summary>The client did not read its socket for too long.</summary>
    SlowReader,

    /// <summary>The server is stopping.</summary>
    ServerShutdown,

    /// <summary>CONNECT was refused.</summary>
    ConnectRefused,

    /// <summary>A re-authentication has failed.</summary>
    AuthenticationFailed,

    /// <summary>An administrator closed it.</summary>
    AdministrativeAction,

    /// <summary>A 3.x client has sent what the store behind the broker has no room for; it cannot be told in any other way.</summary>
    StoreFull,
}
