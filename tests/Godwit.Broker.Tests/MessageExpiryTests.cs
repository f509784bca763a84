using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests;

/// <summary>Message Expiry Interval: counted down while a message waits, and the end of it (5.0 §3.3.2.3.3).</summary>
public sealed class MessageExpiryTests
{
    [Theory, Spec("MQTT-3.3.2-6")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_message_that_did_not_wait_keeps_its_interval(int shards)
    {
        var broker = new BrokerHarness(shards);
        var subscriber = broker.Connect("subscriber").Subscribe("a");

        Publish(broker, 10);

        Assert.Equal(10U, Left(subscriber));
    }

    [Theory, Spec("MQTT-3.3.2-6")]
    [InlineData(0, 10)]
    [InlineData(1, 9)]
    [InlineData(999, 9)]
    [InlineData(1000, 9)]
    [InlineData(1001, 8)]
    [InlineData(8999, 1)]
    [InlineData(9001, 0)]
    [InlineData(9999, 0)]
    public void The_time_in_the_queue_is_taken_off_and_the_rest_rounded_down(int waitedMs, uint left)
    {
        var broker = new BrokerHarness(shards: 3);
        Away(broker);
        Publish(broker, 10);

        broker.Advance(TimeSpan.FromMilliseconds(waitedMs));

        Assert.Equal(left, Left(broker.Persistent("subscriber")));
    }

    [Theory, Spec("MQTT-3.3.2-5")]
    [InlineData(QoS.AtLeastOnce, 10_000)]
    [InlineData(QoS.AtLeastOnce, 3_600_000)]
    [InlineData(QoS.ExactlyOnce, 10_000)]
    public void A_message_whose_time_is_over_in_the_queue_is_dropped_and_the_next_one_comes(QoS qos, int waitedMs)
    {
        var broker = new BrokerHarness();
        Away(broker);
        Publish(broker, 10, qos);
        broker.Connect("publisher").PublishAcknowledged("a", "lasting", qos);

        broker.Advance(TimeSpan.FromMilliseconds(waitedMs));

        var subscriber = broker.Persistent("subscriber");
        Assert.Equal("lasting", subscriber.ReceivesPublish().PayloadText);
        subscriber.ReceivesNothing();
        Assert.Equal(1, broker.Dropped(DropReason.Expired));
    }

    [Fact, Spec("MQTT-3.3.2-5", "MQTT-3.3.2-6")]
    public void A_message_that_waits_for_the_quota_of_a_connected_client_expires_too()
    {
        var broker = new BrokerHarness();
        var subscriber = broker.Persistent("subscriber", receiveMaximum: 1).Subscribe("a", QoS.AtLeastOnce);
        Publish(broker, 100);
        Publish(broker, 5);
        Publish(broker, 60);
        var first = subscriber.ReceivesPublish();

        broker.Advance(TimeSpan.FromSeconds(20));
        subscriber.Puback(first.PacketId);

        Assert.Equal(40U, Left(subscriber));
        subscriber.ReceivesNothing();
    }

    /// <summary>Delivery has begun, so the message is sent again although its time is over.</summary>
    [Theory, Spec("MQTT-4.3.3-7", "MQTT-3.3.2-5", "MQTT-3.3.2-6")]
    [InlineData(QoS.AtLeastOnce)]
    [InlineData(QoS.ExactlyOnce)]
    public void A_message_in_flight_does_not_expire(QoS qos)
    {
        var broker = new BrokerHarness();
        var subscriber = broker.Persistent("subscriber").Subscribe("a", qos);
        Publish(broker, 10, qos);
        subscriber.ReceivesPublish();
        subscriber.DropConnection();

        broker.Advance(TimeSpan.FromMinutes(1));

        subscriber = broker.Persistent("subscriber");
        var again = subscriber.ReceivesPublish();
        Assert.Equal((true, 0U), (again.Dup, again.Number(PropertyId.MessageExpiryInterval)));
    }

    [Theory, Spec("MQTT-3.3.2-5")]
    [InlineData(QoS.AtMostOnce)]
    [InlineData(QoS.AtLeastOnce)]
    [InlineData(QoS.ExactlyOnce)]
    public void An_interval_of_0_is_legal_and_the_message_expires_at_once(QoS qos)
    {
        var broker = new BrokerHarness();
        var subscriber = broker.Connect("subscriber").Subscribe("a", qos);

        Publish(broker, 0, qos);

        subscriber.ReceivesNothing();
        Assert.Equal(1, broker.Dropped(DropReason.Expired));
    }

    [Fact, Spec("MQTT-3.3.2-5")]
    public void A_message_without_interval_never_expires()
    {
        var broker = new BrokerHarness();
        Away(broker);
        broker.Connect("publisher").PublishAcknowledged("a", "x", QoS.AtLeastOnce);

        broker.Advance(TimeSpan.FromDays(3650));

        Assert.False(broker.Persistent("subscriber").ReceivesPublish().Has(PropertyId.MessageExpiryInterval));
    }

    [Fact, Spec("MQTT-3.3.2-6")]
    public void The_longest_interval_is_counted_down_too()
    {
        var broker = new BrokerHarness();
        Away(broker);
        Publish(broker, uint.MaxValue);

        broker.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(uint.MaxValue - 5, Left(broker.Persistent("subscriber")));
    }

    [Theory, Spec("MQTT-3.3.2-5", "MQTT-3.3.2-6")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_retained_message_counts_down_and_is_gone_at_zero(int shards)
    {
        var broker = new BrokerHarness(shards);
        broker.Connect("publisher").PublishAcknowledged("a", "x", QoS.AtLeastOnce, retain: true, Expiry(10));

        broker.Advance(TimeSpan.FromMilliseconds(3500));
        Assert.Equal(6U, Left(broker.Connect("early").Subscribe("a")));

        broker.Advance(TimeSpan.FromMilliseconds(6499));
        Assert.Equal(0U, Left(broker.Connect("in time").Subscribe("a")));

        broker.Advance(TimeSpan.FromMilliseconds(1));
        broker.Connect("late").Subscribe("a").ReceivesNothing();
    }

    /// <summary>The setting reaches publishers that know nothing of expiry.</summary>
    [Theory, Spec("R30", "MQTT-3.3.2-5")]
    [MemberData(nameof(Variants.Versions), MemberType = typeof(Variants))]
    public void The_servers_cap_drops_what_waits_longer_for_every_publisher(ProtocolVersion version)
    {
        var broker = new BrokerHarness(settings: settings => settings.MessageExpirySecondsMax = 60);
        Away(broker);
        var publisher = broker.Connect("publisher", version);
        publisher.PublishAcknowledged("a", "old", QoS.AtLeastOnce);
        broker.Advance(TimeSpan.FromSeconds(30));
        publisher.PublishAcknowledged("a", "young", QoS.AtLeastOnce);

        broker.Advance(TimeSpan.FromSeconds(30));

        var subscriber = broker.Persistent("subscriber");
        var publish = subscriber.ReceivesPublish();
        Assert.Equal("young", publish.PayloadText);
        Assert.False(publish.Has(PropertyId.MessageExpiryInterval));       // the publisher set none
        subscriber.ReceivesNothing();
    }

    [Fact, Spec("MQTT-3.3.2-6")]
    public void The_servers_cap_does_not_alter_the_interval_that_is_forwarded()
    {
        var broker = new BrokerHarness(settings: settings => settings.MessageExpirySecondsMax = 60);
        Away(broker);
        Publish(broker, 1000);

        broker.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(990U, Left(broker.Persistent("subscriber")));
    }

    [Theory, Spec("MQTT-3.3.2-5")]
    [MemberData(nameof(Variants.Versions3), MemberType = typeof(Variants))]
    public void A_message_expires_for_a_3_x_subscriber_too(ProtocolVersion version)
    {
        var broker = new BrokerHarness();
        broker.Persistent("subscriber", version).Subscribe("a", QoS.AtLeastOnce).DropConnection();
        Publish(broker, 10);

        broker.Advance(TimeSpan.FromSeconds(10));

        broker.Persistent("subscriber", version).ReceivesNothing();
    }

    [Fact, Spec("MQTT-3.3.2-5", "MQTT-3.3.2-6")]
    public void Kept_QoS_0_messages_count_down_and_expire_too()
    {
        var broker = new BrokerHarness(settings: settings => settings.QueueQoS0Messages = true);
        Away(broker);
        Publish(broker, 5, QoS.AtMostOnce);
        Publish(broker, 20, QoS.AtMostOnce);
        Publish(broker, 50, QoS.AtMostOnce);

        broker.Advance(TimeSpan.FromSeconds(20));

        var subscriber = broker.Persistent("subscriber");
        Assert.Equal(30U, Left(subscriber));
        subscriber.ReceivesNothing();
        Assert.Equal(2, broker.Dropped(DropReason.Expired));
    }

    [Fact, Spec("MQTT-3.3.2-6")]
    public void A_receiver_that_was_slower_than_another_is_told_the_time_that_is_left_then()
    {
        var broker = new BrokerHarness();
        var fast = broker.Connect("fast").Subscribe("a", QoS.AtLeastOnce);
        var slow = broker.Persistent("slow", receiveMaximum: 1).Subscribe("a", QoS.AtLeastOnce);
        Publish(broker, 100);
        Publish(broker, 50);
        Assert.Equal([100U, 50U], fast.ReceivesAllPublishes().Select(publish => publish.Number(PropertyId.MessageExpiryInterval)));
        var first = slow.ReceivesPublish();

        broker.Advance(TimeSpan.FromSeconds(20));
        slow.Puback(first.PacketId);

        Assert.Equal(30U, Left(slow));
    }

    [Fact, Spec("MQTT-3.3.2-5")]
    public void A_message_that_expires_before_any_member_of_a_group_gets_it_is_dropped_once()
    {
        var broker = new BrokerHarness();
        var members = Enumerable.Range(0, 3).Select(i => broker.Connect($"{i}").Subscribe("$share/g/a", QoS.AtLeastOnce)).ToList();

        Publish(broker, 0);

        Assert.All(members, member => member.ReceivesNothing());
        Assert.Equal(1, broker.Dropped(DropReason.Expired));
        Assert.Equal(1, broker.Counters.Dropped.Sum());
    }

    /// <summary>A message nobody waits for is answered as always: expiry is about delivery.</summary>
    [Fact, Spec("MQTT-4.3.2-4")]
    public void An_expired_PUBLISH_is_acknowledged()
    {
        var broker = new BrokerHarness();
        broker.Connect("subscriber").Subscribe("a", QoS.AtLeastOnce);
        var publisher = broker.Connect("publisher");

        publisher.Publish("a", "x", QoS.AtLeastOnce, properties: Expiry(0));

        Assert.Equal((int)PubackReasonCode.Success, publisher.Receives(PacketType.Puback).ReasonCode);
    }

    private static TestProperties Expiry(uint seconds) => new TestProperties().Add(PropertyId.MessageExpiryInterval, seconds);

    private static void Away(BrokerHarness broker) => broker.Persistent("subscriber").Subscribe("a", QoS.ExactlyOnce).DropConnection();

    private static void Publish(BrokerHarness broker, uint seconds, QoS qos = QoS.AtLeastOnce) =>
        broker.Connect("publisher").PublishAcknowledged("a", "x", qos, properties: Expiry(seconds));

    private static uint Left(TestClient subscriber) => subscriber.ReceivesPublish().Number(PropertyId.MessageExpiryInterval);
}
