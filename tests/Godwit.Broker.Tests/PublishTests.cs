using System.Text;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests;

/// <summary>What a PUBLISH carries and who gets it (5.0 §3.3).</summary>
public sealed class PublishTests
{
    public static TheoryData<ProtocolVersion, int> VersionsAndPayloadSizes => new(
        from version in Enum.GetValues<ProtocolVersion>()
        from size in new[] { 0, 1, 127, 128, 16_384, 1_048_576 }
        select (version, size));

    [Theory, Spec("MQTT-3.3.4-1", "MQTT3-3.3.4-1", "R15")]
    [MemberData(nameof(VersionsAndPayloadSizes))]
    public void A_payload_arrives_byte_by_byte_as_it_was_sent(ProtocolVersion version, int size)
    {
        var broker = new BrokerHarness(shards: 3);
        var payload = Enumerable.Range(0, size).Select(i => (byte)(i * 7)).ToArray();
        var subscribers = Enum.GetValues<QoS>().Select(qos => broker.Connect($"subscriber {qos}", version).Subscribe("a", qos)).ToList();
        var publisher = broker.Connect("publisher", version);

        publisher.Send(new PublishPacket { Topic = "a"u8, Payload = payload, QoS = QoS.AtLeastOnce, PacketId = 1 });

        Assert.All(subscribers, subscriber => Assert.True(payload.AsSpan().SequenceEqual(subscriber.ReceivesPublish().Payload)));
    }

    [Theory, Spec("MQTT-4.5.0-1", "MQTT3-4.5.0-1", "R28", "R55")]
    [MemberData(nameof(Variants.VersionsAndShards), MemberType = typeof(Variants))]
    public void Every_matching_client_gets_one_copy_the_publisher_included(ProtocolVersion version, int shards)
    {
        var broker = new BrokerHarness(shards);
        var clients = Enumerable.Range(0, 10).Select(i => broker.Connect($"client {i}", version).Subscribe("chat/room/1", QoS.AtLeastOnce)).ToList();
        var other = broker.Connect("other", version).Subscribe("chat/room/2", QoS.AtLeastOnce);

        clients[3].Publish("chat/room/1", "hello");
        clients[4].Publish("chat/room/1", "hi");

        Assert.All(clients, client => Assert.Equal(["hello", "hi"], client.ReceivesAllPublishes().Select(publish => publish.PayloadText).Order()));
        other.ReceivesNothing();
    }

    [Theory, Spec("MQTT-3.3.1-3", "MQTT3-3.3.1-3", "MQTT-4.3.2-2", "MQTT-4.3.3-2")]
    [MemberData(nameof(Variants.VersionsAndQoS), MemberType = typeof(Variants))]
    public void DUP_of_the_publisher_is_not_forwarded(ProtocolVersion version, QoS qos)
    {
        var broker = new BrokerHarness(shards: 3);
        var subscriber = broker.Connect("subscriber", version).Subscribe("a", QoS.ExactlyOnce);
        var publisher = broker.Connect("publisher", version);

        publisher.Publish("a", "x", qos, dup: qos > QoS.AtMostOnce);

        Assert.False(subscriber.ReceivesPublish().Dup);
    }

    [Theory, Spec("MQTT-3.3.1-12", "MQTT3-3.3.1-9")]
    [MemberData(nameof(Variants.VersionsAndQoS), MemberType = typeof(Variants))]
    public void RETAIN_of_the_publisher_is_not_forwarded_to_an_established_subscription(ProtocolVersion version, QoS qos)
    {
        var broker = new BrokerHarness(shards: 3);
        var subscriber = broker.Connect("subscriber", version).Subscribe("a", QoS.ExactlyOnce);
        var publisher = broker.Connect("publisher", version);

        publisher.Publish("a", "x", qos, retain: true);

        Assert.False(subscriber.ReceivesPublish().Retain);
    }

