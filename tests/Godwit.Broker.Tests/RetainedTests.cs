using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Packets;

namespace Godwit.Broker.Tests;

/// <summary>Retained messages: stored, replaced, cleared, and who is sent them when (5.0 §3.3.1.3, §3.8.3.1).</summary>
public sealed class RetainedTests
{
    public static TheoryData<int, int, int> MinimumQoS => new(
        from published in new[] { 0, 1, 2 }
        from granted in new[] { 0, 1, 2 }
        select (published, granted, Math.Min(published, granted)));

    [Theory, Spec("MQTT-3.3.1-5", "MQTT-3.3.1-9", "MQTT-3.8.4-4", "MQTT3-3.3.1-5", "MQTT3-3.3.1-6", "MQTT3-3.3.1-7", "MQTT3-3.3.1-8", "R43")]
    [MemberData(nameof(Variants.VersionsAndShards), MemberType = typeof(Variants))]
    public void The_last_message_of_a_topic_is_sent_to_later_subscribers_with_RETAIN_1(ProtocolVersion version, int shards)
    {
        var broker = new BrokerHarness(shards);
        var publisher = broker.Connect("publisher", version);
        foreach (var qos in Enum.GetValues<QoS>())
        {
            publisher.PublishAcknowledged("a", $"old {qos}", qos, retain: true);
            publisher.PublishAcknowledged("a", $"new {qos}", qos, retain: true);
            publisher.PublishAcknowledged("a", "not retained", qos);

            var subscriber = broker.Connect("subscriber", version).Subscribe("a", QoS.ExactlyOnce);

            var publish = subscriber.ReceivesPublish();
            Assert.Equal(($"new {qos}", true, false, qos), (publish.PayloadText, publish.Retain, publish.Dup, publish.QoS));
            subscriber.ReceivesNothing();
        }
    }

    [Theory, Spec("MQTT-3.8.4-8", "MQTT3-3.8.4-6", "R21", "R43")]
    [MemberData(nameof(MinimumQoS))]
    public void A_retained_message_is_delivered_with_the_minimum_QoS(int published, int granted, int delivered)
    {
        foreach (var version in Enum.GetValues<ProtocolVersion>())
        {
            var broker = new BrokerHarness(shards: 3);
            broker.Connect("publisher", version).PublishAcknowledged("a", "x", (QoS)published, retain: true);

            var publish = broker.Connect("subscriber", version).Subscribe("a", (QoS)granted).ReceivesPublish();

            Assert.Equal((QoS)delivered, publish.QoS);
            Assert.Equal(delivered > 0, publish.PacketId > 0);
        }
    }

    [Theory, Spec("MQTT-3.3.1-6", "MQTT-3.3.1-7", "MQTT3-3.3.1-10", "MQTT3-3.3.1-11", "R44")]
    [MemberData(nameof(Variants.VersionsAndShards), MemberType = typeof(Variants))]
    public void An_empty_payload_clears_is_forwarded_live_and_never_stored(ProtocolVersion version, int shards)
    {
        var broker = new BrokerHarness(shards);
        var publisher = broker.Connect("publisher", version);
        publisher.PublishAcknowledged("a", "x", QoS.AtLeastOnce, retain: true);
        var live = broker.Connect("live", version).Subscribe("a");
        Assert.Equal("x", live.ReceivesPublish().PayloadText);
        Assert.Equal(1, broker.Core.Tree.RetainedCount);

        publisher.PublishAcknowledged("a", "", QoS.AtLeastOnce, retain: true);
        publisher.PublishAcknowledged("b", "", QoS.AtLeastOnce, retain: true);              // there was none

        var forwarded = live.ReceivesPublish();
        Assert.Equal(("", false), (forwarded.PayloadText, forwarded.Retain));
        broker.Connect("late", version).Subscribe("#").ReceivesNothing();
        Assert.Equal((0, 0L), (broker.Core.Tree.RetainedCount, broker.Core.Tree.RetainedBytes));
    }

