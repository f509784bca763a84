namespace Godwit.Server.Protection;

/// <summary>The section <c>Protection</c> of the configuration; its keys are <see cref="Configuration.ProtectionKeys"/>. 0 is no limit everywhere.</summary>
public sealed class ProtectionOptions
{
    /// <summary>What would be refused, slowed or dropped is counted and told, and not done. Memory marks are never only reported.</summary>
    public bool ReportOnly { get; set; }

    /// <summary>CONNECTs of one address in a second; loopback is not counted.</summary>
    public int ConnectsPerAddressPerSecond { get; set; }

    /// <summary>CONNECTs of all clients in a second; loopback is not counted.</summary>
    public int ConnectsPerSecond { get; set; }

    /// <summary>PUBLISH packets from one client in a second.</summary>
    public long PublishesPerSecond { get; set; }

    /// <summary>Bytes from one client in a second.</summary>
    public long ReceivedBytesPerSecond { get; set; }

    /// <summary>PUBLISH packets to one client in a second.</summary>
    public long DeliveriesPerSecond { get; set; }

    /// <summary>Bytes to one client in a second.</summary>
    public long SentBytesPerSecond { get; set; }

    /// <summary>So many seconds' worth of every rate may come at once after a pause.</summary>
    public int BurstSeconds { get; set; } = 2;

    /// <summary>Sessions of one user, connected or not.</summary>
    public int SessionsPerUser { get; set; }

    /// <summary>Subscriptions of one user, all its sessions together.</summary>
    public int SubscriptionsPerUser { get; set; }

    /// <summary>Retained messages that one user has published.</summary>
    public int RetainedPerUser { get; set; }

    /// <summary>Bytes that wait for one user, all its sessions together.</summary>
    public long QueuedBytesPerUser { get; set; }

    /// <summary>Memory the process may use; 0: three quarters of what is available to it.</summary>
    public long MemoryBytesMax { get; set; }

    /// <summary>Percent of it from which the largest publishers are not read and no session begins; 0: never.</summary>
    public int MemoryHighPercent { get; set; } = 70;

    /// <summary>Percent of it from which nobody is let in and QoS 0 is dropped; 0: never.</summary>
    public int MemoryCriticalPercent { get; set; } = 85;

    /// <summary>Who is banned, one a line as in <see cref="BanFile"/>.</summary>
    public IReadOnlyList<string> Bans { get; set; } = [];

    /// <summary>A file of bans, read at the start and at every reload; null: none.</summary>
    public string? BanFile { get; set; }

    /// <summary>CONNECTs of one client identifier within <see cref="FlappingSeconds"/> after which it is banned for a while.</summary>
    public int FlappingConnects { get; set; }

    /// <summary>The time in which they are counted.</summary>
    public int FlappingSeconds { get; set; } = 60;

    /// <summary>How long such a ban lasts.</summary>
    public int FlappingBanSeconds { get; set; } = 300;

    /// <summary>The same values, which nobody else changes.</summary>
    internal ProtectionOptions Copy() => (ProtectionOptions)MemberwiseClone();
}
