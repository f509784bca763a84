namespace Godwit.Server.Hosting;

/// <summary>How plain TCP connections are served.</summary>
public enum TransportKind
{
    /// <summary>Epoll on Linux, Kestrel everywhere else.</summary>
    Default,

    /// <summary>Each shard's thread owns the sockets of its clients. Linux only.</summary>
    Epoll,

    /// <summary>ASP.NET Core's server; works on every platform.</summary>
    Kestrel,
}