    /// <summary>Malformed or forbidden in every version; a 5.0 client is told which.</summary>
    public static TheoryData<string, byte[], DisconnectReasonCode> Refused => new()
    {
        { "QoS 3", RawPacket.Of(0x36, [.. RawPacket.Text("a"), 0, 1, 0]), DisconnectReasonCode.MalformedPacket },
        { "DUP with QoS 0", RawPacket.Of(0x38, [.. RawPacket.Text("a"), 0]), DisconnectReasonCode.MalformedPacket },
        { "packet id 0", RawPacket.Of(0x32, [.. RawPacket.Text("a"), 0, 0, 0]), DisconnectReasonCode.ProtocolError },
        { "a wildcard +", RawPacket.Of(0x30, [.. RawPacket.Text("a/+"), 0]), DisconnectReasonCode.TopicNameInvalid },
        { "a wildcard #", RawPacket.Of(0x30, [.. RawPacket.Text("#"), 0]), DisconnectReasonCode.TopicNameInvalid },
        { "an empty topic", RawPacket.Of(0x30, [.. RawPacket.Text(""), 0]), DisconnectReasonCode.ProtocolError },
        { "U+0000", RawPacket.Of(0x30, [.. RawPacket.Text("a\0b"), 0]), DisconnectReasonCode.MalformedPacket },
        { "ill-formed UTF-8", RawPacket.Of(0x30, 0, 2, 0xC3, 0x28, 0), DisconnectReasonCode.MalformedPacket },
    };

    [Theory, Spec("MQTT-3.3.1-2", "MQTT-3.3.1-4", "MQTT-2.2.1-3", "MQTT-3.3.2-1", "MQTT-3.3.2-2", "MQTT-4.7.3-1", "MQTT-4.7.3-2", "R26", "R49")]
    [Spec("MQTT3-3.3.1-2", "MQTT3-3.3.1-4", "MQTT3-2.3.1-1", "MQTT3-3.3.2-1", "MQTT3-3.3.2-2", "MQTT3-4.7.3-1", "MQTT3-4.7.3-2", "MQTT3-4.8.0-1")]
    [MemberData(nameof(Refused))]
    public void A_PUBLISH_that_is_not_allowed_closes_the_connection(string what, byte[] packet, DisconnectReasonCode code)
    {
        foreach (var version in Enum.GetValues<ProtocolVersion>())
        {
            var broker = new BrokerHarness();
            var watcher = broker.Connect("watcher").Subscribe("#");
            var client = broker.Connect("client", version);

            client.SendBytes(packet);

            client.IsClosedWith(code);
            watcher.ReceivesNothing();
            Assert.Contains(broker.Events, line => line.StartsWith("packet client Publish", StringComparison.Ordinal));
            Assert.NotEmpty(what);
        }
    }

    [Fact, Spec("MQTT-3.3.4-6", "MQTT-3.3.2-14")]
    public void Subscription_Identifiers_and_wildcards_in_the_Response_Topic_are_refused()
    {
        var broker = new BrokerHarness();
        var first = broker.Connect("first");
        var second = broker.Connect("second");

        first.Publish("a", "x", properties: new TestProperties().Add(PropertyId.SubscriptionIdentifier, 5));
        second.Publish("a", "x", properties: new TestProperties().Add(PropertyId.ResponseTopic, "answers/#"));

        first.IsClosedWith(DisconnectReasonCode.ProtocolError);
        second.IsClosedWith(DisconnectReasonCode.ProtocolError);
    }

