namespace Godwit.Protocol.Packets;

/// <summary>One Topic Filter of a SUBSCRIBE with its options. The span is a slice of the packet.</summary>
public readonly ref struct SubscribeEntry
{
    /// <summary>Topic Filter, UTF-8, not empty; the place of its wildcards is not checked yet.</summary>
    public ReadOnlySpan<byte> Filter { get; init; }

    /// <summary>Subscription Options; in 3.x all but the QoS are false and 0.</summary>
    public SubscriptionOptions Options { get; init; }
}
