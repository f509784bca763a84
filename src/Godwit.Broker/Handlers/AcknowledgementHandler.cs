using System.Buffers.Binary;
using Godwit.Broker.Log;
using Godwit.Broker.Sessions;
using Godwit.Broker.Shards;
using Godwit.Protocol;
using Godwit.Protocol.Delivery;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Handlers;

/// <summary>PUBACK, PUBREC, PUBREL and PUBCOMP from a client (5.0 §3.4 to §3.7, §4.3).</summary>
internal sealed class AcknowledgementHandler(Shard shard)
{
    /// <summary>Size of a PUBACK without reason code: fixed header and packet id.</summary>
    public const int ShortPubackSize = 4;

    private const uint ShortPuback = 0x40_02;                   // type, Remaining Length

    /// <summary>PUBACK: ends a QoS 1 delivery; one that nobody waits for is ignored.</summary>
    public PacketError HandlePuback(Connection connection, ReadOnlySpan<byte> body)
    {
        var error = PubackPacket.TryRead(body, connection.Version, out var puback);
        if (error != PacketError.None)
        {
            return error;
        }

        if (HasTooManyUserProperties(puback.Properties))
        {
            return PacketError.TooManyUserProperties;
        }

        var session = connection.Session!;
        var seq = session.Outbound.PositionOf(puback.PacketId);
        if (session.Outbound.OnPuback(puback.PacketId, out var queued))
        {
            Finish(connection, session, seq, queued, puback.ReasonCode.IsError() ? QoS.AtLeastOnce : null);
        }
        else if (StoredDeliveries.TryFind(session, puback.PacketId, out var stored))
        {
            shard.StoredDeliveries.Forget(session, stored);
        }

        return PacketError.None;
    }

    /// <summary>
    /// PUBACKs in their shortest form, as they come from a receiver that takes many messages: each ends a delivery in a few instructions, and what is
    /// counted is counted once for all.
    /// </summary>
    /// <param name="connection">Open.</param>
    /// <param name="input">The stream from a packet boundary on.</param>
    /// <returns>Number of PUBACKs handled, of 4 bytes each. The packet behind them is to be looked at by itself.</returns>
    public int HandlePubacks(Connection connection, ReadOnlySpan<byte> input)
    {
        var session = connection.Session!;
        var count = 0;
        long cost = 0;
        while (BinaryPrimitives.TryReadUInt32BigEndian(input, out var packet) && packet >> 16 == ShortPuback)
        {
            var seq = session.No == 0 ? 0 : session.Outbound.PositionOf((ushort)packet);
            if (!session.Outbound.OnPuback((ushort)packet, out var queued))
            {
                break;
            }

            if (session.No != 0)
            {
                shard.Deliveries.Acknowledge(session, seq);
            }

            cost += queued.Message.CostBytes;
            queued.Message.Release();
            input = input[ShortPubackSize..];
            count++;
        }

        if (count > 0)
        {
            shard.Deliveries.CountHeld(session, -count, -cost);
            shard.Counters.PacketsReceived[(int)PacketType.Puback] += count;
            shard.Touch(connection);                            // the queue goes on when the turn ends
        }

        return count;
    }

    /// <summary>PUBREC: the first half of a QoS 2 delivery.</summary>
    public PacketError HandlePubrec(Connection connection, ReadOnlySpan<byte> body)
    {
        var error = PubrecPacket.TryRead(body, connection.Version, out var pubrec);
        if (error != PacketError.None)
        {
            return error;
        }

        if (HasTooManyUserProperties(pubrec.Properties))
        {
            return PacketError.TooManyUserProperties;
        }

        var session = connection.Session!;
        if (StoredDeliveries.TryFind(session, pubrec.PacketId, out var stored))
        {
            HandlePubrecOfStored(connection, session, stored, pubrec);
            return PacketError.None;
        }

        var seq = session.Outbound.PositionOf(pubrec.PacketId);
        var outcome = session.Outbound.OnPubrec(pubrec.PacketId, pubrec.ReasonCode.IsError(), out var queued, out var handedBack);
        if (outcome == PubrecOutcome.Ended)
        {
            if (handedBack)
            {
                Finish(connection, session, seq, queued, refused: QoS.ExactlyOnce);
            }

            return PacketError.None;
        }

        Ticket? ticket = null;
        if (handedBack)
        {
            shard.Deliveries.Settle(session, queued);
            shard.Touch(connection);
            ticket = shard.Durability?.MarkReceived(session.No, seq);
        }

        var code = outcome == PubrecOutcome.SendPubrel ? PubrelReasonCode.Success : PubrelReasonCode.PacketIdentifierNotFound;
        shard.Answer(connection, new PubrelPacket { PacketId = pubrec.PacketId, ReasonCode = code }, ticket);   // [MQTT-4.3.3-4] [MQTT3-4.3.3-1]
        return PacketError.None;
    }

