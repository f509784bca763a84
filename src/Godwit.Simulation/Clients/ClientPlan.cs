using Godwit.Protocol;

namespace Godwit.Simulation.Clients;

/// <summary>What one client is and does.</summary>
internal sealed class ClientPlan
{
    public required string ClientId { get; init; }

    public required ProtocolVersion Version { get; init; }

    /// <summary>It wants its session back after a loss.</summary>
    public bool IsPersistent { get; init; }

    /// <summary>Session Expiry Interval (5.0), seconds; 0xFFFFFFFF is never.</summary>
    public uint ExpirySeconds { get; init; }

    /// <summary>0: none is named.</summary>
    public ushort ReceiveMaximum { get; init; }

    public ushort KeepAliveSeconds { get; init; }

    /// <summary>0: none is named.</summary>
    public int PacketSizeMax { get; init; }

    public ushort TopicAliasMaximum { get; init; }

    public double WillChance { get; init; }

    public int WillDelaySecondsMax { get; init; }

    /// <summary>The one filter it subscribes to, a shared one; null for a client that chooses among all others.</summary>
    public string? SharedFilter { get; init; }

    /// <summary>Mean time between two things it does.</summary>
    public int ActEveryMs { get; init; } = 200;

    /// <summary>Of 100 things it does so many are a PUBLISH.</summary>
    public int PublishPercent { get; init; } = 60;

    /// <summary>It answers after 0 to so many milliseconds, in order.</summary>
    public int AnswerDelayMaxMs { get; init; }

    /// <summary>Of 1,000 QoS 1 and 2 messages it refuses so many (5.0).</summary>
    public int RefusePermille { get; init; }

    /// <summary>It publishes so many messages to one topic as fast as it can; 0: it is no such client.</summary>
    public int MarathonLength { get; init; }
}
