using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;

namespace Godwit.Broker.Tests.Durability;

/// <summary>What has to be durable before a message goes to a subscriber.</summary>
public sealed class DeliveryOrderTests
{
    public static TheoryData<bool, bool, int> Qos2Rows => new(
        from isSubscriberDurable in new[] { true, false }
        from isPublisherDurable in new[] { true, false }
        from shards in new[] { 1, 3 }
        select (isSubscriberDurable, isPublisherDurable, shards));

    [Theory, Spec("MQTT-4.3.3-2", "MQTT3-4.3.3-1")]
    [MemberData(nameof(Qos2Rows))]
    public void A_QoS_2_message_waits_for_its_record_unless_neither_side_is_durable(bool isSubscriberDurable, bool isPublisherDurable, int shards)
    {
        foreach (var (publisherShard, subscriberShard) in Places(shards))
        {
            var broker = new BrokerHarness(shards, log: new TestLog());
            var subscriber = Connect(broker, broker.IdOn(subscriberShard, "subscriber"), isSubscriberDurable).Subscribe("t", QoS.ExactlyOnce);
            var publisher = Connect(broker, broker.IdOn(publisherShard, "publisher"), isPublisherDurable);
            broker.HoldBack();

            publisher.Publish("t", "m", QoS.ExactlyOnce);

            if (isSubscriberDurable || isPublisherDurable)
            {
                subscriber.ReceivesNothing();
                publisher.ReceivesNothing();
                broker.Flush();
            }

            Assert.Equal("m", subscriber.ReceivesPublish().PayloadText);
            publisher.Receives(PacketType.Pubrec);
        }
    }

    [Fact, Spec("MQTT-4.3.3-2")]
    public void What_becomes_durable_while_a_shard_is_going_to_sleep_wakes_it()
    {
        var broker = new BrokerHarness(shards: 2, log: new TestLog());
        var subscriber = broker.Persistent(broker.IdOn(1, "subscriber")).Subscribe("t", QoS.ExactlyOnce);
        var publisher = broker.Persistent(broker.IdOn(0, "publisher"));
        broker.HoldBack();
        publisher.Publish("t", "m", QoS.ExactlyOnce);
        broker.RunWoken();                                  // all sleep
        broker.Log!.OnAwait = () => broker.Log.Flush();     // after the shard has looked at its gates

        broker.Turn(1);
        subscriber.ReceivesNothing();

        broker.RunWoken();
        Assert.Equal("m", subscriber.ReceivesPublish().PayloadText);
    }

    [Theory]
    [InlineData(QoS.AtMostOnce, 1)]
    [InlineData(QoS.AtMostOnce, 3)]
    [InlineData(QoS.AtLeastOnce, 1)]
    [InlineData(QoS.AtLeastOnce, 3)]
    public void A_QoS_0_or_1_message_waits_for_nothing_whatever_it_was_published_with(QoS qos, int shards)
    {
        foreach (var (publisherShard, subscriberShard) in Places(shards))
        {
            var broker = new BrokerHarness(shards, log: new TestLog());
            var subscriber = broker.Persistent(broker.IdOn(subscriberShard, "subscriber")).Subscribe("t", qos);
            var publisher = broker.Persistent(broker.IdOn(publisherShard, "publisher"));
            broker.HoldBack();

            publisher.Publish("t", "m1", QoS.AtLeastOnce);
            publisher.Publish("t", "m2", QoS.ExactlyOnce);

            Assert.Equal(["m1", "m2"], subscriber.ReceivesAllPublishes().ConvertAll(publish => publish.PayloadText));
            Assert.Equal(qos == QoS.AtMostOnce, publisher.ReceivesAll(PacketType.Puback).Count == 1);
            publisher.ReceivesNothing();
            broker.Flush();
            publisher.Receives(qos == QoS.AtMostOnce ? PacketType.Pubrec : PacketType.Puback);
        }
    }

