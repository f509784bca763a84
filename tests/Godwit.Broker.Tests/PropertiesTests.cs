using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests;

/// <summary>Properties of PUBLISH that travel from publisher to subscriber (5.0 §3.3.2.3).</summary>
public sealed class PropertiesTests
{
    private static readonly byte[] Correlation = [0x00, 0xFF, 0xC3, 0x28, 0x00];

    public static TheoryData<QoS, int> QoSAndShards => new(
        from qos in Enum.GetValues<QoS>()
        from shards in new[] { 1, 3 }
        select (qos, shards));

    [Theory, Spec("MQTT-3.3.2-4", "MQTT-3.3.2-15", "MQTT-3.3.2-16", "MQTT-3.3.2-17", "MQTT-3.3.2-18", "MQTT-3.3.2-20")]
    [MemberData(nameof(QoSAndShards))]
    public void All_properties_of_the_message_arrive_unaltered(QoS qos, int shards)
    {
        var broker = new BrokerHarness(shards);
        var subscriber = broker.Connect("subscriber").Subscribe("a", qos);

        Publish(broker.Connect("publisher"), qos, retain: false);

        HasAll(subscriber.ReceivesPublish());
    }

    [Theory, Spec("MQTT-3.3.2-4", "MQTT-3.3.2-15", "MQTT-3.3.2-16", "MQTT-3.3.2-17", "MQTT-3.3.2-18", "MQTT-3.3.2-20")]
    [MemberData(nameof(QoSAndShards))]
    public void All_properties_of_a_retained_message_arrive_unaltered(QoS qos, int shards)
    {
        var broker = new BrokerHarness(shards);
        Publish(broker.Connect("publisher"), qos, retain: true);

        var subscriber = broker.Connect("subscriber").Subscribe("a", qos);

        HasAll(subscriber.ReceivesPublish());
    }

    [Fact, Spec("MQTT-3.3.2-17", "MQTT-3.3.2-18")]
    public void All_properties_of_a_queued_message_arrive_unaltered_and_again_when_it_is_sent_again()
    {
        var broker = new BrokerHarness();
        broker.Persistent("subscriber").Subscribe("a", QoS.AtLeastOnce).DropConnection();
        Publish(broker.Connect("publisher"), QoS.AtLeastOnce, retain: false);

        var subscriber = broker.Persistent("subscriber");
        HasAll(subscriber.ReceivesPublish());
        subscriber.DropConnection();

        HasAll(broker.Persistent("subscriber").ReceivesPublish());
    }

    /// <summary>The old versions have no properties; the message is the same without.</summary>
    [Theory, Spec("R15")]
    [MemberData(nameof(Variants.Versions3), MemberType = typeof(Variants))]
    public void A_3_x_subscriber_gets_the_message_without_properties(ProtocolVersion version)
    {
        var broker = new BrokerHarness();
        var subscriber = broker.Connect("subscriber", version).Subscribe("a");

        Publish(broker.Connect("publisher"), QoS.AtMostOnce, retain: false);

        Assert.Equal([0x30, 4, 0, 1, (byte)'a', (byte)'x'], subscriber.ReceivesPublish().Bytes);
    }

    [Theory, Spec("R15")]
    [MemberData(nameof(Variants.Versions3), MemberType = typeof(Variants))]
    public void A_message_of_a_3_x_publisher_has_no_properties(ProtocolVersion version)
    {
        var broker = new BrokerHarness();
        var subscriber = broker.Connect("subscriber").Subscribe("a");

        broker.Connect("publisher", version).Publish("a", "x");

        Assert.Empty(subscriber.ReceivesPublish().PropertyBytes);
    }

    [Fact, Spec("MQTT-3.3.2-17", "MQTT-3.3.2-18")]
    public void User_Properties_keep_order_and_duplicates_and_may_be_empty()
    {
        var broker = new BrokerHarness();
        var subscriber = broker.Connect("subscriber").Subscribe("a");
        var properties = new TestProperties().AddUser("b", "2").AddUser("a", "1").AddUser("b", "2").AddUser("", "").AddUser("b", "1");

        broker.Connect("publisher").Publish("a", "x", properties: properties);

        Assert.Equal(["b=2", "a=1", "b=2", "=", "b=1"], subscriber.ReceivesPublish().UserProperties());
    }

    /// <summary>The order among User Properties holds although other properties stand between them on the way in.</summary>
    [Fact, Spec("MQTT-3.3.2-18")]
    public void What_stays_behind_does_not_disturb_the_rest()
    {
        var broker = new BrokerHarness();
        var subscriber = broker.Connect("subscriber").Subscribe("a", properties: new TestProperties().Add(PropertyId.SubscriptionIdentifier, 200));
        var properties = new TestProperties()
            .AddUser("1", "")
            .Add(PropertyId.TopicAlias, 3)
            .AddUser("2", "")
            .Add(PropertyId.MessageExpiryInterval, 77)
            .Add(PropertyId.ContentType, "text")
            .AddUser("3", "");

        broker.Connect("publisher").Publish("a", "x", properties: properties);

        var publish = subscriber.ReceivesPublish();
        Assert.Equal(["1=", "2=", "3="], publish.UserProperties());
        Assert.Equal((77U, 200U, "text"), (publish.Number(PropertyId.MessageExpiryInterval), publish.Number(PropertyId.SubscriptionIdentifier), publish.Text(PropertyId.ContentType)));
        Assert.False(publish.Has(PropertyId.TopicAlias));
    }

