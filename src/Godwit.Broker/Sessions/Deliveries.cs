using Godwit.Broker.Log;
using Godwit.Broker.Messages;
using Godwit.Broker.Protection;
using Godwit.Broker.Routing;
using Godwit.Broker.Shards;
using Godwit.Protocol;
using Godwit.Protocol.Delivery;
using Godwit.Protocol.Packets;

namespace Godwit.Broker.Sessions;

/// <summary>
/// The last step of a message: into a connection, into a session's queue, or dropped with a reason. Every decision not to deliver is made
/// here or in <see cref="Router"/>, and counted.
/// </summary>
internal sealed class Deliveries(Shard shard)
{
    private readonly PublishEncoder _encoder = new(shard);
    private Message? _asked;                // its receiver has just been asked about

    /// <summary>Bytes of all queues in memory.</summary>
    public long HeldBytes { get; private set; }

    /// <summary>The next deliveries are of a new message.</summary>
    /// <param name="receivers">How many may get it.</param>
    public void Begin(int receivers) => _encoder.Begin(receivers);

    /// <summary>Delivers one live message to one session.</summary>
    /// <returns>False: only for a shared group, this member cannot take it.</returns>
    public bool Deliver(Session session, ref PublishContext context, in Delivery delivery)
    {
        var qos = (QoS)Math.Min((int)context.View.QoS, (int)delivery.QoS);          // [MQTT-3.8.4-8] [MQTT3-3.8.4-6]
        return Deliver(session, ref context, delivery, qos, delivery.RetainAsPublished && context.WasRetain);   // [MQTT-3.3.1-12] [MQTT-3.3.1-13]
    }

    /// <summary>The connection has room: sends what waits, in flight first, then the queue, then retained messages. [MQTT-4.6.0-5]</summary>
    public void Pump(Connection connection)
    {
        if (connection.Session is not { } session)
        {
            return;
        }

        _encoder.Begin(1);
        PumpQueue(session, connection);
        shard.StoredDeliveries.ReadOn(session);
        PumpQoS0(session, connection);
        shard.RetainedDeliveries.Pump(session, connection);
    }

    /// <summary>A position of the queue is over; it may have been the last that kept its message in the log.</summary>
    public void Acknowledge(Session session, long seq)
    {
        if (session.No != 0)
        {
            shard.Durability!.Log.Acknowledge(session.No, seq);
        }
    }

    /// <summary>An exchange no longer needs its message.</summary>
    public void Settle(Session session, in QueuedMessage queued)
    {
        var cost = queued.Message.CostBytes;
#if DEFECTS
        if (Defect.Is("bytes-not-released") && queued.Message.WasRetain) { cost--; }
#endif
        CountQueued(session, -1, -cost);
        HeldBytes -= cost;
        queued.Message.Release();
    }

    /// <summary>A message waits in memory for one session.</summary>
    public QueuedMessage Hold(Session session, ref PublishContext context, in Delivery delivery, bool retain)
    {
        var message = context.Store(shard.Pool);
        message.AddReference();
        CountQueued(session, 1, message.CostBytes);
        HeldBytes += message.CostBytes;
        return new QueuedMessage(message, delivery.Identifiers, delivery.Group, retain);
    }

    /// <summary>Messages wait in memory for one session, or no longer do.</summary>
    public void CountHeld(Session session, int messages, long bytes)
    {
        CountQueued(session, messages, bytes);
        HeldBytes += bytes;
    }

    /// <summary>A session's queue has become longer or shorter.</summary>
    public void CountQueued(Session session, int messages, long bytes)
    {
        session.QueueBytes += bytes;
        shard.Counters.Queued += messages;
        shard.Counters.QueuedBytes += bytes;
        if (shard.Core.Quotas is { QueuedBytesMax: > 0 })
        {
            UserUsages.Charge(session);
        }
    }