    [Fact, Spec("MQTT-3.3.1-8", "MQTT3-3.3.1-12", "R43")]
    public void A_message_without_RETAIN_neither_stores_nor_removes()
    {
        var broker = new BrokerHarness();
        var publisher = broker.Connect("publisher");
        publisher.Publish("a", "kept", retain: true);

        publisher.Publish("a", "");
        publisher.Publish("a", "other");

        Assert.Equal("kept", broker.Connect("subscriber").Subscribe("a").ReceivesPublish().PayloadText);
    }

    [Theory, Spec("MQTT-3.8.4-1", "MQTT3-3.8.4-1")]
    [MemberData(nameof(Variants.VersionsAndShards), MemberType = typeof(Variants))]
    public void SUBACK_comes_before_the_retained_messages(ProtocolVersion version, int shards)
    {
        var broker = new BrokerHarness(shards);
        broker.Connect("publisher").Publish("a", "x", retain: true);
        var client = broker.Connect("client", version);

        client.SendSubscribe([("a", 0)]);

        Assert.Equal([PacketType.Suback, PacketType.Publish], client.ReceivesTypes(2));
    }

    /// <summary>The table of Retain Handling, for a new subscription and for one that exists.</summary>
    [Theory, Spec("MQTT-3.3.1-9", "MQTT-3.3.1-10", "MQTT-3.3.1-11", "MQTT-3.8.4-4")]
    [InlineData(RetainHandling.SendAtSubscribe, true, true)]
    [InlineData(RetainHandling.SendIfNew, true, false)]
    [InlineData(RetainHandling.DoNotSend, false, false)]
    public void Retain_Handling_says_when_retained_messages_are_sent(RetainHandling handling, bool whenNew, bool whenItExists)
    {
        var broker = new BrokerHarness(shards: 3);
        broker.Connect("publisher").Publish("a/b", "x", retain: true);
        var client = broker.Persistent("client");

        client.Subscribe("a/+", retainHandling: handling);
        Assert.Equal(whenNew ? 1 : 0, client.ReceivesAllPublishes().Count);

        client.Subscribe("a/+", QoS.AtLeastOnce, retainHandling: handling);
        Assert.Equal(whenItExists ? 1 : 0, client.ReceivesAllPublishes().Count);

        client.DropConnection();
        client = broker.Persistent("client");
        client.ReceivesNothing();                                       // a resumed session subscribes to nothing
        client.Subscribe("a/+", QoS.AtLeastOnce, retainHandling: handling);
        Assert.Equal(whenItExists ? 1 : 0, client.ReceivesAllPublishes().Count);

        client.Unsubscribe("a/+");
        client.Subscribe("a/+", retainHandling: handling);
        Assert.Equal(whenNew ? 1 : 0, client.ReceivesAllPublishes().Count);
    }

    [Fact, Spec("MQTT-3.3.1-10")]
    public void Another_filter_that_matches_the_same_topic_is_a_new_subscription()
    {
        var broker = new BrokerHarness();
        broker.Connect("publisher").Publish("a", "x", retain: true);
        var client = broker.Connect("client").Subscribe("a", retainHandling: RetainHandling.SendIfNew);
        client.ReceivesPublish();

        client.Subscribe("+", retainHandling: RetainHandling.SendIfNew);

        client.ReceivesPublish();
    }

    [Theory, Spec("MQTT3-3.8.4-3", "MQTT-3.8.4-4", "R43")]
    [MemberData(nameof(Variants.Versions3), MemberType = typeof(Variants))]
    public void The_same_filter_again_sends_the_retained_messages_again_in_3_x(ProtocolVersion version)
    {
        var broker = new BrokerHarness();
        broker.Connect("publisher").Publish("a", "x", retain: true);
        var client = broker.Connect("client", version);

        for (var i = 0; i < 2; i++)
        {
            client.Subscribe("a");
            Assert.True(client.ReceivesPublish().Retain);
        }
    }

