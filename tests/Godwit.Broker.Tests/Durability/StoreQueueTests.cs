using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Packets;

namespace Godwit.Broker.Tests.Durability;

/// <summary>Queues that are longer than what memory is for: the rest is in the store, and comes back in order.</summary>
public sealed class StoreQueueTests
{
    private const int AwayBytesMax = 64 * 1024;
    private const int ConnectedBytesMax = 4 * 1024 * 1024;

    [Theory, Spec("MQTT-4.6.0-5", "Trap-54")]
    [MemberData(nameof(OrderTests.Rows), MemberType = typeof(OrderTests))]
    public void A_long_queue_of_a_client_that_is_away_comes_in_order(ProtocolVersion version, int shards)
    {
        var broker = WithQueue(shards, count: 50, version);
        Assert.InRange(HeldBytes(broker), AwayBytesMax - 20_000, AwayBytesMax);
        Assert.Equal(50, broker.Counters.Queued);

        var client = broker.Persistent("client", version, receiveMaximum: 7);

        AssertComes(broker, client, 0, 50);
        AssertNothingLeft(broker);
    }

    [Theory]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void What_comes_while_a_part_is_in_the_store_is_sent_behind_it(int shards)
    {
        var broker = WithQueue(shards, count: 30);
        var client = broker.Persistent("client", receiveMaximum: 2);

        Publish(broker, 30, 40);

        AssertComes(broker, client, 0, 40);
        Publish(broker, 40, 41);
        AssertComes(broker, client, 40, 41);
        AssertNothingLeft(broker);
    }

    [Theory]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_client_that_does_not_read_holds_4_MB_of_memory_and_gets_all_of_it(int shards)
    {
        var broker = new BrokerHarness(shards, log: new TestLog());
        var client = broker.Persistent("client").Subscribe("t", QoS.ExactlyOnce);
        client.RoomBytes = 0;

        Publish(broker, 0, 600);

        Assert.InRange(HeldBytes(broker), ConnectedBytesMax - 20_000, ConnectedBytesMax);
        Assert.True(broker.Counters.QueuedBytes > 6_000_000);
        client.TakeMore();
        AssertComes(broker, client, 0, 600);
        AssertNothingLeft(broker);
    }

    [Theory]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_connection_that_breaks_in_the_middle_changes_nothing(int shards)
    {
        var broker = WithQueue(shards, count: 60);
        var client = broker.Persistent("client", receiveMaximum: 5);
        var sent = client.ReceivesAllPublishes();
        Assert.Equal(5, sent.Count);
        client.DropConnection();
        Publish(broker, 60, 70);

        client = broker.Persistent("client");

        var publishes = client.ReceivesAllPublishes();
        Assert.Equal(Enumerable.Range(0, 70), publishes.Select(Number));
        Assert.Equal(Enumerable.Range(1, 70), publishes.Select(publish => (int)publish.PacketId));
        Assert.All(publishes, publish => Assert.Equal(publish.PacketId <= 5, publish.Dup));
    }