    /// <summary>PUBREC for what was sent before the broker was started, and has not been read from the store again.</summary>
    private void HandlePubrecOfStored(Connection connection, Session session, long seq, in PubrecPacket pubrec)
    {
        if (pubrec.ReasonCode.IsError())
        {
            shard.StoredDeliveries.Forget(session, seq);
            return;
        }

        shard.StoredDeliveries.MarkReceived(session, seq);
        shard.Answer(connection, new PubrelPacket { PacketId = pubrec.PacketId }, shard.Durability?.MarkReceived(session.No, seq));
    }

    /// <summary>PUBREL: the packet id of a QoS 2 publish is free. [MQTT-4.3.3-11] [MQTT3-4.3.3-2]</summary>
    public PacketError HandlePubrel(Connection connection, ReadOnlySpan<byte> body)
    {
        var error = PubrelPacket.TryRead(body, connection.Version, out var pubrel);
        if (error != PacketError.None)
        {
            return error;
        }

        if (HasTooManyUserProperties(pubrel.Properties))
        {
            return PacketError.TooManyUserProperties;
        }

        var session = connection.Session!;
        var code = session.Inbound.OnPubrel(pubrel.PacketId) ? PubcompReasonCode.Success : PubcompReasonCode.PacketIdentifierNotFound;
        Ticket? ticket = null;
        if (session.InboundRecords is { } records && records.Remove(pubrel.PacketId, out var recordId))
        {
            ticket = Forget(session, recordId);             // else a new message under this id would be taken for a repetition after a restart
        }

#if DEFECTS
        if (Defect.Is("pubcomp-before-release-durable")) { ticket = null; }
#endif
        shard.Answer(connection, new PubcompPacket { PacketId = pubrel.PacketId, ReasonCode = code }, ticket);
        return PacketError.None;
    }

    /// <summary>The record of a packet id goes; when PUBREL came too early, behind that record.</summary>
    private Ticket Forget(Session session, long recordId)
    {
        var durability = shard.Durability!;
        if (session.InboundTicket is { } ticket && !ticket.IsDurable(durability.Log))
        {
            durability.Delete(recordId);
            return durability.LastTicket;
        }

        durability.Log.Delete(recordId);
        return durability.TurnTicket;
    }

    /// <summary>PUBCOMP: ends a QoS 2 delivery; one that nobody waits for is ignored.</summary>
    public PacketError HandlePubcomp(Connection connection, ReadOnlySpan<byte> body)
    {
        var error = PubcompPacket.TryRead(body, connection.Version, out var pubcomp);
        if (error != PacketError.None)
        {
            return error;
        }

        if (HasTooManyUserProperties(pubcomp.Properties))
        {
            return PacketError.TooManyUserProperties;
        }

        var session = connection.Session!;
        var seq = session.Outbound.PositionOf(pubcomp.PacketId);
        if (session.Outbound.OnPubcomp(pubcomp.PacketId))
        {
            shard.Deliveries.Acknowledge(session, seq);
            shard.Touch(connection);            // the quota has room again
        }
        else if (StoredDeliveries.TryFind(session, pubcomp.PacketId, out var stored))
        {
            shard.StoredDeliveries.Forget(session, stored);
        }

        return PacketError.None;
    }

    private bool HasTooManyUserProperties(PropertyBlock properties) =>
        !properties.IsEmpty && properties.CountOf(PropertyId.UserProperty) > shard.Core.Limits.UserPropertiesMax;

    private void Finish(Connection connection, Session session, long seq, in QueuedMessage queued, QoS? refused)
    {
        if (refused is { } qos)
        {
            shard.Count(DropReason.RefusedByReceiver, qos);          // [MQTT-4.8.2-6] a refusal is final, for a shared group too
        }

        shard.Deliveries.Settle(session, queued);
        shard.Deliveries.Acknowledge(session, seq);
        shard.Touch(connection);                                // the queue goes on when the turn ends
    }
}
