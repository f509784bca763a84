using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests;

/// <summary>Topic Aliases that a client sets (5.0 §3.3.2.3.4).</summary>
public sealed class AliasInboundTests
{
    [Theory, Spec("MQTT-3.3.2-12")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void An_alias_stands_for_the_topic_it_was_set_with(int shards)
    {
        var broker = new BrokerHarness(shards);
        var watcher = broker.Connect("watcher").Subscribe("#");
        var publisher = broker.Connect("publisher");

        publisher.Publish("first", "1", properties: Alias(1));
        publisher.Publish("second", "2", properties: Alias(100));
        publisher.Publish("", "3", properties: Alias(1));
        publisher.Publish("", "4", properties: Alias(100));
        publisher.Publish("first", "5");

        Assert.Equal(["first 1", "second 2", "first 3", "second 4", "first 5"], Seen(watcher));
    }

    [Fact, Spec("MQTT-3.3.2-12")]
    public void An_alias_may_be_set_anew_at_any_time()
    {
        var broker = new BrokerHarness();
        var watcher = broker.Connect("watcher").Subscribe("#");
        var publisher = broker.Connect("publisher");

        publisher.Publish("old", "1", properties: Alias(5));
        publisher.Publish("new", "2", properties: Alias(5));
        publisher.Publish("", "3", properties: Alias(5));

        Assert.Equal(["old 1", "new 2", "new 3"], Seen(watcher));
    }

    [Fact, Spec("MQTT-3.3.2-12", "MQTT-4.3.3-10")]
    public void An_alias_works_at_every_QoS()
    {
        var broker = new BrokerHarness();
        var watcher = broker.Connect("watcher").Subscribe("#");
        var publisher = broker.Connect("publisher");
        publisher.Publish("topic", "0", properties: Alias(1));

        publisher.PublishAcknowledged("", "1", QoS.AtLeastOnce, properties: Alias(1));
        publisher.PublishAcknowledged("", "2", QoS.ExactlyOnce, properties: Alias(1));

        Assert.Equal(["topic 0", "topic 1", "topic 2"], Seen(watcher));
    }

    [Theory, Spec("MQTT-3.3.2-8", "MQTT-3.3.2-9", "MQTT-3.2.2-17")]
    [InlineData(0)]
    [InlineData(11)]
    [InlineData(65_535)]
    public void Alias_0_and_aliases_above_the_maximum_close_the_connection(uint alias)
    {
        var broker = new BrokerHarness(limits: limits => limits.TopicAliasMaximum = 10);
        var publisher = broker.Connect("publisher");
        Assert.Equal(10U, publisher.Connack!.Number(PropertyId.TopicAliasMaximum));

        publisher.Publish("topic", "x", properties: Alias(alias));

        publisher.IsClosedWith(DisconnectReasonCode.TopicAliasInvalid);
    }

    [Fact, Spec("MQTT-3.2.2-18")]
    public void A_server_without_aliases_says_nothing_and_takes_none()
    {
        var broker = new BrokerHarness(limits: limits => limits.TopicAliasMaximum = 0);
        var publisher = broker.Connect("publisher");
        Assert.False(publisher.Connack!.Has(PropertyId.TopicAliasMaximum));

        publisher.Publish("topic", "x", properties: Alias(1));

        publisher.IsClosedWith(DisconnectReasonCode.TopicAliasInvalid);
    }

    [Fact, Spec("MQTT-3.3.2-12")]
    public void An_empty_topic_with_an_alias_that_was_never_set_is_a_protocol_error()
    {
        var broker = new BrokerHarness();
        var publisher = broker.Connect("publisher");
        publisher.Publish("topic", "x", properties: Alias(1));

        publisher.Publish("", "x", properties: Alias(2));

        publisher.IsClosedWith(DisconnectReasonCode.ProtocolError);
    }

    [Fact, Spec("MQTT-3.3.2-7")]
    public void Aliases_die_with_the_connection_also_when_the_session_goes_on()
    {
        var broker = new BrokerHarness();
        broker.Persistent("publisher").Publish("topic", "x", properties: Alias(1));
        var publisher = broker.Persistent("publisher");
        Assert.True(publisher.Connack!.SessionPresent);

        publisher.Publish("", "x", properties: Alias(1));

        publisher.IsClosedWith(DisconnectReasonCode.ProtocolError);
    }

    /// <summary>The client cannot know before PUBACK that it was refused, and may have used the alias again already.</summary>
    [Fact, Spec("MQTT-3.3.2-12", "Trap-62")]
    public void An_alias_set_by_a_refused_PUBLISH_is_known()
    {
        var access = new TestAccess();
        access.DeniedTopics.Add("secret");
        var broker = new BrokerHarness(access: access);
        var publisher = broker.Connect("publisher");

        publisher.Publish("secret", "x", QoS.AtLeastOnce, properties: Alias(1));
        publisher.Publish("", "x", QoS.AtLeastOnce, properties: Alias(1));

        Assert.Equal(0x87, publisher.Receives(PacketType.Puback).ReasonCode);
        Assert.Equal(0x87, publisher.Receives(PacketType.Puback).ReasonCode);
        Assert.False(publisher.IsClosed);
    }

    [Fact, Spec("MQTT-3.1.2-27")]
    public void The_alias_of_the_publisher_is_not_forwarded()
    {
        var broker = new BrokerHarness();
        var watcher = broker.Connect("watcher").Subscribe("#");
        var publisher = broker.Connect("publisher");

        publisher.Publish("topic", "x", properties: new TestProperties().AddUser("a", "1").Add(PropertyId.TopicAlias, 7).AddUser("b", "2"));

        var publish = watcher.ReceivesPublish();
        Assert.False(publish.Has(PropertyId.TopicAlias));
        Assert.Equal(["a=1", "b=2"], publish.UserProperties());
    }

    /// <summary>Aliases are an agreement of one connection: the same number means something else for somebody else.</summary>
    [Fact, Spec("MQTT-3.3.2-7")]
    public void Two_connections_have_their_own_aliases()
    {
        var broker = new BrokerHarness();
        var watcher = broker.Connect("watcher").Subscribe("#");
        var first = broker.Connect("first");
        var second = broker.Connect("second");

        first.Publish("of first", "1", properties: Alias(1));
        second.Publish("of second", "2", properties: Alias(1));
        first.Publish("", "3", properties: Alias(1));

        Assert.Equal(["of first 1", "of second 2", "of first 3"], Seen(watcher));
    }

    private static TestProperties Alias(uint alias) => new TestProperties().Add(PropertyId.TopicAlias, alias);

    private static IEnumerable<string> Seen(TestClient client) => client.ReceivesAllPublishes().Select(publish => $"{publish.Topic} {publish.PayloadText}");
}
