using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Broker.Tests;

/// <summary>Several subscriptions of one client match, and Subscription Identifiers (5.0 §3.3.4, §3.8.2.1.2).</summary>
public sealed class OverlapTests
{
    [Theory, Spec("MQTT-3.3.4-2", "MQTT3-3.3.5-1", "R21", "R27")]
    [MemberData(nameof(Variants.VersionsAndShards), MemberType = typeof(Variants))]
    public void Overlapping_subscriptions_bring_one_copy_with_the_highest_QoS(ProtocolVersion version, int shards)
    {
        var broker = new BrokerHarness(shards);
        var client = broker.Connect("client", version);
        client.SubscribeRaw([("a/b", 0), ("a/+", 2), ("a/#", 1), ("#", 0)]);

        broker.Connect("publisher").Publish("a/b", "x", QoS.ExactlyOnce);

        Assert.Equal(QoS.ExactlyOnce, client.ReceivesPublish().QoS);
        client.ReceivesNothing();
    }

    [Theory, Spec("MQTT-3.3.4-3", "MQTT-3.3.4-4")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void The_copy_carries_the_identifiers_of_all_matching_subscriptions_and_no_other(int shards)
    {
        var broker = new BrokerHarness(shards);
        var client = broker.Connect("client")
            .Subscribe("a/b", properties: Identifier(1))
            .Subscribe("a/+", QoS.AtLeastOnce, properties: Identifier(268_435_455))
            .Subscribe("a/#")
            .Subscribe("#", properties: Identifier(1))
            .Subscribe("x", properties: Identifier(99));

        broker.Connect("publisher").Publish("a/b", "x", QoS.ExactlyOnce);

        Assert.Equal([1U, 1U, 268_435_455U], client.ReceivesPublish().Numbers(PropertyId.SubscriptionIdentifier).Order());
        client.ReceivesNothing();
    }

    [Theory, Spec("MQTT-3.3.4-3")]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(16_384)]
    [InlineData(2_097_152)]
    [InlineData(268_435_455)]
    public void An_identifier_comes_back_as_it_was_given(uint identifier)
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("client").Subscribe("a", QoS.AtLeastOnce, properties: Identifier(identifier));

        broker.Connect("publisher").Publish("a", "x", QoS.AtLeastOnce);

