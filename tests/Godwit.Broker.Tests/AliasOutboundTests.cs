using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Broker.Tests;

/// <summary>Topic Aliases that the broker sets towards its subscribers (5.0 §3.1.2.11.5, §3.3.2.3.4).</summary>
public sealed class AliasOutboundTests
{
    [Theory, Spec("MQTT-3.3.2-11", "MQTT-3.1.2-26")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void The_first_PUBLISH_carries_topic_and_alias_and_later_ones_the_alias_alone(int shards)
    {
        var broker = new BrokerHarness(shards);
        var subscriber = Connect(broker, 2).Subscribe("topic/+", QoS.AtLeastOnce);
        var publisher = broker.Connect("publisher");

        foreach (var topic in new[] { "topic/a", "topic/b", "topic/c", "topic/a", "topic/b", "topic/c" })
        {
            publisher.PublishAcknowledged(topic, "x", QoS.AtLeastOnce);
        }

        Assert.Equal(["topic/a 1", "topic/b 2", "topic/c -", " 1", " 2", "topic/c -"], Seen(subscriber));
    }

    [Theory, Spec("MQTT-3.1.2-27")]
    [InlineData(false)]
    [InlineData(true)]
    public void A_client_that_takes_no_aliases_gets_none(bool saysZero)
    {
        var broker = new BrokerHarness();
        var subscriber = broker.Connect("subscriber", properties: saysZero ? new TestProperties().Add(PropertyId.TopicAliasMaximum, 0) : null).Subscribe("topic/+");
        var publisher = broker.Connect("publisher");

        publisher.Publish("topic/a", "x");
        publisher.Publish("topic/a", "x");

        Assert.Equal(["topic/a -", "topic/a -"], Seen(subscriber));
    }

    [Fact, Spec("MQTT-3.3.2-11")]
    public void The_servers_own_limit_caps_what_the_client_allows()
    {
        var broker = new BrokerHarness(limits: limits => limits.OutboundTopicAliasMax = 1);
        var subscriber = Connect(broker, 65_535).Subscribe("topic/+");
        var publisher = broker.Connect("publisher");

        publisher.Publish("topic/a", "x");
        publisher.Publish("topic/b", "x");

        Assert.Equal(["topic/a 1", "topic/b -"], Seen(subscriber));
    }

    [Fact, Spec("MQTT-3.3.2-7", "MQTT-4.4.0-1")]
    public void A_new_connection_is_taught_anew_also_by_what_is_sent_again()
    {
        var broker = new BrokerHarness();
        var subscriber = Connect(broker, 5).Subscribe("topic/+", QoS.AtLeastOnce);
        var publisher = broker.Connect("publisher");
        publisher.PublishAcknowledged("topic/a", "1", QoS.AtLeastOnce);
        publisher.PublishAcknowledged("topic/a", "2", QoS.AtLeastOnce);
        Assert.Equal(["topic/a 1", " 1"], Seen(subscriber));
        subscriber.DropConnection();

        subscriber = Connect(broker, 5);

        Assert.Equal(["topic/a 1", " 1"], Seen(subscriber));
    }

    /// <summary>The client never saw the packet that would have taught it the alias.</summary>
    [Fact, Spec("MQTT-3.3.2-11", "MQTT-3.1.2-25")]
    public void A_PUBLISH_dropped_as_too_large_sets_no_alias()
    {
        var broker = new BrokerHarness();
        var properties = new TestProperties().Add(PropertyId.TopicAliasMaximum, 5).Add(PropertyId.MaximumPacketSize, 40);
        var subscriber = broker.Connect("subscriber", properties: properties).Subscribe("topic/+", QoS.AtLeastOnce);
        var publisher = broker.Connect("publisher");

        publisher.PublishAcknowledged("topic/a", new string('x', 100), QoS.AtLeastOnce);
        publisher.PublishAcknowledged("topic/b", "x", QoS.AtLeastOnce);
        publisher.PublishAcknowledged("topic/a", "x", QoS.AtLeastOnce);

        Assert.Equal(["topic/b 1", "topic/a 2"], Seen(subscriber));
    }

    /// <summary>Receivers with aliases stand beside receivers without; each gets the same message.</summary>
    [Fact, Spec("MQTT-3.1.2-26", "MQTT-3.1.2-27")]
    public void Clients_with_and_without_aliases_get_the_same_messages()
    {
        var broker = new BrokerHarness();
        var with = Connect(broker, 5).Subscribe("topic/+", QoS.AtLeastOnce);
        var without = broker.Connect("without").Subscribe("topic/+", QoS.AtLeastOnce);
        var old = broker.Connect("old", ProtocolVersion.Mqtt311).Subscribe("topic/+", QoS.AtLeastOnce);
        var publisher = broker.Connect("publisher");

        publisher.PublishAcknowledged("topic/a", "1", QoS.AtLeastOnce);
        publisher.PublishAcknowledged("topic/a", "2", QoS.AtLeastOnce);

        Assert.Equal(["topic/a 1", " 1"], Seen(with));
        Assert.Equal(["topic/a -", "topic/a -"], Seen(without));
        Assert.Equal(["topic/a -", "topic/a -"], Seen(old));
    }

    private static TestClient Connect(BrokerHarness broker, uint maximum) =>
        broker.Connect("subscriber", cleanStart: false, properties: TestProperties.Expiry(1000).Add(PropertyId.TopicAliasMaximum, maximum));

    /// <summary>Topic and alias of each PUBLISH; <c>-</c> without an alias.</summary>
    private static IEnumerable<string> Seen(TestClient client) => client.ReceivesAllPublishes()
        .Select(publish => $"{publish.Topic} {(publish.Has(PropertyId.TopicAlias) ? publish.Number(PropertyId.TopicAlias).ToString(System.Globalization.CultureInfo.InvariantCulture) : "-")}");
}