    /// <summary>The same with the QoS and the RETAIN flag that the receiver gets.</summary>
    public bool Deliver(Session session, ref PublishContext context, in Delivery delivery, QoS qos, bool retain)
    {
        if (context.View.ExpiresAtMs <= shard.NowMs)
        {
            shard.Count(DropReason.Expired, qos);
            return true;
        }

        if (shard.Rights.AreChecked && !shard.Rights.MayDeliver(session, context.View.Topic, qos, retain))
        {
            return Deny(session, context.View.Topic, delivery, qos, retain);
        }

        return qos == QoS.AtMostOnce
            ? DeliverQoS0(session, ref context, delivery, retain)
            : Enqueue(session, ref context, delivery, qos, retain);
    }

    /// <summary>Another member of a shared group may have the right that this one has not.</summary>
    private bool Deny(Session session, ReadOnlySpan<byte> topic, in Delivery delivery, QoS qos, bool retain)
    {
        if (delivery.Group is not null)
        {
            return false;
        }

        shard.Count(shard.Rights.ObjectionOf(session, topic, qos, retain), qos);
        return true;
    }

    private bool DeliverQoS0(Session session, ref PublishContext context, in Delivery delivery, bool retain)
    {
        var isShared = delivery.Group is not null;
        if (session.Connection is not { } connection)
        {
            if (!isShared)
            {
                KeepQoS0(session, ref context, delivery, retain);
            }

            return !isShared;
        }

        if (session.QueuedQoS0 is { Count: > 0 })
        {
            KeepQoS0(session, ref context, delivery, retain);       // what was kept goes first [MQTT-4.6.0-6]
            return true;
        }

        if (connection.Output.Length > connection.QoS0RoomBytes)
        {
            shard.SendNow(connection);          // a fan-in fills the buffer of a client that has not been tried in this turn
        }

        if (connection.Output.Length > connection.QoS0RoomBytes)
        {
            shard.CountNoRoom(connection);
        }
        else if (!_encoder.TryWrite(connection, context.View, retain ? (byte)1 : (byte)0, 0, delivery.Identifiers))
        {
            shard.Count(_encoder.Refusal, QoS.AtMostOnce);
        }

        return true;
    }

    private void KeepQoS0(Session session, ref PublishContext context, in Delivery delivery, bool retain)
    {
        if (!shard.Core.Settings.QueueQoS0Messages)
        {
            shard.Count(DropReason.NotConnected, QoS.AtMostOnce);
        }
        else if (!shard.QueueRoom.TryTake(session, context.View.CostBytes, QoS.AtMostOnce))
        {
            shard.Count(DropReason.QueueFull, QoS.AtMostOnce);
        }
        else
        {
            (session.QueuedQoS0 ??= new Queue<QueuedMessage>()).Enqueue(Hold(session, ref context, delivery, retain));
        }
    }

    private bool Enqueue(Session session, ref PublishContext context, in Delivery delivery, QoS qos, bool retain)
    {
        var cost = context.View.CostBytes;
        if (!shard.QueueRoom.TryMake(session, cost, qos, delivery.Group is not null))
        {
            return delivery.Group is null;
        }

        if (session.No != 0 && shard.Durability!.IsFull && !context.IsHandedOver)
        {
            shard.Count(DropReason.StoreFull, qos);
            return true;
        }

        if (session.No != 0)
        {
            context.Own();
        }

        if (shard.Durability is { } durability)
        {
            Gate(durability, session, ref context, qos);
        }

        if (session.No != 0)
        {
            shard.Durability!.Recipients.Add(session.No, session.Outbound.NextSeq, qos, retain, delivery.Identifiers, delivery.SharedFilter);
            if (shard.StoredDeliveries.TryKeep(session, cost, delivery.Group is not null))
            {
                return true;
            }
        }

        session.Outbound.Enqueue(Hold(session, ref context, delivery, retain), qos);
        _encoder.SetStored(context.Stored!);
        if (session.Connection is { CanTakeMore: true } connection)
        {
            _asked = context.Stored;
            PumpQueue(session, connection);
            _asked = null;
        }

        return true;
    }

    /// <summary>No QoS 2 message is delivered that the broker may forget, or the publisher's repetition would be delivered again.</summary>
    private static void Gate(Durability durability, Session session, ref PublishContext context, QoS qos)
    {
        if (qos != QoS.ExactlyOnce)
        {
            return;
        }

        if (context.Stored?.Ticket is { } record && !record.IsDurable(durability.Log))
        {
            durability.Gate(session, session.Outbound.NextSeq, record);         // another shard has still to write the message itself
        }

        if (session.No != 0 || context.Record.InboundId != 0 || context.Record.Companion is not null || context.Pending is not null)
        {
            durability.Gate(session, session.Outbound.NextSeq, context.Gate(durability));
        }
    }

