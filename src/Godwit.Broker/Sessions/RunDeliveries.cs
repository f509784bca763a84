using System.Buffers.Binary;
using Godwit.Broker.Messages;
using Godwit.Broker.Shards;
using Godwit.Protocol;
using Godwit.Protocol.Packets;

namespace Godwit.Broker.Sessions;

/// <summary>
/// The last step of a run of messages: the publisher's bytes are copied to each receiver as they are, and with QoS 1 the packet
/// identifiers are written over. As <see cref="Deliveries"/>, for receivers that <see cref="Routing.Router.TryFindReceivers"/> has found.
/// </summary>
internal sealed class RunDeliveries(Shard shard)
{
    private Place[] _places = new Place[64];

    /// <summary>QoS 0: into connections, or dropped with a reason.</summary>
    public void DeliverQoS0(ReadOnlySpan<Session> receivers, scoped PublishRun run)
    {
        var whole = 0;
        foreach (var session in receivers)
        {
            if (session.Connection is not { } connection)
            {
                shard.Count(DropReason.NotConnected, QoS.AtMostOnce, run.Count);
            }
            else if (connection.Output.Length + run.Bytes.Length > connection.QoS0RoomBytes || run.LargestPacketBytes > connection.PacketSizeMax)
            {
                DeliverOneByOne(connection, run);
            }
            else
            {
                run.Bytes.CopyTo(shard.Reserve(connection, run.Bytes.Length));
                connection.Output.Advance(run.Bytes.Length);
                whole++;
            }
        }

        CountSent(QoS.AtMostOnce, whole * (long)run.Count, whole * (long)run.PayloadBytes, whole * (long)run.Bytes.Length);
    }

    /// <summary>QoS 1: into the sessions, and as far as they may be sent into the connections.</summary>
    /// <param name="receivers">Connected.</param>
    /// <param name="publisher">For No Local.</param>
    /// <param name="topic">Of all messages.</param>
    /// <param name="run">The messages.</param>
    /// <returns>False: somebody has no room for all of them, or cannot take one so large. Nothing has been delivered.</returns>
    public bool TryDeliverQoS1(ReadOnlySpan<Session> receivers, Connection publisher, ReadOnlySpan<byte> topic, scoped PublishRun run)
    {
        var cost = run.PayloadBytes + (run.Count * (long)(topic.Length + MessageView.OverheadBytes));
        if (receivers.IsEmpty || shard.Durability is { IsFull: true })
        {
            return false;
        }

        foreach (var session in receivers)
        {
            if (!shard.QueueRoom.Has(session, run.Count, cost) || run.LargestPacketBytes > session.Connection!.PacketSizeMax)
            {
                return false;
            }
        }

        Store(run, topic, publisher, receivers.Length);
        foreach (var session in receivers)
        {
            Deliver(session, session.Connection!, run);
            shard.Deliveries.CountHeld(session, run.Count, cost);
        }

        Array.Clear(_places, 0, run.Count);
        return true;
    }

    /// <summary>A stored copy of each message, with a reference for each receiver.</summary>
    private void Store(scoped PublishRun run, ReadOnlySpan<byte> topic, Connection publisher, int receivers)
    {
        if (_places.Length < run.Count)
        {
            _places = new Place[2 * run.Count];
        }

        var expiresAtMs = shard.Publications.CapExpiry(long.MaxValue);
        int i = 0, end = 0, payloadEnd = 0;
        foreach (var packet in run)
        {
            var view = new MessageView
            {
                Topic = topic,
                Payload = packet.Payload,
                QoS = QoS.AtLeastOnce,
                AnnouncedExpiryMs = long.MaxValue,
                ExpiresAtMs = expiresAtMs,
            };
            var message = shard.Pool.Rent(view);
            message.PublisherId = publisher.ClientId;
            message.AddReference(receivers - 1);
            ref var place = ref _places[i++];
            place.Message = message;
            place.PacketIdAt = end + packet.PacketIdAt;
            place.End = end += packet.Bytes.Length;
            place.PayloadEnd = payloadEnd += packet.Payload.Length;
        }
    }

    /// <summary>What cannot be sent now waits in the queue, as always behind what was there before.</summary>
    private void Deliver(Session session, Connection connection, scoped PublishRun run)
    {
        var places = _places.AsSpan(0, run.Count);
        var sent = 0;
        if (connection.CanTakeMore)
        {
            var room = Math.Min(run.Count, session.Outbound.SendableCount);
            var bytes = room == 0 ? [] : run.Bytes[..places[room - 1].End];
            var destination = shard.Reserve(connection, bytes.Length);
            bytes.CopyTo(destination);
            for (; sent < room; sent++)
            {
                var packetId = session.Outbound.Send(new QueuedMessage(places[sent].Message, null, null, Retain: false), QoS.AtLeastOnce);
                BinaryPrimitives.WriteUInt16BigEndian(destination[places[sent].PacketIdAt..], packetId);
            }

            connection.Output.Advance(bytes.Length);
            CountSent(QoS.AtLeastOnce, room, room == 0 ? 0 : places[room - 1].PayloadEnd, bytes.Length);
        }

        for (; sent < places.Length; sent++)
        {
            session.Outbound.Enqueue(new QueuedMessage(places[sent].Message, null, null, Retain: false), QoS.AtLeastOnce);
            shard.Touch(connection);                // the queue goes on when the turn ends
        }
    }

    private void DeliverOneByOne(Connection connection, scoped PublishRun run)
    {
        foreach (var packet in run)
        {
            if (connection.Output.Length > connection.QoS0RoomBytes)
            {
                shard.SendNow(connection);
            }

            if (connection.Output.Length > connection.QoS0RoomBytes)
            {
                shard.CountNoRoom(connection);
            }
            else if (packet.Bytes.Length > connection.PacketSizeMax)
            {
                shard.Count(DropReason.TooLargeForReceiver, QoS.AtMostOnce);        // [MQTT-3.1.2-24]
            }
            else
            {
                packet.Bytes.CopyTo(shard.Reserve(connection, packet.Bytes.Length));
                connection.Output.Advance(packet.Bytes.Length);
                CountSent(QoS.AtMostOnce, 1, packet.Payload.Length, packet.Bytes.Length);
            }
        }
    }

    private void CountSent(QoS qos, long packets, long payloadBytes, long bytes)
    {
        shard.Counters.PacketsSent[(int)PacketType.Publish] += packets;
        shard.Counters.PublishSent[(int)qos] += packets;
        shard.Counters.PublishBytesSent += payloadBytes;
        shard.ProducedBytes += bytes;
    }

    /// <summary>A message of the run, and where in the run its packet stands.</summary>
    private struct Place
    {
        public Message Message;
        public int PacketIdAt;
        public int End;
        public int PayloadEnd;          // bytes of payload up to and with this packet
    }
}
