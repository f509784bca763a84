namespace Godwit.Protocol.Delivery;

/// <summary>
/// The receiver's side of QoS 2 (5.0 §4.3.3): which packet ids have been answered with PUBREC and wait for PUBREL. It belongs to the
/// session and outlives connections. QoS 1 needs no state here: the same id after PUBACK is a new message. [MQTT-4.3.2-5]
/// </summary>
public sealed class InboundDelivery
{
    private HashSet<ushort>? _awaitingPubrel;

    /// <summary>Exchanges that wait for PUBREL.</summary>
    public int Count => _awaitingPubrel?.Count ?? 0;

    /// <summary>A QoS 2 PUBLISH arrived, with DUP or without.</summary>
    /// <param name="packetId">1 to 65,535.</param>
    /// <param name="receiveMaximum">What this side announced.</param>
    public InboundOutcome OnPublish(ushort packetId, int receiveMaximum)
    {
        if (_awaitingPubrel is not null && _awaitingPubrel.Contains(packetId))
        {
            return InboundOutcome.Duplicate;
        }

        if (Count >= receiveMaximum)
        {
            return InboundOutcome.ReceiveMaximumExceeded;
        }

        (_awaitingPubrel ??= []).Add(packetId);
        return InboundOutcome.New;
    }

    /// <summary>The message was refused with a PUBREC of 0x80 or more: no PUBREL will come, the id is free. [MQTT-4.3.3-9]</summary>
    public void Refuse(ushort packetId) => _awaitingPubrel?.Remove(packetId);

    /// <summary>PUBREL arrived: the id is free.</summary>
    /// <returns>False: no exchange waits under this id; answer Packet Identifier not found in 5.0, an ordinary PUBCOMP in 3.x.</returns>
    public bool OnPubrel(ushort packetId) => _awaitingPubrel?.Remove(packetId) ?? false;

    /// <summary>The session ends.</summary>
    public void Clear() => _awaitingPubrel = null;
}
