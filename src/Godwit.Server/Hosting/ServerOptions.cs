using System.Net;
using Godwit.Broker;
using Godwit.Server.Listeners;
using Godwit.Server.Logging;
using Godwit.Server.Protection;
using Godwit.Server.Security.Acl;
using Godwit.Server.Security.Authentication;
using Godwit.Server.Storage;

namespace Godwit.Server.Hosting;

/// <summary>What a server is started with. <see cref="Configuration.ConfigurationKeys"/> sets each by name.</summary>
public sealed class ServerOptions
{
    /// <summary>The port of MQTT without TLS when none is named.</summary>
    public const int DefaultPort = 1883;

    /// <summary>Port of every address; 0 takes a free one.</summary>
    public int Port { get; set; } = DefaultPort;

    /// <summary>Addresses to listen on. Empty: 127.0.0.1, and ::1 where there is IPv6.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; set; } = [];

    /// <summary>Everybody who can reach the port may connect. Needed for any address beyond loopback while there are no users.</summary>
    public bool AllowAnonymous { get; set; }

    /// <summary>What it listens on. Empty: <see cref="Port"/>, <see cref="Addresses"/> and <see cref="AllowAnonymous"/> make one listener.</summary>
    public IList<ListenerOptions> Listeners { get; } = [];

    /// <summary><see cref="Listeners"/>, or the one listener that stands for them.</summary>
    internal IReadOnlyList<ListenerOptions> ListenersInForce => Listeners.Count > 0
        ? [.. Listeners]
        : [new ListenerOptions { Port = Port, Addresses = Addresses, AllowAnonymous = AllowAnonymous ? true : null, AllowPlainText = !Addresses.All(IPAddress.IsLoopback) }];

    /// <summary>How connections are served.</summary>
    public TransportKind Transport { get; set; }

    /// <summary>Number of shards, 1 to 64; 0 takes <see cref="DefaultShards"/>.</summary>
    public int Shards { get; set; }

    /// <summary>The configuration is read again as soon as one of its files changes; otherwise when SIGHUP asks for it.</summary>
    public bool ReloadOnChange { get; set; }

    /// <summary>A file that holds the number of the process while it runs; null: none. The command line writes it, a host of one's own need not.</summary>
    public string? PidFile { get; set; }

    /// <summary>Where state is kept; null: nowhere, which only <see cref="DurabilityMode.Memory"/> allows. It is created when missing, and locked.</summary>
    public string? DataDirectory { get; set; }

    /// <summary>What an acknowledgement means. A broker that is started by the command line has Sync.</summary>
    public DurabilityMode Durability { get; set; } = DurabilityMode.Memory;

    /// <summary>Damage in the middle of the stored state stops the start, instead of being reported and left out.</summary>
    public bool StopOnCorruption { get; set; }

    /// <summary>The broker does not start in a data directory on which others than its owner have a right; without it there is a warning.</summary>
    public bool PrivateDirectoryOnly { get; set; }

    /// <summary>The broker's limits.</summary>
    public BrokerLimits Limits { get; } = new();

    /// <summary>The broker's settings.</summary>
    public BrokerSettings Settings { get; } = new();

    /// <summary>Who may connect.</summary>
    public AuthenticationSettings Authentication { get; } = new();

    /// <summary>The settings of the store on disk.</summary>
    public StoreSettings Store { get; } = new();

    /// <summary>Who may do what with which topics.</summary>
    public AclSettings Acl { get; } = new();

    /// <summary>What is logged, how and where.</summary>
    public LogOptions Log { get; } = new();

    /// <summary>How the broker protects itself.</summary>
    public ProtectionOptions Protection { get; } = new();

    /// <summary>
    /// One shard for two processors, 1 to 16. A message that stays in its shard costs half of one that changes it, and one shard
    /// passes millions of messages a second; the other processors serve the network and everything else.
    /// </summary>
    public static int DefaultShards => Math.Clamp(Environment.ProcessorCount / 2, 1, DefaultShardsMax);

    private const int DefaultShardsMax = 16;
}
