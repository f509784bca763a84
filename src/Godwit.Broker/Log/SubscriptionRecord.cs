using Godwit.Protocol;

namespace Godwit.Broker.Log;

/// <summary>A subscription as the log keeps it.</summary>
public readonly ref struct SubscriptionRecord
{
    /// <summary>The session that has it.</summary>
    public required uint SessionNo { get; init; }

    /// <summary>The Topic Filter as subscribed, <c>$share/...</c> included.</summary>
    public required ReadOnlySpan<byte> Filter { get; init; }

    /// <summary>Granted QoS.</summary>
    public required QoS QoS { get; init; }

    /// <summary>No Local.</summary>
    public bool NoLocal { get; init; }

    /// <summary>Retain As Published.</summary>
    public bool RetainAsPublished { get; init; }

    /// <summary>The Subscription Identifier; 0 for none.</summary>
    public uint Identifier { get; init; }
}
