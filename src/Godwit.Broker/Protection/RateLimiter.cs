using Godwit.Broker.Shards;
using Godwit.Protocol;

namespace Godwit.Broker.Protection;

/// <summary>
/// Holds each client of a shard to its <see cref="ClientRates"/>. It looks at the packets of a read and of a flush, not at single messages on
/// their way: where no rate is set, nothing of this runs.
/// </summary>
internal sealed class RateLimiter(Shard shard)
{
    /// <summary>Bytes in the buffer for one token of <see cref="ClientRates.DeliveriesPerSecond"/>, so that a queue does not come out at once.</summary>
    private const int SmallestDelivery = 16;

    /// <summary>A connection begins.</summary>
    public void Begin(Connection connection, ClientRates rates)
    {
        connection.Buckets = new ClientBuckets();
        SetRoom(connection, rates);
    }

    /// <summary>Which part of the input may be handled now. A client that has nothing left is slowed.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="input">From a packet boundary on.</param>
    /// <param name="rates">In force.</param>
    /// <returns>Bytes; up to the end of a packet, or all.</returns>
    public int Admit(Connection connection, ReadOnlySpan<byte> input, ClientRates rates)
    {
        var buckets = connection.Buckets ??= new ClientBuckets();
        Fill(buckets, rates);
        if (rates.IsReportOnly)
        {
            return input.Length;
        }

        var (publishes, bytes) = (buckets.Publishes, buckets.ReceivedBytes);        // copies: what is not handled in this turn costs nothing yet
        var position = 0;
        while (TryMeasure(input[position..], out var type, out var size))
        {
            if ((rates.PublishesPerSecond > 0 && publishes.IsEmpty) || (rates.ReceivedBytesPerSecond > 0 && bytes.IsEmpty))
            {
                break;
            }

            publishes.Take(type == PacketType.Publish ? 1 : 0);
            bytes.Take(size);
            position += size;
            if (position >= input.Length)
            {
                return input.Length;
            }
        }

        var isWhole = position < input.Length && TryMeasure(input[position..], out _, out _);
        return isWhole ? position : input.Length;           // what is incomplete or wrong is the framer's to judge
    }

    /// <summary>Takes what was handled from the buckets, and slows a client that has nothing left.</summary>
    public void ChargeInput(Connection connection, ReadOnlySpan<byte> handled, ClientRates rates)
    {
        var buckets = connection.Buckets!;
        while (TryMeasure(handled, out var type, out var size))
        {
            buckets.Publishes.Take(type == PacketType.Publish ? 1 : 0);
            buckets.ReceivedBytes.Take(size);
            handled = handled[size..];
        }

        var publishWaitMs = rates.PublishesPerSecond > 0 ? buckets.Publishes.WaitMs(rates.PublishesPerSecond) : 0;
        var bytesWaitMs = rates.ReceivedBytesPerSecond > 0 ? buckets.ReceivedBytes.WaitMs(rates.ReceivedBytesPerSecond) : 0;
        if (publishWaitMs + bytesWaitMs == 0)
        {
            return;
        }

        shard.Count(publishWaitMs >= bytesWaitMs ? ProtectionReason.PublishRate : ProtectionReason.ReceivedBytesRate);
        if (rates.IsReportOnly)
        {
            buckets.Publishes.Forgive();
            buckets.ReceivedBytes.Forgive();
            return;
        }

        buckets.SlowedUntilMs = shard.NowMs + Math.Max(publishWaitMs, bytesWaitMs);
        connection.IsRateSlowed = true;
        shard.Watch(connection);
    }

