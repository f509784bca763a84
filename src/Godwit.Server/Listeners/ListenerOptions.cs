using System.Net;
using Godwit.Protocol;

namespace Godwit.Server.Listeners;

/// <summary>One way in: where it is, what is spoken there, and who may come. <see cref="ListenerKeys.Listener"/> is the same as a table.</summary>
public sealed class ListenerOptions
{
    private int? _port;

    /// <summary>A name for the log and the start table; null: the address.</summary>
    public string? Name { get; set; }

    /// <summary>What is spoken.</summary>
    public ListenerProtocol Protocol { get; set; }

    /// <summary>Port of every address; 0 takes a free one. When none is set: <see cref="DefaultPort"/>.</summary>
    public int Port
    {
        get => _port ?? DefaultPort;
        set => _port = value;
    }

    /// <summary>Addresses to listen on. Empty: 127.0.0.1, and ::1 where there is IPv6.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; set; } = [];

    /// <summary>Path of a Unix socket to listen on, instead of addresses.</summary>
    public string? UnixPath { get; set; }

    /// <summary>Permissions of the Unix socket; null: those that the process' umask leaves.</summary>
    public UnixFileMode? UnixMode { get; set; }

    /// <summary>Encryption; null: none.</summary>
    public TlsOptions? Tls { get; set; }

    /// <summary>WebSocket: the path that is served, e.g. <c>/mqtt</c>; others get 404. Null: every path.</summary>
    public string? Path { get; set; }

    /// <summary>WebSocket: origins of pages that may connect, e.g. <c>https://example.org</c>; others get 403. Empty: every origin.</summary>
    public IReadOnlyList<string> Origins { get; set; } = [];

    /// <summary>WebSocket: a client that offers no subprotocol of MQTT gets 400.</summary>
    public bool RequireSubprotocol { get; set; }

    /// <summary>Every connection begins with a header of the PROXY protocol, version 1 or 2; one without is closed.</summary>
    public bool ProxyProtocol { get; set; }

    /// <summary>Proxies whose word about a client's address is taken: PROXY headers, and on WebSocket Forwarded and X-Forwarded-For.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; set; } = [];

    /// <summary>Addresses that may connect. Empty: all.</summary>
    public IReadOnlyList<IPNetwork> Allow { get; set; } = [];

    /// <summary>Addresses that may not connect; asked before <see cref="Allow"/>.</summary>
    public IReadOnlyList<IPNetwork> Deny { get; set; } = [];

    /// <summary>Clients without credentials may connect. Null: on loopback and Unix sockets only.</summary>
    public bool? AllowAnonymous { get; set; }

    /// <summary>Without encryption, addresses beyond loopback are listened on only with this word.</summary>
    public bool AllowPlainText { get; set; }

    /// <summary>Connections on this listener; 0 is no limit. Beyond: the newest is closed.</summary>
    public int ConnectionsMax { get; set; }

    /// <summary>Highest QoS of clients on this listener.</summary>
    public QoS MaximumQoS { get; set; } = QoS.ExactlyOnce;

    /// <summary>Put before every topic of clients on this listener, and taken off again; null: nothing.</summary>
    public string? MountPoint { get; set; }

    /// <summary>Protocol versions that may connect. Empty: all.</summary>
    public IReadOnlyList<ProtocolVersion> Versions { get; set; } = [];

    /// <summary>Longest Keep Alive in seconds; 0: the broker's.</summary>
    public int KeepAliveSecondsMax { get; set; }

    /// <summary>Clients without a client identifier are given one; null: as the broker says.</summary>
    public bool? AllowEmptyClientId { get; set; }

    /// <summary>What client identifiers that are given begin with; null: the broker's.</summary>
    public string? AssignedClientIdPrefix { get; set; }

    /// <summary>Name of the chain that authenticates; null: the broker's.</summary>
    public string? Authentication { get; set; }

    /// <summary>Name of the rules about topics; null: the broker's.</summary>
    public string? Acl { get; set; }

    /// <summary>The port of a protocol when none is named: 1883, 8883 with TLS, 8083 for WebSocket, 8084 for both.</summary>
    public int DefaultPort => (Protocol, Tls) switch
    {
        (ListenerProtocol.WebSocket, null) => 8083,
        (ListenerProtocol.WebSocket, _) => 8084,
        (_, null) => 1883,
        _ => 8883,
    };

    /// <summary>Only programs on this machine can reach it.</summary>
    public bool IsLocal => UnixPath is not null || Addresses.All(IPAddress.IsLoopback);

    /// <summary>Clients without credentials may connect: as it is said, or else on this machine only.</summary>
    public bool IsAnonymousAllowed => AllowAnonymous ?? IsLocal;
}
