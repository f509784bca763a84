using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Broker.Tests;

/// <summary>Nothing is allocated per PUBLISH in steady state, from the first byte decoded to the last byte encoded.</summary>
public sealed class AllocationTests
{
    private const int PublishCount = 3_000;

    [Theory, Spec("R52")]
    [InlineData(ProtocolVersion.Mqtt311, QoS.AtMostOnce)]
    [InlineData(ProtocolVersion.Mqtt311, QoS.AtLeastOnce)]
    [InlineData(ProtocolVersion.Mqtt311, QoS.ExactlyOnce)]
    [InlineData(ProtocolVersion.Mqtt5, QoS.AtMostOnce)]
    [InlineData(ProtocolVersion.Mqtt5, QoS.AtLeastOnce)]
    [InlineData(ProtocolVersion.Mqtt5, QoS.ExactlyOnce)]
    public void One_to_one_allocates_nothing(ProtocolVersion version, QoS qos)
    {
        var broker = new LeanBroker(shards: 1);
        Subscriber(broker, 0, version, "plant/+/temperature", qos);

        Assert.Equal(0, AllocatedBy(broker, Publisher(broker, version, qos), copies: 1));
    }

    [Theory, Spec("R52", "R55")]
    [InlineData(QoS.AtMostOnce)]
    [InlineData(QoS.AtLeastOnce)]
    [InlineData(QoS.ExactlyOnce)]
    public void Fan_out_to_100_allocates_nothing(QoS qos)
    {
        var broker = new LeanBroker(shards: 1);
        for (var i = 0; i < 100; i++)
        {
            Subscriber(broker, 0, i % 2 == 0 ? ProtocolVersion.Mqtt311 : ProtocolVersion.Mqtt5, "plant/#", qos);
        }

        Assert.Equal(0, AllocatedBy(broker, Publisher(broker, ProtocolVersion.Mqtt5, qos), copies: 100));
    }

    [Theory, Spec("R52")]
    [InlineData(QoS.AtMostOnce)]
    [InlineData(QoS.AtLeastOnce)]
    [InlineData(QoS.ExactlyOnce)]
    public void Properties_of_5_0_allocate_nothing(QoS qos)
    {
        var broker = new LeanBroker(shards: 1);
        var subscriber = broker.Connect(0, ProtocolVersion.Mqtt5);
        subscriber.Subscribe("plant/#", qos, identifier: 300);
        var publisher = broker.Connect(0, ProtocolVersion.Mqtt5);
        var properties = new TestProperties()
            .Add(PropertyId.MessageExpiryInterval, 3600)
            .Add(PropertyId.ContentType, "application/json")
            .AddUser("line", "7")
            .AddUser("line", "8");
        publisher.Prepare("plant/7/temperature", qos, properties: properties);

        Assert.Equal(0, AllocatedBy(broker, publisher, copies: 1));
    }

    [Theory, Spec("R52", "MQTT-3.3.4-2", "MQTT-3.3.4-4")]
    [InlineData(QoS.AtMostOnce)]
    [InlineData(QoS.AtLeastOnce)]
    public void Overlapping_filters_allocate_nothing(QoS qos)
    {
        var broker = new LeanBroker(shards: 1);
        var subscriber = broker.Connect(0, ProtocolVersion.Mqtt5);
        subscriber.Subscribe("plant/#", qos, identifier: 1);
        subscriber.Subscribe("plant/+/temperature", qos, identifier: 2);
        subscriber.Subscribe("#", qos, identifier: 3);
        var other = Subscriber(broker, 0, ProtocolVersion.Mqtt311, "plant/#", qos);
        other.Subscribe("#", qos);

        Assert.Equal(0, AllocatedBy(broker, Publisher(broker, ProtocolVersion.Mqtt5, qos), copies: 2));
    }

    [Theory, Spec("R52")]
    [InlineData(QoS.AtMostOnce)]
    [InlineData(QoS.AtLeastOnce)]
    [InlineData(QoS.ExactlyOnce)]
    public void A_message_to_another_shard_allocates_nothing(QoS qos)
    {
        var broker = new LeanBroker(shards: 2);
        var there = Subscriber(broker, 1, ProtocolVersion.Mqtt5, "plant/#", qos);
        there.Subscribe("#", qos);
        Subscriber(broker, 0, ProtocolVersion.Mqtt5, "plant/#", qos);

        Assert.Equal(0, AllocatedBy(broker, Publisher(broker, ProtocolVersion.Mqtt5, qos), copies: 2));
    }

    [Theory, Spec("R52")]
    [InlineData(QoS.AtMostOnce)]
    [InlineData(QoS.AtLeastOnce)]
    public void A_shared_subscription_over_two_shards_allocates_nothing(QoS qos)
    {
        var broker = new LeanBroker(shards: 2);
        Subscriber(broker, 0, ProtocolVersion.Mqtt5, "$share/group/plant/#", qos);
        Subscriber(broker, 1, ProtocolVersion.Mqtt5, "$share/group/plant/#", qos);

        Assert.Equal(0, AllocatedBy(broker, Publisher(broker, ProtocolVersion.Mqtt5, qos), copies: 1));
    }

    private static LeanClient Subscriber(LeanBroker broker, int shard, ProtocolVersion version, string filter, QoS qos)
    {
        var client = broker.Connect(shard, version);
        client.Subscribe(filter, qos);
        return client;
    }

    private static LeanClient Publisher(LeanBroker broker, ProtocolVersion version, QoS qos)
    {
        var client = broker.Connect(0, version);
        client.Prepare("plant/7/temperature", qos);
        return client;
    }

    /// <summary>Bytes allocated by several thousand publishes after warming up.</summary>
    /// <param name="broker">All its shards run on this thread.</param>
    /// <param name="publisher">Prepared.</param>
    /// <param name="copies">How many clients get each message.</param>
    private static long AllocatedBy(LeanBroker broker, LeanClient publisher, int copies)
    {
        PublishMany(broker, publisher, copies);

        // The shared array pool may let go of buffers at any collection of the process; a steady state shows itself within a few tries.
        var allocated = 0L;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var received = PublishMany(broker, publisher, copies);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(PublishCount / copies * copies, received);
            if (allocated == 0)
            {
                break;
            }
        }

        return allocated;
    }

    /// <summary>Publishes one at a time, each to its end.</summary>
    /// <returns>Copies that arrived.</returns>
    private static int PublishMany(LeanBroker broker, LeanClient publisher, int copies)
    {
        var before = broker.ReceivedCount;
        for (var i = 0; i < PublishCount / copies; i++)
        {
            publisher.Publish();
            for (var turn = 0; turn < 8; turn++)
            {
                broker.Turn();
            }
        }

        return broker.ReceivedCount - before;
    }
}