    /// <summary>Output is about to be handed over: pays for what is new in it, and paces a client that has nothing left.</summary>
    public void ChargeOutput(Connection connection, ClientRates rates)
    {
        var buckets = connection.Buckets ??= new ClientBuckets();
        Fill(buckets, rates);
        var unpaid = connection.Output.Span[Math.Min(buckets.PaidBytes, connection.Output.Length)..];
        while (TryMeasure(unpaid, out var type, out var size))
        {
            buckets.Deliveries.Take(type == PacketType.Publish ? 1 : 0);
            buckets.SentBytes.Take(size);
            unpaid = unpaid[size..];
        }

        var deliveryWaitMs = rates.DeliveriesPerSecond > 0 ? buckets.Deliveries.WaitMs(rates.DeliveriesPerSecond) : 0;
        var bytesWaitMs = rates.SentBytesPerSecond > 0 ? buckets.SentBytes.WaitMs(rates.SentBytesPerSecond) : 0;
        if (deliveryWaitMs + bytesWaitMs > 0 && !connection.IsPaced)
        {
            shard.Count(deliveryWaitMs >= bytesWaitMs ? ProtectionReason.DeliveryRate : ProtectionReason.SentBytesRate);
            if (rates.IsReportOnly)
            {
                buckets.Deliveries.Forgive();
                buckets.SentBytes.Forgive();
            }
            else
            {
                connection.IsPaced = true;
            }
        }

        if (connection.IsPaced)
        {
            buckets.PacedUntilMs = shard.NowMs + Math.Max(deliveryWaitMs, bytesWaitMs);
            shard.SetTimer(connection, shard.NowMs);            // watched with the timers of this turn, or of the next
        }

        SetRoom(connection, rates);
    }

    /// <summary>Time has passed for a client that is slowed or paced.</summary>
    /// <returns>When to look again; <see cref="long.MaxValue"/>: not because of this.</returns>
    public long Look(Connection connection)
    {
        var buckets = connection.Buckets!;
        var dueMs = long.MaxValue;
        if (connection.IsRateSlowed)
        {
            if (shard.NowMs >= buckets.SlowedUntilMs || shard.Core.Rates is not { LimitInput: true })
            {
                connection.IsRateSlowed = false;
                shard.ReadAgain(connection);
            }
            else
            {
                dueMs = buckets.SlowedUntilMs;
            }
        }

        if (connection.IsPaced)
        {
            if (shard.NowMs >= buckets.PacedUntilMs || shard.Core.Rates is not { LimitOutput: true })
            {
                connection.IsPaced = false;
                SetRoom(connection, shard.Core.Rates);
                shard.Touch(connection);                        // the flush goes on with the queue
            }
            else
            {
                dueMs = Math.Min(dueMs, buckets.PacedUntilMs);
            }
        }

        return dueMs;
    }

    /// <summary>How much may be in the output now before QoS 0 is dropped, and before the queue is no longer taken from.</summary>
    private void SetRoom(Connection connection, ClientRates? rates)
    {
        connection.QoS0RoomBytes = shard.QoS0RoomOf(connection);
        connection.QueueRoomBytes = Shard.OutputHighWaterBytes;
        if (rates is null || rates.IsReportOnly || connection.Buckets is not { } buckets)
        {
            return;
        }

        Fill(buckets, rates);
        if (rates.DeliveriesPerSecond > 0)
        {
            connection.QueueRoomBytes = (int)Math.Clamp(buckets.Deliveries.Tokens * SmallestDelivery, 1, connection.QueueRoomBytes);
        }

        if (rates.SentBytesPerSecond > 0)
        {
            connection.QueueRoomBytes = (int)Math.Clamp(buckets.SentBytes.Tokens, 1, connection.QueueRoomBytes);
        }
    }

    private void Fill(ClientBuckets buckets, ClientRates rates)
    {
        Fill(ref buckets.Publishes, rates.PublishesPerSecond, rates.BurstSeconds);
        Fill(ref buckets.ReceivedBytes, rates.ReceivedBytesPerSecond, rates.BurstSeconds);
        Fill(ref buckets.Deliveries, rates.DeliveriesPerSecond, rates.BurstSeconds);
        Fill(ref buckets.SentBytes, rates.SentBytesPerSecond, rates.BurstSeconds);
    }

    private void Fill(ref TokenBucket bucket, long perSecond, int burstSeconds)
    {
        if (perSecond > 0)
        {
            bucket.Fill(shard.NowMs, perSecond, (double)perSecond * burstSeconds);
        }
    }

    /// <summary>Type and size of the packet at the start, when all of it is there.</summary>
    private static bool TryMeasure(ReadOnlySpan<byte> input, out PacketType type, out int size)
    {
        (type, size) = (default, 0);
        if (input.Length < 2 || VariableByteInteger.TryRead(input[1..], ProtocolVersion.Mqtt311, out var remaining, out var lengthSize) != PacketError.None)
        {
            return false;
        }

        type = (PacketType)(input[0] >> 4);
        size = 1 + lengthSize + (int)remaining;
        return size <= input.Length;
    }
}
