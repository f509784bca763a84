using Godwit.Broker.Log;
using Godwit.Broker.Protection;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Shards;

/// <summary>Output of connections, and the one place that closes them.</summary>
public sealed partial class Shard
{
    /// <summary>Room for one packet of at most <paramref name="size"/> bytes; the connection will be flushed at the end of the turn.</summary>
    internal Span<byte> Reserve(Connection connection, int size)
    {
        Touch(connection);
        return connection.Output.Reserve(size, _outputPool);
    }

    /// <summary>A packet of <paramref name="size"/> bytes stands in the room reserved last.</summary>
    internal void Sent(Connection connection, PacketType type, int size)
    {
        connection.Output.Advance(size);
        Counters.PacketsSent[(int)type]++;
    }

    /// <summary>
    /// Writes one packet; it leaves when the turn ends. One that is larger than the client can take closes the connection: of an answer
    /// nothing may be left out. [MQTT-3.1.2-24]
    /// </summary>
    internal void Write<TPacket>(Connection connection, TPacket packet)
        where TPacket : IPacket, allows ref struct
    {
        var size = packet.Measure(connection.Version);
        if (size > connection.PacketSizeMax)
        {
            Close(connection, CloseReason.PacketRefused, DisconnectReasonCode.PacketTooLarge, PacketError.PacketTooLarge.Description());
            return;
        }

        var destination = Reserve(connection, size);
        Sent(connection, packet.Type, packet.Write(destination, connection.Version));
    }

    /// <summary>Writes an answer to a packet. It leaves in the order of the packets, and when what it acknowledges is durable.</summary>
    /// <param name="connection">Who has sent the packet.</param>
    /// <param name="packet">As <see cref="Write"/>.</param>
    /// <param name="ticket">What it waits for; null: for nothing of its own.</param>
    internal void Answer<TPacket>(Connection connection, TPacket packet, Ticket? ticket = null)
        where TPacket : IPacket, allows ref struct
    {
        if (ticket is not null && ticket.IsDurable(Durability!.Log))
        {
            ticket = null;
        }

        if (ticket is null && connection.Held is null)
        {
            Write(connection, packet);
            return;
        }

        var size = packet.Measure(connection.Version);
        if (size > connection.PacketSizeMax)
        {
            Write(connection, packet);                  // closes the connection
            return;
        }

        connection.Held ??= new HeldAnswers();
        size = packet.Write(connection.Held.Reserve(size, _outputPool), connection.Version);
        connection.Held.Add(size, ticket);
        Counters.PacketsSent[(int)packet.Type]++;
        Durability!.Hold(connection);
    }

    /// <summary>CONNACK has been written: it leaves, and everything behind it, when what it says is durable.</summary>
    internal void Withhold(Connection connection, Ticket ticket)
    {
        connection.Withheld = ticket;
        Durability!.Hold(connection);
    }

    /// <summary>The log has got further: what waited for it may leave.</summary>
    /// <returns>True: nothing is left that waits.</returns>
    internal bool ReleaseAnswers(Connection connection)
    {
        if (connection.IsClosed && !connection.IsLeaving)
        {
            return true;
        }

        var log = Durability!.Log;
        var wasUnread = connection.IsUnread;
        if (connection.Withheld is { } connack)
        {
            if (!connack.IsDurable(log))
            {
                return false;
            }

            connection.Withheld = null;
            Touch(connection);
        }

        if (connection.Held is { } held)
        {
            ReleaseReady(connection, held);
        }

        if (connection.IsLeaving)
        {
            return TryFinishLeaving(connection);
        }

        if (wasUnread && !connection.IsUnread)
        {
            connection.LastPacketMs = NowMs;            // it was not read, so its silence does not count
            Watch(connection);
        }

        return connection.Held is null;
    }

    private void ReleaseReady(Connection connection, HeldAnswers held)
    {
        var ready = held.CountReady(Durability!.Log);
        if (ready > 0)
        {
            held.Span(ready).CopyTo(Reserve(connection, ready));
            connection.Output.Advance(ready);
            held.Consume(ready, _outputPool);
        }

        if (held.IsEmpty)
        {
            connection.Held = null;
            connection.IsPutOff = false;
        }
    }

    /// <summary>The connection is looked at when the turn ends.</summary>
    internal void Touch(Connection connection)
    {
        if (!connection.IsTouched)
        {
            connection.IsTouched = true;
            _touched.Add(connection);
        }
    }

    /// <summary>A packet is refused: says why (5.0) and closes. [MQTT-4.13.1-1] [MQTT3-4.8.0-1]</summary>
    internal void Refuse(Connection connection, PacketType type, PacketError error)
    {
        Core.World.PacketRefused(connection, type, error);
        Close(connection, CloseReason.PacketRefused, error.ReasonCode(), error.Description());
    }

    /// <summary>Ends a connection from the broker's side.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="reason">For log and session.</param>
    /// <param name="code">What a 5.0 client is told; NormalDisconnection: it is told nothing.</param>
    /// <param name="words">The Reason String, for people.</param>
    internal void Close(Connection connection, CloseReason reason, DisconnectReasonCode code, string words)
    {
        if (connection.IsClosed)
        {
            return;
        }

        if (connection.Withheld is not null)
        {
            connection.Output.Release(_outputPool);     // CONNACK has not left, so nothing can
        }
        else if (connection.IsMqtt5 && code != DisconnectReasonCode.NormalDisconnection && !connection.IsCongested)
        {
            WriteDisconnect(connection, code, words);
        }

        Send(connection);
        connection.CloseTransport();
        End(connection, reason, code);
    }

