namespace Godwit.Broker;

/// <summary>What happens to a QoS 1 or 2 message when the receiver's queue is full. The publisher is acknowledged all the same.</summary>
public enum OverflowPolicy : byte
{
    /// <summary>The new message is not queued for this receiver.</summary>
    RefuseNewest,

    /// <summary>The oldest message that was never sent makes room.</summary>
    DropOldest,
}
