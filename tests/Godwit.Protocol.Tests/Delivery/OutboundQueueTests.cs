using Godwit.Protocol.Delivery;

namespace Godwit.Protocol.Tests.Delivery;

/// <summary>The queue behind the window: order at any length, and what it allocates.</summary>
public sealed class OutboundQueueTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Messages_leave_in_their_order_however_the_queue_grows_and_shrinks(int seed)
    {
        var random = new Random(seed);
        var outbound = new OutboundDelivery<int>();
        outbound.BeginConnection(ushort.MaxValue);
        int entered = 0, left = 0;
        for (var round = 0; round < 400; round++)
        {
            for (var i = random.Next(round % 8 == 0 ? 2000 : 20); i > 0; i--)
            {
                outbound.Enqueue(entered++, QoS.AtLeastOnce);
            }

            for (var i = random.Next(round % 8 == 4 ? 3000 : 20); i > 0 && outbound.TryTakeNext(out var send); i--)
            {
                Assert.Equal(left++, send.Message);
                Assert.True(outbound.OnPuback(send.PacketId, out var message));
                Assert.Equal(send.Message, message);
            }

            Assert.Equal(entered - left, outbound.QueuedCount);
        }

        Assert.True(left > 10_000);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    [InlineData(10_000)]
    public void A_queue_that_stays_as_long_as_it_is_allocates_nothing(int length)
    {
        var outbound = new OutboundDelivery<int>();
        outbound.BeginConnection(ushort.MaxValue);
        for (var i = 0; i < length; i++)
        {
            outbound.Enqueue(i, QoS.AtLeastOnce);
        }

        Pass(outbound, 2000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Pass(outbound, 5000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(length, outbound.QueuedCount);
    }

    [Fact]
    public void A_queue_of_100_000_messages_allocates_little_more_than_they_need()
    {
        var outbound = new OutboundDelivery<int>();
        outbound.Enqueue(0, QoS.AtLeastOnce);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100_000; i++)
        {
            outbound.Enqueue(i, QoS.AtLeastOnce);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000 * 17);     // 16 bytes an entry: message, QoS, state, position
    }

    private static void Pass(OutboundDelivery<int> outbound, int count)
    {
        for (var i = 0; i < count; i++)
        {
            outbound.Enqueue(i, QoS.AtLeastOnce);
            outbound.TryTakeNext(out var send);
            outbound.OnPuback(send.PacketId, out _);
        }
    }
}
