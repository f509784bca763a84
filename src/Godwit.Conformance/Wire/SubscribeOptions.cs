namespace Godwit.Conformance.Wire;

/// <summary>The options of one Topic Filter in SUBSCRIBE.</summary>
public sealed record SubscribeOptions
{
    /// <summary>The QoS asked for, 0 to 2.</summary>
    public int QoS { get; init; }

    /// <summary>No Local. 5.0 only.</summary>
    public bool NoLocal { get; init; }

    /// <summary>Retain As Published. 5.0 only.</summary>
    public bool RetainAsPublished { get; init; }

    /// <summary>Retain Handling, 0 to 2. 5.0 only.</summary>
    public int RetainHandling { get; init; }

    /// <summary>Subscription Identifier of the packet; null leaves it out. 5.0 only.</summary>
    public uint? Identifier { get; init; }

    /// <summary>The options byte.</summary>
    public byte ToByte() => (byte)(QoS | (NoLocal ? 0x04 : 0) | (RetainAsPublished ? 0x08 : 0) | (RetainHandling << 4));
}