    [Theory, Spec("MQTT-3.4.2-1", "MQTT-3.5.2-1")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void No_matching_subscribers_is_said_only_when_there_are_none(int shards)
    {
        var broker = new BrokerHarness(shards);
        var publisher = broker.Connect("publisher");
        PublishedWith(publisher, "nobody", (int)PubackReasonCode.NoMatchingSubscribers);

        broker.Connect("live").Subscribe("live");
        PublishedWith(publisher, "live", 0);

        broker.Persistent("away").Subscribe("away", QoS.AtLeastOnce).DropConnection();
        PublishedWith(publisher, "away", 0);

        broker.Connect("member").Subscribe("$share/g/shared");
        PublishedWith(publisher, "shared", 0);
    }

    /// <summary>Keeping a message is not the same as having a subscriber.</summary>
    [Fact, Spec("MQTT-3.4.2-1", "MQTT-3.5.2-1")]
    public void A_retained_message_without_subscribers_is_answered_with_no_matching_subscribers()
    {
        var broker = new BrokerHarness();
        var publisher = broker.Connect("publisher");

        publisher.Publish("a", "x", QoS.AtLeastOnce, retain: true);

        Assert.Equal((int)PubackReasonCode.NoMatchingSubscribers, publisher.Receives(PacketType.Puback).ReasonCode);
    }

    [Theory, Spec("MQTT3-3.3.5-2", "MQTT-4.3.3-9", "Trap-69")]
    [MemberData(nameof(Variants.VersionsAndShards), MemberType = typeof(Variants))]
    public void A_PUBLISH_without_the_right_is_dropped_and_5_0_is_told(ProtocolVersion version, int shards)
    {
        var access = new TestAccess();
        access.DeniedTopics.Add("secret");
        var broker = new BrokerHarness(shards, access: access);
        var watcher = broker.Connect("watcher").Subscribe("#");
        var publisher = broker.Connect("publisher", version);
        var code = version == ProtocolVersion.Mqtt5 ? (int)PubackReasonCode.NotAuthorized : 0;

        publisher.Publish("secret", "x");
        publisher.Publish("secret", "x", QoS.AtLeastOnce);
        publisher.Publish("secret", "x", QoS.ExactlyOnce);

        Assert.Equal(code, publisher.Receives(PacketType.Puback).ReasonCode);
        Assert.Equal(code, publisher.Receives(PacketType.Pubrec).ReasonCode);
        publisher.ReceivesNothing();
        watcher.ReceivesNothing();
        Assert.Equal(3, broker.Dropped(DropReason.PublishNotAuthorized));
    }

    /// <summary>No PUBREL follows a refusal, so the next PUBLISH with this id is another message.</summary>
    [Fact, Spec("MQTT-4.3.3-9", "Trap-69")]
    public void After_PUBREC_not_authorized_the_packet_id_is_free()
    {
        var access = new TestAccess();
        access.DeniedTopics.Add("secret");
        var broker = new BrokerHarness(access: access);
        var watcher = broker.Connect("watcher").Subscribe("#");
        var publisher = broker.Connect("publisher");
        publisher.Publish("secret", "x", QoS.ExactlyOnce, packetId: 7);
        Assert.Equal((int)PubrecReasonCode.NotAuthorized, publisher.Receives(PacketType.Pubrec).ReasonCode);

        publisher.Publish("open", "y", QoS.ExactlyOnce, dup: true, packetId: 7);

        Assert.Equal(0, publisher.Receives(PacketType.Pubrec).ReasonCode);
        Assert.Equal("y", watcher.ReceivesPublish().PayloadText);
    }

    [Theory, Spec("MQTT3-3.3.5-2", "R48")]
    [MemberData(nameof(Variants.Versions), MemberType = typeof(Variants))]
    public void SYS_belongs_to_the_broker(ProtocolVersion version)
    {
        var broker = new BrokerHarness();
        var watcher = broker.Connect("watcher").Subscribe("$SYS/#");
        var publisher = broker.Connect("publisher", version);

        publisher.Publish("$SYS/broker/version", "mine", QoS.AtLeastOnce, retain: true);

        Assert.Equal(version == ProtocolVersion.Mqtt5 ? 0x87 : 0, publisher.Receives(PacketType.Puback).ReasonCode);
        watcher.ReceivesNothing();
        broker.Connect("late").Subscribe("$SYS/#").ReceivesNothing();
        Assert.Equal(1, broker.Dropped(DropReason.ReservedTopic));
    }

    /// <summary>Only <c>$SYS</c> itself is reserved; <c>$share/g/t</c> is a name like any other when it is published to.</summary>
    [Theory, Spec("MQTT-4.7.2-1", "MQTT3-4.7.2-1")]
    [InlineData("$SYSTEM/x")]
    [InlineData("$share/g/t")]
    [InlineData("$other")]
    public void Other_dollar_topics_are_ordinary_names(string topic)
    {
        var broker = new BrokerHarness();
        var hash = broker.Connect("hash").Subscribe("#");
        var shared = broker.Connect("shared").Subscribe("$share/g/t");
        var publisher = broker.Connect("publisher");

        publisher.Publish(topic, "x", QoS.AtLeastOnce);

        Assert.Equal(0x10, publisher.Receives(PacketType.Puback).ReasonCode);
        hash.ReceivesNothing();
        shared.ReceivesNothing();
    }

    private static void PublishedWith(TestClient publisher, string topic, int code)
    {
        publisher.Publish(topic, Encoding.UTF8.GetString("x"u8), QoS.AtLeastOnce);
        Assert.Equal(code, publisher.Receives(PacketType.Puback).ReasonCode);
        var packetId = publisher.Publish(topic, "x", QoS.ExactlyOnce);
        Assert.Equal(code, publisher.Receives(PacketType.Pubrec).ReasonCode);
        publisher.Pubrel(packetId);
        publisher.Receives(PacketType.Pubcomp);
    }
}