    /// <summary>
    /// The Reason String is left out when it would make the packet too large for the client [MQTT-3.14.2-3], and the packet when it would
    /// be too large even so.
    /// </summary>
    private void WriteDisconnect(Connection connection, DisconnectReasonCode code, string words)
    {
        var properties = new PropertyWriter(stackalloc byte[256]);
        properties.Add(PropertyId.ReasonString, words);
        var disconnect = new DisconnectPacket { ReasonCode = code, Properties = properties.Block };
        if (disconnect.Measure(connection.Version) > connection.PacketSizeMax)
        {
            disconnect = new DisconnectPacket { ReasonCode = code };
        }

        if (disconnect.Measure(connection.Version) <= connection.PacketSizeMax)
        {
            Write(connection, disconnect);
        }

        properties.Dispose();
    }

    /// <summary>Handling its input threw: the connection ends, and with it nothing else.</summary>
    internal void Fault(Connection connection, Exception fault)
    {
        Core.World.Fault(connection, fault);
        if (!connection.IsClosed)
        {
            connection.CloseTransport();
            End(connection, CloseReason.ConnectionLost, DisconnectReasonCode.UnspecifiedError);
        }
    }

    /// <summary>The client has sent DISCONNECT.</summary>
    internal void Leave(Connection connection, DisconnectReasonCode code)
    {
        if (connection.Withheld is null && connection.Held is null)
        {
            Send(connection);
            connection.CloseTransport();
        }
        else
        {
            connection.IsLeaving = true;                // a client may send a whole visit at once and then read its answers
        }

        End(connection, CloseReason.ClientDisconnect, code);
    }

    /// <summary>The client has left and its answers waited for the log: the last of them goes, and the connection is closed.</summary>
    private bool TryFinishLeaving(Connection connection)
    {
        if (connection.Held is not null)
        {
            return false;
        }

        Send(connection);
        connection.CloseTransport();
        Abandon(connection);
        return true;
    }

    /// <summary>Nothing more is sent to a connection that has ended.</summary>
    private void Abandon(Connection connection)
    {
        connection.IsLeaving = false;
        connection.Output.Release(_outputPool);
        connection.Held?.Release(_outputPool);
        connection.Held = null;
    }

    /// <summary>The connection is over: frees its buffers and lets go of its session.</summary>
    internal void End(Connection connection, CloseReason reason, DisconnectReasonCode code)
    {
        connection.IsClosed = true;
        if (!connection.IsLeaving)
        {
            Abandon(connection);
        }

        if (!connection.IsHandling && connection.HasTail)
        {
            connection.Tail.Clear();
        }

        _timers.Remove(connection);
        if (MemoryPressure.Level != OverloadLevel.None)
        {
            MemoryPressure.Forget(connection);
        }

        if (connection.Session is not null)
        {
            Counters.Connected--;
            Core.World.Disconnected(connection, reason, code);
            Lifetimes.Detach(connection, reason);
        }
    }

    private void FlushTouched()
    {
        (_flushing, _touched) = (_touched, _flushing);
        foreach (var connection in _flushing)
        {
            connection.IsTouched = false;
            if (!connection.IsClosed && !connection.IsCongested && connection.Withheld is null)
            {
                Flush(connection);
            }
        }

        _flushing.Clear();
    }

    /// <summary>
    /// Sends what waits and, as long as the transport takes everything, what the queue behind it has: a client that keeps up is never held
    /// back by the size of one flush, or a fan-in would fill its queue.
    /// </summary>
    private void Flush(Connection connection)
    {
        connection.QoS0RoomBytes = QoS0RoomOf(connection);
        for (var i = 0; i < FlushesPerTurnMax; i++)
        {
            var before = connection.Output.Length;
            Send(connection);
            if (connection.Output.Length > 0)
            {
                Congest(connection, before);
                Watch(connection);
                return;
            }

            Deliveries.Pump(connection);
            if (connection.Output.Length == 0)
            {
                return;
            }
        }

        Touch(connection);                      // the rest is for the next turn; others come first
    }

    /// <summary>
    /// Hands over what waits before the turn ends, when it has become too much to gather. This happens in the middle of a fan-out, so nobody
    /// is closed here: a will would be routed inside the message that is being routed.
    /// </summary>
    internal void SendNow(Connection connection)
    {
        var before = connection.Output.Length;
        if (!connection.IsCongested && connection.Withheld is null && before > 0)
        {
            Send(connection);
            if (connection.Output.Length > 0)
            {
                Congest(connection, before);
                SetTimer(connection, NowMs);            // watched with the timers of this turn
            }
        }
    }

    private void Congest(Connection connection, int lengthBefore)
    {
        connection.IsCongested = true;
        if (connection.Output.Length < lengthBefore || connection.CongestedSinceMs == 0)
        {
            connection.CongestedSinceMs = NowMs;
        }
    }

    private void Send(Connection connection)
    {
        if (connection.Output.Length == 0 || connection.IsCongested)
        {
            return;
        }

        var rates = Core.Rates;
        var isLimited = rates is { LimitOutput: true };
        if (isLimited)
        {
            RateLimiter.ChargeOutput(connection, rates!);
        }

        var taken = connection.Send(connection.Output.Span);
        Counters.BytesSent += taken;
        connection.Output.Consume(taken, _outputPool);
        if (isLimited)
        {
            connection.Buckets!.PaidBytes = connection.Output.Length;
        }

        if (connection.Output.Length == 0)
        {
            connection.CongestedSinceMs = 0;
        }
    }
}