    private void PumpQueue(Session session, Connection connection)
    {
        if (session.OutboundIfAny is not { } outbound)
        {
            return;
        }

        while (connection.CanTakeMore && outbound.TryTakeNext(out var send, LimitSeqOf(session)))
        {
            if (send.IsPubrel)
            {
                shard.Write(connection, new PubrelPacket { PacketId = send.PacketId });
                continue;
            }

#if DEFECTS
            if (Defect.Is("packet-id-reused")) { send = send with { PacketId = (ushort)((send.PacketId % 3) + 1) }; }
#endif
            var queued = send.Message;
#if DEFECTS
            if (!Defect.Is("expired-delivered"))
#endif
            if (!send.Dup && queued.Message.ExpiresAtMs <= shard.NowMs)
            {
                Discard(session, send, DropReason.Expired);        // [MQTT-3.3.2-5] unless delivery has begun
                continue;
            }

            if (shard.Rights.AreChecked && queued.Message != _asked && !shard.Rights.MaySend(session, queued, send.QoS, out var objection))
            {
                Withdraw(session, connection, send, objection);
                continue;
            }

            var flags = (byte)((send.Dup ? 0x08 : 0) | ((int)send.QoS << 1) | (queued.Retain ? 1 : 0));
#if DEFECTS
            if (Defect.Is("dup-missing")) { flags &= 0xF7; }
#endif
            if (!_encoder.TryWrite(connection, queued.Message, flags, send.PacketId, queued.Identifiers))
            {
                Discard(session, send, _encoder.Refusal);    // [MQTT-3.1.2-25] it counts as delivered
            }
        }
    }

    private long LimitSeqOf(Session session) => session.Gates?.LimitSeq(shard.Durability!.Log) ?? long.MaxValue;

    /// <summary>
    /// What waited may not be sent any more. A QoS 2 message that was sent before may be with the client, whose packet id has to become free: PUBREL goes in the
    /// place of PUBLISH, and a client that never got it answers that it knows nothing of it.
    /// </summary>
    private void Withdraw(Session session, Connection connection, in OutboundSend<QueuedMessage> send, DropReason reason)
    {
        if (!send.Dup || send.QoS != QoS.ExactlyOnce)
        {
            Discard(session, send, reason);
            return;
        }

        var seq = session.Outbound.PositionOf(send.PacketId);
        session.Outbound.OnPubrec(send.PacketId, isError: false, out var queued, out _);
        Settle(session, queued);
        shard.Count(reason, send.QoS);
        shard.Answer(connection, new PubrelPacket { PacketId = send.PacketId }, shard.Durability?.MarkReceived(session.No, seq));
    }

    private void Discard(Session session, in OutboundSend<QueuedMessage> send, DropReason reason)
    {
        Acknowledge(session, session.Outbound.PositionOf(send.PacketId));
        Settle(session, session.Outbound.Discard(send.PacketId));
        shard.Count(reason, send.QoS);
    }

    private void PumpQoS0(Session session, Connection connection)
    {
        while (connection.CanTakeMore && session.QueuedQoS0 is { Count: > 0 } queue)
        {
            var queued = queue.Dequeue();
            if (queued.Message.ExpiresAtMs <= shard.NowMs)
            {
                shard.Count(DropReason.Expired, QoS.AtMostOnce);
            }
            else if (shard.Rights.AreChecked && !shard.Rights.MaySend(session, queued, QoS.AtMostOnce, out var objection))
            {
                shard.Count(objection, QoS.AtMostOnce);
            }
            else if (!_encoder.TryWrite(connection, queued.Message, queued.Retain ? (byte)1 : (byte)0, 0, queued.Identifiers))
            {
                shard.Count(_encoder.Refusal, QoS.AtMostOnce);
            }

            Settle(session, queued);
        }
    }
}