    [Theory, Spec("MQTT-4.3.3-2")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_QoS_2_message_that_is_read_back_waits_until_it_is_durable(int shards)
    {
        var broker = WithQueue(shards, count: 20);
        var client = broker.Persistent("client", receiveMaximum: 1);
        broker.HoldBack();
        var publisher = broker.Connect("publisher");

        publisher.Publish("t", "20", QoS.ExactlyOnce);

        for (var i = 0; i < 20; i++)
        {
            client.Puback(client.ReceivesPublish().PacketId);
        }

        client.ReceivesNothing();
        publisher.ReceivesNothing();
        broker.Flush();
        Assert.Equal("20", client.ReceivesPublish().PayloadText);
    }

    [Theory]
    [InlineData(OverflowPolicy.RefuseNewest, 0, DropReason.QueueFull)]
    [InlineData(OverflowPolicy.DropOldest, 5, DropReason.QueueFullOldest)]
    public void The_limits_count_what_is_in_the_store(OverflowPolicy policy, int first, DropReason reason)
    {
        foreach (var isRestarted in new[] { false, true })
        {
            var broker = new BrokerHarness(limits: limits => limits.QueueMessagesMax = 30, settings: settings => settings.OverflowPolicy = policy, log: new TestLog());
            broker.Persistent("client").Subscribe("t", QoS.AtLeastOnce).Disconnect();
            Publish(broker, 0, 30);
            broker = isRestarted ? broker.Restart() : broker;

            Publish(broker, 30, 35);

            Assert.Equal(5, broker.Dropped(reason));
            Assert.Equal(30, broker.Counters.Queued);
            Assert.Equal(30, broker.Log!.State().Queue.Count);
            AssertComes(broker, broker.Persistent("client"), first, first + 30);
            AssertNothingLeft(broker);
        }
    }

    [Fact]
    public void The_limit_in_bytes_counts_what_is_in_the_store()
    {
        var broker = new BrokerHarness(limits: limits => limits.QueueBytesMax = 300_000, log: new TestLog());
        broker.Persistent("client").Subscribe("t", QoS.AtLeastOnce).Disconnect();

        Publish(broker, 0, 40);

        var kept = (int)broker.Counters.Queued;
        Assert.InRange(kept, 27, 30);
        Assert.Equal(40 - kept, broker.Dropped(DropReason.QueueFull));
        Assert.InRange(broker.Counters.QueuedBytes, 280_000, 300_000);
        AssertComes(broker, broker.Persistent("client"), 0, kept);
    }

    [Fact]
    public void What_may_have_been_sent_is_not_dropped_to_make_room()
    {
        var broker = new BrokerHarness(limits: limits => limits.QueueMessagesMax = 10, settings: settings => settings.OverflowPolicy = OverflowPolicy.DropOldest, log: new TestLog());
        broker.Persistent("client").Subscribe("t", QoS.AtLeastOnce);
        Publish(broker, 0, 10);
        broker = broker.Restart();

        Publish(broker, 10, 12);

        Assert.Equal(2, broker.Dropped(DropReason.QueueFull));
        AssertComes(broker, broker.Persistent("client"), 0, 10);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_session_that_ends_gives_up_what_is_in_the_store(bool isRestarted)
    {
        var broker = new BrokerHarness(log: new TestLog());
        broker.Connect("client", properties: TestProperties.Expiry(100)).Subscribe("t", QoS.AtLeastOnce).Disconnect();
        Publish(broker, 0, 30);
        broker = isRestarted ? broker.Restart() : broker;

        broker.Advance(TimeSpan.FromSeconds(100));

        Assert.Equal(30, broker.Dropped(DropReason.SessionEnded));
        AssertNothingLeft(broker);
        Assert.False(broker.Connect("client", cleanStart: false).Connack!.SessionPresent);
    }

    [Fact]
    public void What_waits_for_PUBCOMP_only_is_no_message_that_a_session_gives_up()
    {
        var broker = new BrokerHarness(log: new TestLog());
        var client = broker.Persistent("client").Subscribe("t", QoS.ExactlyOnce);
        Publish(broker, 0, 2, QoS.ExactlyOnce);
        client.Pubrec(1);
        broker = broker.Restart();

        broker.Connect("client");

        Assert.Equal(1, broker.Dropped(DropReason.SessionEnded));
        AssertNothingLeft(broker);
    }

    [Fact]
    public void A_session_that_ends_while_its_queue_is_read_is_not_disturbed_by_the_answer()
    {
        var broker = WithQueue(shards: 1, count: 30).Restart();
        broker.IsStepped = true;
        var client = broker.Open();
        client.Connect("client", ProtocolVersion.Mqtt5, cleanStart: false, keepAlive: 0, will: null, TestProperties.Expiry(100), userName: null);
        broker.Turn(0);
        client.Disconnect(properties: TestProperties.Expiry(0));
        broker.IsStepped = false;
        broker.Run();

        Assert.Equal(0, broker.Core.SessionCount);
        AssertNothingLeft(broker);
    }

    [Fact]
    public void A_part_that_another_shard_has_not_written_yet_is_waited_for()
    {
        var broker = new BrokerHarness(shards: 2, log: new TestLog());
        var clientId = broker.IdOn(1, "client");
        broker.Persistent(clientId).Subscribe("t", QoS.AtLeastOnce).Disconnect();
        var near = broker.Connect(broker.IdOn(1, "near"));
        var far = broker.Connect(broker.IdOn(0, "far"));
        var payload = new string('x', 40_000);
        near.PublishAcknowledged("t", payload, QoS.AtLeastOnce).PublishAcknowledged("t", payload, QoS.AtLeastOnce);
        broker.IsStepped = true;
        far.Publish("t", payload + "far", QoS.AtLeastOnce);
        broker.Turn(1);                                         // it has its position, and is not in the log yet
        near.Publish("t", payload + "near", QoS.AtLeastOnce);
        Assert.Equal(3, broker.Log!.State().Queue.Count);
        var client = broker.Open();
        client.Connect(clientId, ProtocolVersion.Mqtt5, cleanStart: false, keepAlive: 0, will: null, TestProperties.Expiry(100), userName: null);
        for (var i = 0; i < 5; i++)
        {
            broker.Turn(1);
        }

        Assert.Equal(2, client.ReceivesAllPublishes().Count);
        broker.IsStepped = false;
        broker.Run();

        Assert.Equal(["far", "near"], client.ReceivesAllPublishes().ConvertAll(publish => publish.PayloadText[40_000..]));
        Assert.Equal(0, broker.Counters.Dropped.Sum());
    }

    [Fact, Spec("Trap-88", "MQTT-4.8.2-5")]
    public void A_shared_queue_goes_to_other_members_when_its_session_ends_however_long_it_is()
    {
        var broker = new BrokerHarness(shards: 3, log: new TestLog());
        broker.Connect("leaver", properties: TestProperties.Expiry(100)).Subscribe("$share/g/t", QoS.AtLeastOnce).Disconnect();
        Publish(broker, 0, 50);
        var member = broker.Persistent("member").Subscribe("$share/g/t", QoS.AtLeastOnce);

        broker.Advance(TimeSpan.FromSeconds(100));

        AssertComes(broker, member, 0, 50);
        AssertNothingLeft(broker);
    }

    [Fact, Spec("Trap-51", "MQTT-2.2.1-3")]
    public void A_queue_with_more_messages_than_packet_ids_is_acknowledged_one_by_one()
    {
        var broker = new BrokerHarness(log: new TestLog());
        broker.Persistent("client").Subscribe("t", QoS.ExactlyOnce);
        var publisher = broker.Connect("publisher");
        var publish = new PublishPacket { Topic = "t"u8, QoS = QoS.ExactlyOnce, PacketId = 1 };
        var bytes = new byte[publish.Measure(ProtocolVersion.Mqtt5)];
        publish.Write(bytes, ProtocolVersion.Mqtt5);
        for (var i = 0; i < 66_000; i++)
        {
            publisher.SendBytes([.. bytes, 0x62, 0x02, 0x00, 0x01]);            // PUBREL at once: the id is free again
        }

        broker = broker.Restart();
        var client = broker.Persistent("client");
        var sent = client.ReceivesAllPublishes();
        Assert.InRange(sent.Count, 1000, 65_535);

        client.Pubrec(sent[3].PacketId);

        Assert.Equal(sent[3].PacketId, client.ReceivesAll(PacketType.Pubrel).Single().PacketId);
        var received = Assert.Single(broker.Log!.State().Queue, row => row.Value.IsReceived);
        Assert.Equal(3, received.Key.Seq);
    }

    private static BrokerHarness WithQueue(int shards, int count, ProtocolVersion version = ProtocolVersion.Mqtt5)
    {
        var broker = new BrokerHarness(shards, log: new TestLog());
        broker.Persistent("client", version).Subscribe("t", QoS.ExactlyOnce).Disconnect();
        Publish(broker, 0, count);
        return broker;
    }

    private static void Publish(BrokerHarness broker, int from, int to, QoS qos = QoS.AtLeastOnce)
    {
        var publisher = broker.Connect("number-publisher");
        for (var i = from; i < to; i++)
        {
            publisher.PublishAcknowledged("t", i + ":" + new string('x', 10_000), qos);
        }
    }

    /// <summary>These numbers come, once each and in order, as fast as they are acknowledged.</summary>
    private static void AssertComes(BrokerHarness broker, TestClient client, int from, int to)
    {
        var next = from;
        while (client.ReceivesAllPublishes() is { Count: > 0 } publishes)
        {
            foreach (var publish in publishes)
            {
                Assert.Equal(next++, Number(publish));
                client.Puback(publish.PacketId);
            }

            broker.Run();
        }

        Assert.Equal(to, next);
    }

    private static void AssertNothingLeft(BrokerHarness broker)
    {
        Assert.Empty(broker.Log!.State().Queue);
        Assert.Equal((0L, 0L), (broker.Counters.Queued, broker.Counters.QueuedBytes));
        Assert.Equal(0, HeldBytes(broker));
    }

    private static long HeldBytes(BrokerHarness broker) => broker.Core.Shards.Sum(shard => shard.Deliveries.HeldBytes);

    private static int Number(ReceivedPacket publish)
    {
        var text = publish.PayloadText;
        return int.Parse(text[..text.IndexOf(':', StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture);
    }
}