    [Theory, Spec("MQTT-3.3.1-12", "MQTT-3.3.1-13", "MQTT3-3.3.1-9")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void Retain_As_Published_keeps_the_flag_of_live_messages(int shards)
    {
        var broker = new BrokerHarness(shards);
        var keeps = broker.Connect("keeps").Subscribe("a", QoS.AtLeastOnce, retainAsPublished: true);
        var plain = broker.Connect("plain").Subscribe("a", QoS.AtLeastOnce);
        var old = broker.Connect("old", ProtocolVersion.Mqtt311).Subscribe("a", QoS.AtLeastOnce);
        var publisher = broker.Connect("publisher");

        publisher.Publish("a", "1", QoS.AtLeastOnce, retain: true);
        publisher.Publish("a", "2", QoS.AtLeastOnce);
        publisher.Publish("a", "3", retain: true);

        Assert.Equal([true, false, true], keeps.ReceivesAllPublishes().Select(publish => publish.Retain));
        Assert.Equal([false, false, false], plain.ReceivesAllPublishes().Select(publish => publish.Retain));
        Assert.Equal([false, false, false], old.ReceivesAllPublishes().Select(publish => publish.Retain));
    }

    [Fact, Spec("MQTT-3.3.1-9", "MQTT-3.3.1-12")]
    public void Stored_messages_always_have_RETAIN_1_and_keep_it_when_sent_again()
    {
        var broker = new BrokerHarness();
        broker.Connect("publisher").PublishAcknowledged("a", "x", QoS.AtLeastOnce, retain: true);
        var client = broker.Persistent("client").Subscribe("a", QoS.AtLeastOnce, retainAsPublished: false);
        Assert.True(client.ReceivesPublish().Retain);
        client.DropConnection();

        var again = broker.Persistent("client").ReceivesPublish();

        Assert.Equal((true, true), (again.Retain, again.Dup));
    }

    [Theory, Spec("MQTT-4.8.2-1", "R43")]
    [MemberData(nameof(Variants.Versions), MemberType = typeof(Variants))]
    public void A_shared_subscription_gets_no_retained_messages(ProtocolVersion version)
    {
        var broker = new BrokerHarness(shards: 3);
        broker.Connect("publisher").Publish("a", "x", retain: true);
        var client = broker.Connect("client", version);

        client.Subscribe("$share/g/a");
        client.Subscribe("$share/g/a");

        client.ReceivesNothing();
    }

    [Fact, Spec("MQTT-3.2.2-14")]
    public void Without_retained_messages_the_server_says_so_and_refuses_RETAIN_1()
    {
        var broker = new BrokerHarness(settings: settings => settings.RetainAvailable = false);
        var client = broker.Connect("client");
        Assert.Equal(0U, client.Connack!.Number(Protocol.Properties.PropertyId.RetainAvailable));

        client.Publish("a", "x", retain: true);

        client.IsClosedWith(Protocol.ReasonCodes.DisconnectReasonCode.RetainNotSupported);
    }

    /// <summary>The message belongs to the broker: neither the publisher's connection nor its session keeps it alive.</summary>
    [Theory, Spec("MQTT3-3.3.1-5", "MQTT-3.3.1-5", "R43")]
    [MemberData(nameof(Variants.Versions), MemberType = typeof(Variants))]
    public void A_retained_message_outlives_its_publisher(ProtocolVersion version)
    {
        var broker = new BrokerHarness();
        var publisher = broker.Connect("publisher", version);
        publisher.Publish("a", "x", retain: true);
        publisher.DropConnection();
        broker.Advance(TimeSpan.FromDays(1));

        Assert.Equal("x", broker.Connect("publisher", version).Subscribe("a").ReceivesPublish().PayloadText);
    }
}
