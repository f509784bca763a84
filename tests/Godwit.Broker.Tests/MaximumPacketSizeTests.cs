using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests;

/// <summary>The client's Maximum Packet Size, measured on the PUBLISH as it is encoded for this client (5.0 §3.1.2.11.4).</summary>
public sealed class MaximumPacketSizeTests
{
    [Theory, Spec("MQTT-3.1.2-24", "MQTT-3.1.2-25")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_message_too_large_for_one_receiver_reaches_the_others(int shards)
    {
        var broker = new BrokerHarness(shards);
        var small = Small(broker, 40).Subscribe("a", QoS.AtLeastOnce);
        var others = Enum.GetValues<ProtocolVersion>().Select(version => broker.Connect($"other {version}", version).Subscribe("a", QoS.AtLeastOnce)).ToList();

        broker.Connect("publisher").PublishAcknowledged("a", new string('x', 40), QoS.AtLeastOnce);

        Assert.All(others, other => Assert.Equal(40, other.ReceivesPublish().Payload.Length));
        small.ReceivesNothing();
        Assert.False(small.IsClosed);
        Assert.Equal(1, broker.Dropped(DropReason.TooLargeForReceiver));
    }

    /// <summary>2 bytes of fixed header, 2 + 1 of topic, 0 or 2 of packet id, 1 of property length, the payload.</summary>
    [Theory, Spec("MQTT-3.1.2-24")]
    [InlineData(QoS.AtMostOnce, 34)]
    [InlineData(QoS.AtLeastOnce, 32)]
    [InlineData(QoS.ExactlyOnce, 32)]
    public void A_packet_of_exactly_the_maximum_is_sent_and_one_byte_more_is_not(QoS qos, int payloadSize)
    {
        var broker = new BrokerHarness();
        var small = Small(broker, 40).Subscribe("a", qos);
        var publisher = broker.Connect("publisher");

        publisher.PublishAcknowledged("a", new string('x', payloadSize + 1), qos);
        publisher.PublishAcknowledged("a", new string('x', payloadSize), qos);

        Assert.Equal(40, small.ReceivesPublish().Bytes.Length);
        small.ReceivesNothing();
        Assert.Equal(1, broker.Dropped(DropReason.TooLargeForReceiver));
    }

    [Theory, Spec("MQTT-3.1.2-25")]
    [InlineData(QoS.AtLeastOnce)]
    [InlineData(QoS.ExactlyOnce)]
    public void A_message_too_large_counts_as_delivered_and_does_not_block_the_queue(QoS qos)
    {
        var broker = new BrokerHarness();
        var small = Small(broker, 40, receiveMaximum: 1).Subscribe("a", QoS.ExactlyOnce);
        var publisher = broker.Connect("publisher");
        for (var i = 0; i < 3; i++)
        {
            publisher.PublishAcknowledged("a", new string('x', 100), qos);
        }

        publisher.PublishAcknowledged("a", "fits", qos);

        Assert.Equal("fits", small.ReceivesPublish().PayloadText);
        Assert.Equal(3, broker.Dropped(DropReason.TooLargeForReceiver));
        small.DropConnection();
        Assert.Equal(["fits"], Small(broker, 1000).ReceivesAllPublishes().Select(publish => publish.PayloadText));
    }

    [Fact, Spec("MQTT-3.1.2-24", "MQTT-3.1.2-25")]
    public void What_was_in_flight_and_no_longer_fits_after_a_reconnect_counts_as_delivered()
    {
        var broker = new BrokerHarness();
        var client = Small(broker, 1000).Subscribe("a", QoS.ExactlyOnce);
        var publisher = broker.Connect("publisher");
        publisher.PublishAcknowledged("a", new string('x', 100), QoS.AtLeastOnce);
        publisher.PublishAcknowledged("a", new string('x', 100), QoS.ExactlyOnce);
        publisher.PublishAcknowledged("a", "fits", QoS.AtLeastOnce);
        Assert.Equal(3, client.ReceivesAllPublishes().Count);
        client.DropConnection();

        client = Small(broker, 40, receiveMaximum: 1);

        Assert.Equal("fits", client.ReceivesPublish().PayloadText);
        client.ReceivesNothing();
    }

    /// <summary>Properties and Subscription Identifiers belong to the size; they differ from receiver to receiver.</summary>
    [Fact, Spec("MQTT-3.1.2-24")]
    public void Properties_and_Subscription_Identifiers_count()
    {
        var broker = new BrokerHarness();
        var plain = Small(broker, 40, id: "plain").Subscribe("a");
        var identified = Small(broker, 40, id: "identified").Subscribe("a", properties: new TestProperties().Add(PropertyId.SubscriptionIdentifier, 268_435_455));
        var publisher = broker.Connect("publisher");

        publisher.Publish("a", new string('x', 34));                                                           // 40 for one, 45 for the other
        publisher.Publish("a", new string('y', 20), properties: new TestProperties().AddUser("name", "value"));   // 40 and 45 again

        Assert.Equal([40, 40], plain.ReceivesAllPublishes().Select(publish => publish.Bytes.Length));
        identified.ReceivesNothing();
    }

    /// <summary>The alias is the broker's own idea: it must not make a message too large that fits without.</summary>
    [Theory, Spec("MQTT-3.1.2-24", "MQTT-3.1.2-25")]
    [InlineData(QoS.AtMostOnce, 28)]
    [InlineData(QoS.AtLeastOnce, 26)]
    public void A_message_that_fits_only_without_a_new_alias_is_sent_without_it(QoS qos, int payloadSize)
    {
        var broker = new BrokerHarness();
        var small = Small(broker, 40, aliases: 10).Subscribe("topic/a", qos);
        var publisher = broker.Connect("publisher");

        publisher.PublishAcknowledged("topic/a", new string('x', payloadSize), qos);

        var publish = small.ReceivesPublish();
        Assert.Equal((40, "topic/a"), (publish.Bytes.Length, publish.Topic));
        Assert.False(publish.Has(PropertyId.TopicAlias));
        publisher.PublishAcknowledged("topic/a", "short", qos);
        publish = small.ReceivesPublish();
        Assert.Equal(("topic/a", 1U), (publish.Topic, publish.Number(PropertyId.TopicAlias)));
    }

    [Fact, Spec("MQTT-3.1.2-24")]
    public void A_retained_message_too_large_for_a_subscriber_is_skipped()
    {
        var broker = new BrokerHarness();
        var publisher = broker.Connect("publisher");
        publisher.PublishAcknowledged("a/large", new string('x', 100), QoS.AtLeastOnce, retain: true);
        publisher.PublishAcknowledged("a/small", "y", QoS.AtLeastOnce, retain: true);

        var small = Small(broker, 40).Subscribe("a/+", QoS.AtLeastOnce);

        Assert.Equal("a/small", small.ReceivesPublish().Topic);
        small.ReceivesNothing();
    }

    /// <summary>Announced in CONNACK; counted from the first byte of the fixed header.</summary>
    [Theory, Spec("MQTT-3.2.2-15")]
    [MemberData(nameof(Variants.Versions), MemberType = typeof(Variants))]
    public void A_client_that_sends_more_than_the_servers_maximum_is_closed(ProtocolVersion version)
    {
        var broker = new BrokerHarness(limits: limits => limits.PacketSizeBytesMax = 100);
        var client = broker.Connect("client", version);
        var header = version == ProtocolVersion.Mqtt5 ? 8 : 7;          // fixed header 2, topic 3, packet id 2, property length 1

        client.Publish("a", new string('x', 100 - header), QoS.AtLeastOnce);
        client.Receives(PacketType.Puback);
        client.Publish("a", new string('x', 101 - header), QoS.AtLeastOnce);

        client.IsClosedWith(DisconnectReasonCode.PacketTooLarge);
    }

    private static TestClient Small(BrokerHarness broker, uint maximum, uint receiveMaximum = 100, uint aliases = 0, string id = "small")
    {
        var properties = TestProperties.Expiry(uint.MaxValue)
            .Add(PropertyId.MaximumPacketSize, maximum)
            .Add(PropertyId.ReceiveMaximum, receiveMaximum)
            .Add(PropertyId.TopicAliasMaximum, aliases);
        return broker.Connect(id, cleanStart: false, properties: properties);
    }
}
