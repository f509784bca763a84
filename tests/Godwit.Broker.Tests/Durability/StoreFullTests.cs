using Godwit.Broker.Log;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests.Durability;

/// <summary>The disk is full, or broken: nothing is promised that cannot be kept, and everything else goes on.</summary>
public sealed class StoreFullTests
{
    [Theory, Spec("MQTT-4.3.2-4", "MQTT-4.3.3-9")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_message_for_a_durable_queue_is_refused_with_0x97_and_delivered_to_nobody(int shards)
    {
        var broker = WithDurableSubscriber(shards);
        var clean = broker.Connect("clean").Subscribe("t", QoS.AtLeastOnce);
        var publisher = broker.Connect("publisher");
        broker.Log!.Health = StoreHealth.Full;

        publisher.Publish("t", "m", QoS.AtLeastOnce);
        publisher.Publish("t", "m", QoS.ExactlyOnce);

        Assert.Equal((int)PubackReasonCode.QuotaExceeded, publisher.Receives(PacketType.Puback).ReasonCode);
        Assert.Equal((int)PubrecReasonCode.QuotaExceeded, publisher.Receives(PacketType.Pubrec).ReasonCode);
        clean.ReceivesNothing();
        Assert.Empty(broker.Log.State().Queue);
    }

    [Theory]
    [InlineData(QoS.AtLeastOnce, 1)]
    [InlineData(QoS.AtLeastOnce, 3)]
    [InlineData(QoS.ExactlyOnce, 1)]
    [InlineData(QoS.ExactlyOnce, 3)]
    public void A_3_1_1_client_is_closed_without_an_acknowledgement_and_may_repeat_its_message_later(QoS qos, int shards)
    {
        var broker = WithDurableSubscriber(shards);
        var publisher = broker.Persistent("publisher", ProtocolVersion.Mqtt311);
        broker.Log!.Health = StoreHealth.Full;

        publisher.Publish("t", "m", qos, packetId: 7);

        publisher.ReceivesNothing();
        Assert.True(publisher.IsClosed);
        Assert.Contains("disconnected publisher StoreFull QuotaExceeded", broker.Events);

        broker.Log.Health = StoreHealth.Ok;
        publisher = broker.Persistent("publisher", ProtocolVersion.Mqtt311);
        publisher.Publish("t", "m", qos, dup: true, packetId: 7);
        publisher.Receives(qos == QoS.AtLeastOnce ? PacketType.Puback : PacketType.Pubrec);
        Assert.Equal("m", broker.Persistent("subscriber").ReceivesPublish().PayloadText);
    }

    [Theory]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_QoS_2_message_of_a_durable_publisher_is_refused_even_when_nobody_subscribes(int shards)
    {
        var broker = new BrokerHarness(shards, log: new TestLog());
        var publisher = broker.Persistent("publisher");
        broker.Log!.Health = StoreHealth.Full;

        publisher.Publish("nobody", "m1", QoS.ExactlyOnce, packetId: 7);
        publisher.Publish("nobody", "m2", QoS.AtLeastOnce);

        Assert.Equal((int)PubrecReasonCode.QuotaExceeded, publisher.Receives(PacketType.Pubrec).ReasonCode);
        Assert.Equal((int)PubackReasonCode.NoMatchingSubscribers, publisher.Receives(PacketType.Puback).ReasonCode);
        broker.Log.Health = StoreHealth.Ok;
        publisher.Publish("nobody", "m1", QoS.ExactlyOnce, packetId: 7);
        Assert.Equal((int)PubrecReasonCode.NoMatchingSubscribers, publisher.Receives(PacketType.Pubrec).ReasonCode);
    }

    [Theory]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_message_that_was_taken_before_is_still_answered(int shards)
    {
        var broker = WithDurableSubscriber(shards);
        var publisher = broker.Persistent("publisher");
        publisher.Publish("t", "m", QoS.ExactlyOnce, packetId: 7);
        publisher.Receives(PacketType.Pubrec);
        broker.Log!.Health = StoreHealth.Full;

        publisher.Publish("t", "m", QoS.ExactlyOnce, dup: true, packetId: 7);
        publisher.Pubrel(7);

        Assert.Equal(0, publisher.Receives(PacketType.Pubrec).ReasonCode);
        Assert.Equal(0, publisher.Receives(PacketType.Pubcomp).ReasonCode);
        Assert.Single(broker.Log.State().Queue);
    }

    [Theory]
    [MemberData(nameof(OrderTests.Rows), MemberType = typeof(OrderTests))]
    public void A_new_durable_session_is_refused_and_those_there_are_go_on(ProtocolVersion version, int shards)
    {
        var broker = new BrokerHarness(shards, log: new TestLog());
        broker.Persistent("known", version).Disconnect();
        broker.Log!.Health = StoreHealth.Full;

        var properties = version == ProtocolVersion.Mqtt5 ? TestProperties.Expiry(100) : null;
        var connack = broker.ConnectIsRefused("new", version, cleanStart: false, properties: properties);

        Assert.Equal(version == ProtocolVersion.Mqtt5 ? (int)ConnackReasonCode.QuotaExceeded : (int)ConnackReturnCode.ServerUnavailable, connack.ReasonCode);
        Assert.True(broker.Persistent("known", version).Connack!.SessionPresent);
        broker.Connect("clean", version);
    }

    [Theory]
    [InlineData(ProtocolVersion.Mqtt5, (byte)SubackReasonCode.QuotaExceeded)]
    [InlineData(ProtocolVersion.Mqtt311, (byte)SubackReasonCode.UnspecifiedError)]
    public void A_new_subscription_of_a_durable_session_is_refused_and_UNSUBSCRIBE_goes_on(ProtocolVersion version, byte code)
    {
        var broker = new BrokerHarness(log: new TestLog());
        var client = broker.Persistent("client", version).Subscribe("old");
        broker.Log!.Health = StoreHealth.Full;

        var suback = client.SubscribeRaw([("new", 1), ("old", 1)]);

        Assert.Equal([code, 1], suback.Codes);
        client.Unsubscribe("old");
        Assert.Equal(0, broker.Core.SubscriptionCount);
        broker.Connect("clean", version).Subscribe("new", QoS.ExactlyOnce);
    }

    [Theory]
    [MemberData(nameof(OrderTests.Rows), MemberType = typeof(OrderTests))]
    public void Clean_sessions_and_QoS_0_go_on(ProtocolVersion version, int shards)
    {
        var broker = new BrokerHarness(shards, log: new TestLog());
        var subscriber = broker.Connect("clean", version).Subscribe("t", QoS.ExactlyOnce);
        var durable = broker.Persistent("durable", version).Subscribe("zero", QoS.AtLeastOnce);
        var publisher = broker.Connect("publisher", version);
        broker.Log!.Health = StoreHealth.Full;
        var written = broker.Log.LastAppend;

        publisher.PublishAcknowledged("t", "m1", QoS.AtLeastOnce);
        publisher.PublishAcknowledged("t", "m2", QoS.ExactlyOnce);
        publisher.Publish("zero", "m3");

        Assert.Equal(["m1", "m2"], subscriber.ReceivesAllPublishes().ConvertAll(publish => publish.PayloadText));
        Assert.Equal("m3", durable.ReceivesPublish().PayloadText);
        Assert.Equal(written, broker.Log.LastAppend);
    }

    [Theory]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_retained_message_is_refused_and_clearing_one_makes_room(int shards)
    {
        var broker = new BrokerHarness(shards, log: new TestLog());
        var publisher = broker.Connect("publisher");
        publisher.PublishAcknowledged("old", "m", QoS.AtLeastOnce, retain: true);
        broker.Log!.Health = StoreHealth.Full;

        publisher.Publish("old", "new", QoS.AtLeastOnce, retain: true);
        Assert.Equal((int)PubackReasonCode.QuotaExceeded, publisher.Receives(PacketType.Puback).ReasonCode);
        Assert.Equal(1, broker.Core.RetainedCount);

        publisher.Publish("old", "", QoS.AtLeastOnce, retain: true);
        Assert.Equal((int)PubackReasonCode.NoMatchingSubscribers, publisher.Receives(PacketType.Puback).ReasonCode);
        Assert.Equal(0, broker.Core.RetainedCount);
        Assert.Empty(broker.Log.State().Retained);
    }

    [Theory]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_clearing_message_that_somebody_would_have_to_keep_is_refused_and_clears_nothing(int shards)
    {
        var broker = WithDurableSubscriber(shards);
        var publisher = broker.Connect("publisher");
        publisher.Publish("t", "m", retain: true);
        broker.Log!.Health = StoreHealth.Full;

        publisher.Publish("t", "", QoS.AtLeastOnce, retain: true);

        Assert.Equal((int)PubackReasonCode.QuotaExceeded, publisher.Receives(PacketType.Puback).ReasonCode);
        Assert.Equal(1, broker.Core.RetainedCount);
    }

    [Theory, Spec("MQTT3-3.3.1-7")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_retained_QoS_0_message_is_delivered_and_not_stored_and_leaves_no_older_one_behind(int shards)
    {
        var broker = new BrokerHarness(shards, log: new TestLog());
        var subscriber = broker.Connect("subscriber").Subscribe("t");
        var publisher = broker.Connect("publisher");
        publisher.Publish("t", "old", retain: true);
        broker.Log!.Health = StoreHealth.Full;

        publisher.Publish("t", "new", retain: true);

        Assert.Equal(["old", "new"], subscriber.ReceivesAllPublishes().ConvertAll(publish => publish.PayloadText));
        Assert.Equal(0, broker.Core.RetainedCount);
        Assert.Equal(1, broker.Dropped(DropReason.StoreFull));
        Assert.Empty(broker.Log.State().Retained);
    }

    [Theory]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_will_goes_to_those_that_need_no_store(int shards)
    {
        var broker = WithDurableSubscriber(shards);
        var clean = broker.Connect("clean").Subscribe("t", QoS.ExactlyOnce);
        var client = broker.Connect("client", will: new TestWill("t", "gone", QoS.ExactlyOnce, Retain: true));
        broker.Log!.Health = StoreHealth.Full;

        client.DropConnection();

        Assert.Equal("gone", clean.ReceivesPublish().PayloadText);
        Assert.Equal(2, broker.Dropped(DropReason.StoreFull));      // one queue and the retained store
        broker.Log.Health = StoreHealth.Ok;
        broker = broker.Restart(keepWritten: true);
        broker.Persistent("subscriber").ReceivesNothing();
        Assert.Equal(0, broker.Core.RetainedCount);
    }

    [Theory]
    [MemberData(nameof(OrderTests.Rows), MemberType = typeof(OrderTests))]
    public void Acknowledgements_are_taken_and_make_room(ProtocolVersion version, int shards)
    {
        var broker = new BrokerHarness(shards, log: new TestLog());
        var subscriber = broker.Persistent("subscriber", version).Subscribe("t", QoS.ExactlyOnce);
        var publisher = broker.Connect("publisher");
        publisher.PublishAcknowledged("t", "m1", QoS.AtLeastOnce);
        publisher.PublishAcknowledged("t", "m2", QoS.ExactlyOnce);
        broker.Log!.Health = StoreHealth.Full;

        subscriber.Puback(1);
        subscriber.Pubrec(2);
        Assert.Equal(2, subscriber.ReceivesAll(PacketType.Pubrel).Single().PacketId);
        subscriber.Pubcomp(2);

        Assert.Empty(broker.Log.State().Queue);
        broker.Log.Health = StoreHealth.Low;
        publisher.PublishAcknowledged("t", "m3", QoS.AtLeastOnce);
        Assert.Equal(["m1", "m2", "m3"], subscriber.ReceivesAllPublishes().ConvertAll(publish => publish.PayloadText));
    }

    [Fact]
    public void Retained_messages_of_a_SUBSCRIBE_do_not_go_into_a_queue_that_cannot_be_kept()
    {
        var broker = new BrokerHarness(log: new TestLog());
        broker.Connect("publisher").PublishAcknowledged("t", "m", QoS.AtLeastOnce, retain: true);
        var client = broker.Persistent("client").Subscribe("t", QoS.AtLeastOnce);
        client.Puback(client.ReceivesPublish().PacketId);
        broker.Log!.Health = StoreHealth.Full;

        client.Subscribe("t", QoS.AtLeastOnce);

        client.ReceivesNothing();
        Assert.Equal(1, broker.Dropped(DropReason.StoreFull));
    }

    [Theory]
    [MemberData(nameof(OrderTests.Rows), MemberType = typeof(OrderTests))]
    public void When_the_log_has_failed_nothing_durable_is_acknowledged_any_more(ProtocolVersion version, int shards)
    {
        var broker = WithDurableSubscriber(shards);
        var waiting = broker.Persistent("waiting", version);
        var publisher = broker.Connect("publisher", version);
        broker.HoldBack();
        waiting.Publish("t", "m1", QoS.AtLeastOnce);
        broker.Log!.Health = StoreHealth.Failed;

        publisher.Publish("t", "m2", QoS.AtLeastOnce);
        broker.Advance(TimeSpan.FromMinutes(10));

        waiting.ReceivesNothing();
        Assert.DoesNotContain(publisher.ReceivesAll(PacketType.Puback), puback => puback.ReasonCode < 0x80);
        Assert.Equal(version != ProtocolVersion.Mqtt5, publisher.IsClosed);
    }

    private static BrokerHarness WithDurableSubscriber(int shards)
    {
        var broker = new BrokerHarness(shards, log: new TestLog());
        broker.Persistent("subscriber").Subscribe("t", QoS.ExactlyOnce).Disconnect();
        return broker;
    }
}