    [Theory, Spec("MQTT-4.6.0-5")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void What_is_behind_a_QoS_2_message_that_waits_keeps_its_place(int shards)
    {
        var broker = new BrokerHarness(shards, log: new TestLog());
        var subscriber = broker.Persistent("subscriber").Subscribe("t", QoS.ExactlyOnce);
        var publisher = broker.Persistent("publisher");
        broker.HoldBack();

        publisher.Publish("t", "m1", QoS.AtLeastOnce);
        publisher.Publish("t", "m2", QoS.ExactlyOnce);
        publisher.Publish("t", "m3", QoS.AtLeastOnce);

        Assert.Equal("m1", subscriber.ReceivesPublish().PayloadText);
        subscriber.ReceivesNothing();
        broker.Flush();
        Assert.Equal(["m2", "m3"], subscriber.ReceivesAllPublishes().ConvertAll(publish => publish.PayloadText));
    }

    [Theory]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_retained_QoS_2_message_waits_like_a_live_one(int shards)
    {
        var broker = new BrokerHarness(shards, log: new TestLog());
        broker.Connect("publisher").PublishAcknowledged("t", "m", QoS.ExactlyOnce, retain: true);
        var subscriber = broker.Persistent("subscriber");
        broker.HoldBack();
        subscriber.SendSubscribe([("t", 2)]);

        broker.Flush();                     // SUBACK leaves; the message gets its place in the queue

        subscriber.Receives(PacketType.Suback);
        subscriber.ReceivesNothing();
        broker.Flush();
        Assert.Equal("m", subscriber.ReceivesPublish().PayloadText);
    }

    /// <summary>The reference to it is durable, the message itself is not: it still waits for a third shard.</summary>
    [Theory, Spec("MQTT-4.3.3-2")]
    [InlineData(true)]
    [InlineData(false)]
    public void A_retained_QoS_2_message_that_another_shard_has_not_written_yet_is_waited_for(bool isSubscriberDurable)
    {
        var broker = new BrokerHarness(shards: 3, log: new TestLog());
        broker.Persistent(broker.IdOn(1, "away")).Subscribe("t", QoS.ExactlyOnce).Disconnect();
        var publisher = broker.Persistent(broker.IdOn(0, "publisher"));
        var subscriber = Connect(broker, broker.IdOn(2, "subscriber"), isSubscriberDurable);
        broker.IsStepped = true;
        publisher.Publish("t", "m", QoS.ExactlyOnce, retain: true);
        broker.Turn(0);

        subscriber.SendSubscribe([("t", 2)]);
        for (var i = 0; i < 5; i++)
        {
            broker.Turn(2);
        }

        subscriber.Receives(PacketType.Suback);
        subscriber.ReceivesNothing();
        broker.IsStepped = false;
        broker.Run();
        Assert.Equal("m", subscriber.ReceivesPublish().PayloadText);
        publisher.Receives(PacketType.Pubrec);
        Assert.All(broker.Core.Shards, shard => Assert.Null(shard.Durability!.LastPending));
    }

    /// <summary>The same for what a session of another shard hands over when it ends.</summary>
    [Fact, Spec("MQTT-4.3.3-2", "MQTT-4.8.2-5")]
    public void A_QoS_2_message_that_is_handed_over_before_it_is_written_is_waited_for()
    {
        var broker = new BrokerHarness(shards: 3, log: new TestLog());
        broker.Persistent(broker.IdOn(1, "away")).Subscribe("t", QoS.ExactlyOnce).Disconnect();
        broker.Connect(broker.IdOn(2, "leaver"), properties: TestProperties.Expiry(100)).Subscribe("$share/g/t", QoS.ExactlyOnce).Disconnect();
        var publisher = broker.Persistent(broker.IdOn(0, "publisher"));
        broker.IsStepped = true;
        publisher.Publish("t", "m", QoS.ExactlyOnce);
        broker.Turn(0);
        broker.Turn(2);
        var member = broker.Open();
        member.Connect(broker.IdOn(2, "member"), ProtocolVersion.Mqtt5, cleanStart: true, keepAlive: 0, will: null, TestProperties.Expiry(1000), userName: null);
        broker.Turn(2);
        member.SendSubscribe([("$share/g/t", 2)]);
        broker.Turn(2);
        member.ReceivesAll();

        broker.BusyFor(TimeSpan.FromSeconds(100));
        for (var i = 0; i < 5; i++)
        {
            broker.Turn(2);
        }

        member.ReceivesNothing();
        broker.IsStepped = false;
        broker.Run();
        Assert.Equal("m", member.ReceivesPublish().PayloadText);
    }

    [Fact]
    public void A_message_with_recipients_on_every_shard_is_one_record_and_acknowledged_when_that_is_durable()
    {
        var broker = new BrokerHarness(shards: 3, log: new TestLog());
        for (var shard = 0; shard < 3; shard++)
        {
            broker.Persistent(broker.IdOn(shard, "away")).Subscribe("t", QoS.ExactlyOnce).Disconnect();
        }

        var publisher = broker.Connect(broker.IdOn(1, "publisher"));
        var before = broker.Log!.State().Messages.Count;
        broker.HoldBack();

        publisher.Publish("t", "m", QoS.AtLeastOnce);

        publisher.ReceivesNothing();
        Assert.Equal(before + 1, broker.Log.State().Messages.Count);
        Assert.Equal(3, broker.Log.State().Queue.Count);
        broker.Flush();
        publisher.Receives(PacketType.Puback);
    }

    [Theory]
    [InlineData(QoS.AtLeastOnce, PacketType.Puback)]
    [InlineData(QoS.ExactlyOnce, PacketType.Pubrec)]
    public void A_message_is_not_in_the_log_before_every_shard_has_named_its_recipients(QoS qos, PacketType answer)
    {
        var broker = new BrokerHarness(shards: 3, log: new TestLog());
        broker.Persistent(broker.IdOn(1, "away")).Subscribe("t", QoS.ExactlyOnce).Disconnect();
        broker.Persistent(broker.IdOn(2, "away")).Subscribe("t", QoS.ExactlyOnce).Disconnect();
        var publisher = broker.Connect(broker.IdOn(0, "publisher"));
        broker.IsStepped = true;

        publisher.Publish("t", "m", qos);
        broker.Turn(0);
        broker.Turn(1);
        broker.Turn(0);

        Assert.Empty(broker.Log!.State().Queue);
        publisher.ReceivesNothing();

        broker.Turn(2);
        broker.Turn(0);

        Assert.Equal(2, broker.Log.State().Queue.Count);
        publisher.Receives(answer);
    }

    [Fact]
    public void What_is_published_behind_a_message_that_waits_for_other_shards_is_written_and_acknowledged_behind_it()
    {
        var broker = new BrokerHarness(shards: 2, log: new TestLog());
        broker.Persistent(broker.IdOn(0, "own")).Subscribe("own", QoS.AtLeastOnce).Disconnect();
        broker.Persistent(broker.IdOn(1, "away")).Subscribe("t", QoS.AtLeastOnce).Disconnect();
        var publisher = broker.Connect(broker.IdOn(0, "publisher"));
        var other = broker.Connect(broker.IdOn(0, "other"));
        broker.IsStepped = true;

        publisher.Publish("t", "m1", QoS.AtLeastOnce);
        other.Publish("own", "m2", QoS.AtLeastOnce);
        broker.Turn(0);

        Assert.Empty(broker.Log!.State().Queue);
        other.ReceivesNothing();

        broker.Turn(1);
        broker.Turn(0);

        Assert.Equal(2, broker.Log.State().Queue.Count);
        publisher.Receives(PacketType.Puback);
        other.Receives(PacketType.Puback);
    }

    [Fact]
    public void A_subscriber_may_acknowledge_before_the_record_of_its_message_is_written()
    {
        var broker = new BrokerHarness(shards: 2, log: new TestLog());
        var subscriber = broker.Persistent(broker.IdOn(1, "subscriber")).Subscribe("t", QoS.AtLeastOnce);
        var publisher = broker.Connect(broker.IdOn(0, "publisher"));
        broker.IsStepped = true;
        publisher.Publish("t", "m", QoS.AtLeastOnce);
        broker.Turn(1);

        subscriber.Puback(subscriber.ReceivesPublish().PacketId);
        broker.Turn(1);

        broker.IsStepped = false;
        broker.Run();
        publisher.Receives(PacketType.Puback);
        Assert.Empty(broker.Log!.State().Queue);
    }

    [Fact]
    public void Too_many_answers_that_wait_stop_reading_until_they_have_left()
    {
        var broker = new BrokerHarness(log: new TestLog());
        broker.Persistent("away").Subscribe("t", QoS.AtLeastOnce).Disconnect();
        var publisher = broker.Connect("publisher", keepAlive: 10);
        broker.HoldBack();
        var packet = new byte[] { 0x32, 0x06, 0, 1, (byte)'t', 0, 1, 0 };                   // PUBACK has 4 bytes
        var flood = Enumerable.Repeat(packet, 100_000).SelectMany(bytes => bytes).ToArray();

        publisher.SendBytes(flood);

        Assert.False(publisher.Connection.WantsInput);
        Assert.InRange(publisher.UnreadBytes, flood.Length / 8, flood.Length / 2);
        publisher.ReceivesNothing();
        broker.Advance(TimeSpan.FromMinutes(1));
        Assert.False(publisher.IsClosed, "Who is not read cannot be heard.");

        broker.Flush();

        Assert.True(publisher.Connection.WantsInput);
        Assert.InRange(publisher.ReceivesAll(PacketType.Puback).Count, 65_536, 75_000);     // 256 KB, and what one turn has read
        publisher.ReadOn();
        broker.Flush();
        Assert.InRange(publisher.ReceivesAll(PacketType.Puback).Count, 20_000, 35_000);
    }

    [Fact]
    public void Too_much_that_waits_behind_CONNACK_stops_reading_until_it_has_left()
    {
        var broker = new BrokerHarness(log: new TestLog()).HoldBack();
        var client = broker.Open();
        client.Connect("client", ProtocolVersion.Mqtt5, cleanStart: false, keepAlive: 0, will: null, TestProperties.Expiry(10), userName: null);
        byte[] pingreq = [0xC0, 0x00];
        var flood = Enumerable.Repeat(pingreq, 300_000).SelectMany(bytes => bytes).ToArray();

        client.SendBytes(flood);

        Assert.False(client.Connection.WantsInput);
        Assert.InRange(client.UnreadBytes, flood.Length / 4, flood.Length * 3 / 4);

        broker.Flush();
        client.ReadOn();
        broker.Run();
        client.Receives(PacketType.Connack);
        Assert.Equal(300_000, client.ReceivesAll(PacketType.Pingresp).Count);
    }

    [Theory]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_will_waits_like_any_message(int shards)
    {
        var broker = new BrokerHarness(shards, log: new TestLog());
        var subscriber = broker.Persistent("subscriber").Subscribe("t", QoS.ExactlyOnce);
        var client = broker.Connect("client", will: new TestWill("t", "gone", QoS.ExactlyOnce));
        broker.HoldBack();

        client.DropConnection();

        subscriber.ReceivesNothing();
        broker.Flush();
        Assert.Equal("gone", subscriber.ReceivesPublish().PayloadText);
        Assert.Empty(broker.Log!.State().Puts.Keys.Skip(1));            // the subscription is left, the will is not
    }

    private static IEnumerable<(int Publisher, int Subscriber)> Places(int shards) => shards == 1 ? [(0, 0)] : [(0, 0), (0, 2), (2, 0)];

    private static TestClient Connect(BrokerHarness broker, string clientId, bool isDurable) =>
        isDurable ? broker.Persistent(clientId) : broker.Connect(clientId);
}
