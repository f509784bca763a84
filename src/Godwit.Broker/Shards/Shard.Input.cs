using Godwit.Broker.Handlers;
using Godwit.Broker.Protection;
using Godwit.Protocol;
using Godwit.Protocol.Packets;

namespace Godwit.Broker.Shards;

/// <summary>Input of connections: bytes, readiness, loss.</summary>
public sealed partial class Shard
{
    /// <summary>Bytes arrived. Handles every whole packet, within the budget of a turn, and keeps the rest.</summary>
    /// <param name="connection">Wants input (<see cref="Connection.WantsInput"/>).</param>
    /// <param name="bytes">Valid during the call only.</param>
    public void Received(Connection connection, ReadOnlySpan<byte> bytes)
    {
        if (connection.IsClosed)
        {
            return;
        }

        Counters.BytesReceived += bytes.Length;
        if (MemoryPressure.Level != OverloadLevel.None)
        {
            MemoryPressure.Count(connection, bytes.Length);
        }

        if (connection.HasTail || connection.IsDeferred || connection.IsSlowed)
        {
            connection.Tail.Append(bytes);
            if (!connection.IsDeferred && !connection.IsSlowed)
            {
                HandleTail(connection);
            }

            return;
        }

        var handled = Handle(connection, bytes);
        if (handled < bytes.Length && !connection.IsClosed)
        {
            connection.Tail.Append(bytes[handled..]);
        }
    }

    /// <summary>The transport can take more after it took less than all.</summary>
    public void Writable(Connection connection)
    {
        if (connection.IsClosed)
        {
            return;
        }

        if (connection.IsUnread)
        {
            connection.LastPacketMs = NowMs;            // it was not read, so its silence does not count
        }

        connection.IsCongested = false;
        Watch(connection);
        Touch(connection);
    }

    /// <summary>The peer has closed the connection, or it broke. The transport has let go of it already.</summary>
    public void Lost(Connection connection)
    {
        if (!connection.IsClosed)
        {
            End(connection, CloseReason.ConnectionLost, default);
        }
        else if (connection.IsLeaving)
        {
            Abandon(connection);
        }
    }

    /// <summary>A connection comes from its listener. CONNECT is handled, then what came behind it.</summary>
    internal void Open(Connection connection, ReadOnlySpan<byte> connect, ReadOnlySpan<byte> received)
    {
        Counters.Sockets++;
        Counters.BytesReceived += connect.Length;
        Counters.PacketsReceived[(int)PacketType.Connect]++;
        connection.LastPacketMs = NowMs;
        connection.QoS0RoomBytes = QoS0RoomOf(connection);
        if (Core.Rates is { LimitOutput: true } rates)
        {
            RateLimiter.Begin(connection, rates);
        }

        _connectHandler.Handle(connection, connect);
        if (!received.IsEmpty)
        {
            Received(connection, received);         // pipelined behind CONNECT; dropped when it was refused [MQTT-3.1.4-6] [MQTT3-3.1.4-5]
        }
    }

    /// <summary>A connection that was slowed is read again, beginning with what was left of it.</summary>
    internal void ReadAgain(Connection connection)
    {
        if (connection.IsClosed || connection.IsSlowed)
        {
            return;
        }

        connection.LastPacketMs = NowMs;                // it was not read, so its silence does not count
        if (connection.HasTail && !connection.IsDeferred)
        {
            connection.IsDeferred = true;
            _deferred.Add(connection);
        }
    }

    private void HandleTail(Connection connection)
    {
        if (connection.Inquiry is not null && !HandleAsked(connection))
        {
            return;
        }

        var handled = Handle(connection, connection.Tail.Span);
        if (connection.IsClosed)
        {
            connection.Tail.Clear();
        }
        else
        {
            connection.Tail.Consume(handled);
        }
    }

    /// <summary>Handles whole packets from the start of <paramref name="input"/>.</summary>
    /// <returns>Bytes handled; the rest is the beginning of a packet, or waits for the next turn.</returns>
    private int Handle(Connection connection, ReadOnlySpan<byte> input)
    {
        var rates = Core.Rates;
        if (rates is not { LimitInput: true })
        {
            return HandleGuarded(connection, input);
        }

        var handled = HandleGuarded(connection, input[..RateLimiter.Admit(connection, input, rates)]);
        if (!connection.IsClosed)
        {
            RateLimiter.ChargeInput(connection, input[..handled], rates);
        }

        return handled;
    }

    private int HandleGuarded(Connection connection, ReadOnlySpan<byte> input)
    {
        connection.IsHandling = true;
        try
        {
            return HandlePackets(connection, input);
        }
        finally
        {
            connection.IsHandling = false;
            connection.IsPutOff = connection.Held is not null && IsLogBehind;
        }
    }

    private int HandlePackets(Connection connection, ReadOnlySpan<byte> input)
    {
        var producedMax = ProducedBytes + Core.Limits.TurnOutputBytesMax;
        var position = 0;
        var simpleFrom = 0;                             // packets of a run that is not simple are handled one by one
        while (position < input.Length)
        {
            if (ProducedBytes > producedMax)
            {
                connection.IsDeferred = true;
                _deferred.Add(connection);
                break;
            }

            if (TryHandleRun(connection, input[position..], producedMax - ProducedBytes, position >= simpleFrom, out var size))
            {
                position += size;
                connection.LastPacketMs = NowMs;
                continue;
            }

            simpleFrom = Math.Max(simpleFrom, position + size);
            var status = PacketFramer.TryRead(
                input[position..], connection.Version, Core.Limits.PacketSizeBytesMax, out var header, out var body, out size, out var error);
            if (status == FrameStatus.Incomplete)
            {
                break;
            }

            if (status == FrameStatus.Invalid)
            {
                Refuse(connection, (PacketType)(input[position] >> 4), error);
                break;
            }

            position += size;
            connection.LastPacketMs = NowMs;            // [MQTT-3.1.2-22] any packet counts
            Counters.PacketsReceived[(int)header.Type]++;
            _dispatcher.Handle(connection, header, body);
            if (connection.IsClosed)
            {
                break;
            }

            if (connection.IsAsking)
            {
                position -= size;                       // it stays at the front, and is counted when it is handled
                Counters.PacketsReceived[(int)header.Type]--;
                break;
            }
        }

        return position;
    }

    /// <summary>Most packets of a busy connection come in runs of PUBLISH or PUBACK, which are handled together.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="input">Not empty.</param>
    /// <param name="budgetBytes">What may still be produced in this turn.</param>
    /// <param name="mayBeSimple">The packets here were not found to be of the other kind before.</param>
    /// <param name="size">Bytes handled; with false: bytes of a run that has to be handled packet by packet.</param>
    private bool TryHandleRun(Connection connection, ReadOnlySpan<byte> input, long budgetBytes, bool mayBeSimple, out int size)
    {
        size = 0;
        if (input[0] == (int)PacketType.Puback << 4)
        {
            size = _dispatcher.HandlePubacks(connection, input) * AcknowledgementHandler.ShortPubackSize;
            return size > 0;
        }

        if (!mayBeSimple || !PublishRun.MayBeginWith(input[0]) || !_publishRuns.TryTake(connection, input, out var run))
        {
            return false;
        }

        size = _publishRuns.Handle(connection, run, budgetBytes);
        var isHandled = size > 0;
        size = isHandled ? size : run.Bytes.Length;
        return isHandled;
    }
}
