using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;

namespace Godwit.Broker.Tests.Durability;

/// <summary>How much of queues is in memory, and how much is read back at once, is what the limits say; all of it comes whatever they say.</summary>
public sealed class QueueMemoryTests
{
    private const int PayloadBytes = 900;
    private const int CostBytes = PayloadBytes + 1 + 64;

    /// <summary>One message is there at least: the next that is sent.</summary>
    [Theory]
    [InlineData(nameof(BrokerLimits.QueueMemoryBytesMax), 0, 1)]
    [InlineData(nameof(BrokerLimits.QueueMemoryBytesMax), CostBytes - 1, 1)]
    [InlineData(nameof(BrokerLimits.QueueMemoryBytesMax), CostBytes, 1)]
    [InlineData(nameof(BrokerLimits.QueueMemoryBytesMax), (3 * CostBytes) - 1, 2)]
    [InlineData(nameof(BrokerLimits.QueueMemoryBytesMax), 3 * CostBytes, 3)]
    [InlineData(nameof(BrokerLimits.QueueMemoryBytesMax), 100 * CostBytes, 10)]
    public void A_queue_of_a_connected_client_takes_no_more_memory_than_this(string name, long value, int held)
    {
        var broker = With(name, value);
        var client = broker.Persistent("client").Subscribe("t", QoS.AtLeastOnce);
        client.RoomBytes = 0;
        broker.HoldBack();

        Publish(broker, 10);

        Assert.Equal(held * CostBytes, HeldBytes(broker));
        Assert.Equal(10, broker.Counters.Queued);
        client.TakeMore();
        broker.Log!.IsEager = true;
        broker.Flush();
        AssertComes(client, 10);
        Assert.Equal(0, HeldBytes(broker));
    }

    [Theory]
    [InlineData(nameof(BrokerLimits.AwayQueueMemoryBytesMax), 0, 0)]
    [InlineData(nameof(BrokerLimits.AwayQueueMemoryBytesMax), (3 * CostBytes) - 1, 2)]
    [InlineData(nameof(BrokerLimits.AwayQueueMemoryBytesMax), 3 * CostBytes, 3)]
    [InlineData(nameof(BrokerLimits.AllQueuesMemoryBytesMax), 0, 0)]
    [InlineData(nameof(BrokerLimits.AllQueuesMemoryBytesMax), (3 * CostBytes) - 1, 3)]
    [InlineData(nameof(BrokerLimits.AllQueuesMemoryBytesMax), 3 * CostBytes, 3)]
    public void A_queue_of_a_client_that_is_away_takes_no_more_memory_than_this(string name, long value, int held)
    {
        var broker = With(name, value);
        broker.Persistent("client").Subscribe("t", QoS.AtLeastOnce).Disconnect();

        Publish(broker, 10);

        Assert.Equal(held * CostBytes, HeldBytes(broker));
        AssertComes(broker.Persistent("client"), 10);
        Assert.Equal(0, HeldBytes(broker));
    }

    /// <summary>One message is in flight; behind it the next part is read when nothing is left of the last.</summary>
    [Theory]
    [InlineData(1, 2)]
    [InlineData(PayloadBytes + 1, 2)]
    [InlineData(3 * (PayloadBytes + 1), 3)]
    [InlineData(1_000_000, 10)]
    public void No_more_than_this_is_read_back_at_once(long value, int held)
    {
        var broker = With(nameof(BrokerLimits.StoredReadBytesMax), value);
        broker.Persistent("client").Subscribe("t", QoS.AtLeastOnce).Disconnect();
        Publish(broker, 10);
        broker = broker.Restart();
        Assert.Equal(0, HeldBytes(broker));

        var client = broker.Persistent("client", receiveMaximum: 1);

        Assert.Equal(held * CostBytes, HeldBytes(broker));
        AssertComes(client, 10);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 100)]
    public void A_hand_over_reads_no_more_than_this_at_once(int shards, long value)
    {
        var broker = With(nameof(BrokerLimits.StoredReadBytesMax), value, shards);
        broker.Connect("leaver", properties: TestProperties.Expiry(10)).Subscribe("$share/g/t", QoS.AtLeastOnce).Disconnect();
        Publish(broker, 10);
        broker = broker.Restart();
        var stayer = broker.Persistent("stayer").Subscribe("$share/g/t", QoS.AtLeastOnce);
        broker.HoldBack();

        broker.Advance(TimeSpan.FromSeconds(10));

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal($"{i}:", stayer.ReceivesPublish().PayloadText.TrimEnd());
            stayer.ReceivesNothing();
            broker.Flush();
        }
    }

    private static BrokerHarness With(string name, long value, int shards = 1) =>
        new(shards, limits: limits => BrokerLimits.All.Single(limit => limit.Name == name).Set(limits, value), log: new TestLog());

    private static void Publish(BrokerHarness broker, int count)
    {
        var publisher = broker.Connect("publisher");
        for (var i = 0; i < count; i++)
        {
            publisher.Publish("t", $"{i}:".PadRight(PayloadBytes), QoS.AtLeastOnce);
        }
    }

    private static void AssertComes(TestClient client, int count)
    {
        for (var i = 0; i < count;)
        {
            var publishes = client.ReceivesAllPublishes();
            Assert.NotEmpty(publishes);
            foreach (var publish in publishes)
            {
                Assert.Equal($"{i++}:", publish.PayloadText.TrimEnd());
                client.Puback(publish.PacketId);
            }
        }

        client.ReceivesNothing();
    }

    private static long HeldBytes(BrokerHarness broker) => broker.Core.Shards.Sum(shard => shard.Deliveries.HeldBytes);
}