        Assert.Equal(identifier, client.ReceivesPublish().Number(PropertyId.SubscriptionIdentifier));
    }

    [Fact, Spec("MQTT-3.3.4-3", "MQTT-3.8.4-3")]
    public void Replacing_a_subscription_replaces_or_removes_its_identifier()
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("client");
        var publisher = broker.Connect("publisher");
        client.SubscribeRaw([("a", 0), ("b", 0)], Identifier(5));
        client.Subscribe("a", properties: Identifier(6));

        publisher.Publish("a", "x");
        publisher.Publish("b", "x");

        Assert.Equal(["6", "5"], client.ReceivesAllPublishes().Select(publish => string.Join(",", publish.Numbers(PropertyId.SubscriptionIdentifier))));
        client.Subscribe("a");
        publisher.Publish("a", "x");
        Assert.Equal([""], client.ReceivesAllPublishes().Select(publish => string.Join(",", publish.Numbers(PropertyId.SubscriptionIdentifier))));
    }

    [Fact, Spec("MQTT-3.3.4-3", "MQTT-3.3.1-13")]
    public void Identifiers_and_options_survive_the_connection_with_the_session()
    {
        var broker = new BrokerHarness();
        broker.Persistent("client").Subscribe("a", QoS.AtLeastOnce, retainAsPublished: true, properties: Identifier(300)).DropConnection();

        broker.Connect("publisher").PublishAcknowledged("a", "x", QoS.AtLeastOnce, retain: true);

        var publish = broker.Persistent("client").ReceivesPublish();
        Assert.Equal((300U, true), (publish.Number(PropertyId.SubscriptionIdentifier), publish.Retain));
    }

    [Fact, Spec("MQTT-3.3.4-3")]
    public void Retained_messages_carry_the_identifier_of_the_subscription_that_asked_for_them()
    {
        var broker = new BrokerHarness();
        broker.Connect("publisher").Publish("a", "x", retain: true);

        var client = broker.Connect("client").Subscribe("#", properties: Identifier(4));

        Assert.Equal([4U], client.ReceivesPublish().Numbers(PropertyId.SubscriptionIdentifier));
        client.Subscribe("a", properties: Identifier(5));
        Assert.Equal([5U], client.ReceivesPublish().Numbers(PropertyId.SubscriptionIdentifier));
    }

    /// <summary>A client that comes back with an older version cannot be told identifiers.</summary>
    [Fact, Spec("R32")]
    public void A_session_may_go_on_with_another_version()
    {
        var broker = new BrokerHarness();
        broker.Persistent("client").Subscribe("a", QoS.AtLeastOnce, properties: Identifier(5)).DropConnection();
        broker.Connect("publisher").PublishAcknowledged("a", "1", QoS.AtLeastOnce, properties: new TestProperties().AddUser("name", "value"));

        var client = broker.Persistent("client", ProtocolVersion.Mqtt311);

        Assert.True(client.Connack!.SessionPresent);
        Assert.Equal([0x32, 6, 0, 1, (byte)'a', 0, 1, (byte)'1'], client.ReceivesPublish().Bytes);
    }

    [Fact, Spec("MQTT-3.3.1-12", "MQTT-3.3.1-13")]
    public void The_copy_keeps_RETAIN_when_one_of_the_subscriptions_asks_for_it()
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("client").Subscribe("a/b").Subscribe("a/+", retainAsPublished: true);
        var publisher = broker.Connect("publisher");

        publisher.Publish("a/b", "1", retain: true);
        publisher.Publish("a/b", "2");

        Assert.Equal([true, false], client.ReceivesAllPublishes().Select(publish => publish.Retain));
    }

    /// <summary>The subscription with No Local takes no part; the other one does, with its own QoS and identifier.</summary>
    [Fact, Spec("MQTT-3.8.3-3", "MQTT-3.3.4-2", "MQTT-3.3.4-3")]
    public void A_subscription_with_No_Local_does_not_silence_another_one()
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("client")
            .Subscribe("a/b", QoS.ExactlyOnce, noLocal: true, properties: Identifier(1))
            .Subscribe("a/+", QoS.AtLeastOnce, properties: Identifier(2));

        client.Publish("a/b", "own", QoS.ExactlyOnce);

        var publish = client.ReceivesPublishAmong(PacketType.Pubrec);
        Assert.Equal(QoS.AtLeastOnce, publish.QoS);
        Assert.Equal([2U], publish.Numbers(PropertyId.SubscriptionIdentifier));
    }

    /// <summary>A shared subscription beside an ordinary one is no overlap (§4.8.2).</summary>
    [Theory, Spec("MQTT-3.3.4-5", "MQTT-4.8.2-3")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_client_with_a_filter_and_the_same_filter_shared_gets_a_copy_for_each(int shards)
    {
        var broker = new BrokerHarness(shards);
        var client = broker.Connect("client")
            .Subscribe("a", QoS.AtMostOnce, properties: Identifier(1))
            .Subscribe("$share/g/a", QoS.AtLeastOnce, properties: Identifier(2));

        broker.Connect("publisher").Publish("a", "x", QoS.ExactlyOnce);

        Assert.Equal(
            [(QoS.AtMostOnce, 1U), (QoS.AtLeastOnce, 2U)],
            client.ReceivesAllPublishes().Select(publish => (publish.QoS, publish.Number(PropertyId.SubscriptionIdentifier))));
    }

    /// <summary>Many receivers share one encoding of the message; those with identifiers have their own.</summary>
    [Fact, Spec("MQTT-3.3.4-3", "MQTT-3.3.4-4")]
    public void Receivers_with_and_without_identifiers_get_each_their_own_packet()
    {
        var broker = new BrokerHarness();
        var clients = Enumerable.Range(0, 6).Select(i => broker.Connect($"client {i}").Subscribe("a", (QoS)(i % 3), properties: i < 3 ? null : Identifier((uint)i))).ToList();

        broker.Connect("publisher").Publish("a", "x", QoS.ExactlyOnce);

        for (var i = 0; i < clients.Count; i++)
        {
            var publish = clients[i].ReceivesPublish();
            Assert.Equal(((QoS)(i % 3), "x"), (publish.QoS, publish.PayloadText));
            Assert.Equal(i < 3 ? [] : [(uint)i], publish.Numbers(PropertyId.SubscriptionIdentifier));
        }
    }

    private static TestProperties Identifier(uint identifier) => new TestProperties().Add(PropertyId.SubscriptionIdentifier, identifier);
}