    [Fact, Spec("MQTT-3.3.2-17")]
    public void Properties_that_fill_many_kilobytes_pass()
    {
        var broker = new BrokerHarness();
        var subscriber = broker.Connect("subscriber").Subscribe("a", QoS.AtLeastOnce);
        var properties = new TestProperties().Add(PropertyId.TopicAlias, 1);
        for (var i = 0; i < 100; i++)
        {
            properties.AddUser(new string('n', 500), new string('v', 500));
        }

        broker.Connect("publisher").PublishAcknowledged("a", "x", QoS.AtLeastOnce, properties: properties);

        Assert.Equal(100, subscriber.ReceivesPublish().UserProperties().Count);
    }

    /// <summary>The server may check the payload, and does not: it is opaque (§3.3.2.3.2 says MAY).</summary>
    [Fact, Spec("MQTT-3.3.2-4", "R15")]
    public void A_payload_that_is_not_the_UTF_8_it_claims_to_be_is_forwarded_unaltered()
    {
        var broker = new BrokerHarness();
        var subscriber = broker.Connect("subscriber").Subscribe("a");

        broker.Connect("publisher").Send(new PublishPacket
        {
            Topic = "a"u8,
            Payload = Correlation,
            Properties = PropertyBlock.FromTrusted(new TestProperties().Add(PropertyId.PayloadFormatIndicator, 1).Bytes),
        });

        var publish = subscriber.ReceivesPublish();
        Assert.Equal(Correlation, publish.Payload);
        Assert.Equal(1U, publish.Number(PropertyId.PayloadFormatIndicator));
    }

    [Theory, Spec("MQTT-3.3.2-13", "MQTT-3.3.2-19", "MQTT-4.13.1-1")]
    [InlineData("payload format 2", new byte[] { 0x01, 2 }, DisconnectReasonCode.ProtocolError)]
    [InlineData("payload format twice", new byte[] { 0x01, 1, 0x01, 1 }, DisconnectReasonCode.ProtocolError)]
    [InlineData("content type not UTF-8", new byte[] { 0x03, 0, 2, 0xC3, 0x28 }, DisconnectReasonCode.MalformedPacket)]
    [InlineData("response topic not UTF-8", new byte[] { 0x08, 0, 2, 0xC3, 0x28 }, DisconnectReasonCode.MalformedPacket)]
    [InlineData("a property of CONNECT", new byte[] { 0x11, 0, 0, 0, 1 }, DisconnectReasonCode.MalformedPacket)]
    [InlineData("cut short", new byte[] { 0x02, 0, 0 }, DisconnectReasonCode.MalformedPacket)]
    public void Properties_that_are_not_allowed_close_the_connection(string what, byte[] properties, DisconnectReasonCode code)
    {
        var broker = new BrokerHarness();
        var watcher = broker.Connect("watcher").Subscribe("#");
        var publisher = broker.Connect("publisher");

        publisher.SendBytes(RawPacket.Of(0x30, [.. RawPacket.Text("a"), (byte)properties.Length, .. properties, (byte)'x']));

        publisher.IsClosedWith(code);
        watcher.ReceivesNothing();
        Assert.NotEmpty(what);
    }

    private static void Publish(TestClient publisher, QoS qos, bool retain)
    {
        var properties = new TestProperties()
            .Add(PropertyId.PayloadFormatIndicator, 1)
            .AddUser("b", "2")
            .Add(PropertyId.ResponseTopic, "answers/1")
            .AddUser("a", "1")
            .Add(PropertyId.CorrelationData, Correlation)
            .Add(PropertyId.ContentType, "application/json")
            .AddUser("b", "2");
        publisher.Publish("a", "x", qos, retain, properties: properties);
    }

    private static void HasAll(ReceivedPacket publish)
    {
        Assert.Equal("x", publish.PayloadText);
        Assert.Equal(1U, publish.Number(PropertyId.PayloadFormatIndicator));
        Assert.Equal("answers/1", publish.Text(PropertyId.ResponseTopic));
        Assert.Equal("application/json", publish.Text(PropertyId.ContentType));
        Assert.True(publish.Properties.TryGet(PropertyId.CorrelationData, out var correlation));
        Assert.Equal(Correlation, correlation.Value.ToArray());
        Assert.Equal(["b=2", "a=1", "b=2"], publish.UserProperties());
        Assert.False(publish.Has(PropertyId.TopicAlias) || publish.Has(PropertyId.SubscriptionIdentifier) || publish.Has(PropertyId.MessageExpiryInterval));
    }
}
