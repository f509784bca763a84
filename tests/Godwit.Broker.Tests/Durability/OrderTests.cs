using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests.Durability;

/// <summary>What has to be durable before an answer leaves, and what waits for nothing.</summary>
public sealed class OrderTests
{
    private static readonly byte[] Pingreq = [0xC0, 0x00];

    public static TheoryData<ProtocolVersion, int> Rows => new()
    {
        { ProtocolVersion.Mqtt311, 1 },
        { ProtocolVersion.Mqtt311, 3 },
        { ProtocolVersion.Mqtt5, 1 },
        { ProtocolVersion.Mqtt5, 3 },
    };

    [Theory, Spec("MQTT-4.3.2-4", "MQTT3-4.3.2-2")]
    [MemberData(nameof(Rows))]
    public void PUBACK_waits_until_the_message_is_durable(ProtocolVersion version, int shards)
    {
        var broker = WithSubscriberAway(shards);
        var publisher = broker.Connect("publisher", version);
        broker.HoldBack();

        var packetId = publisher.Publish("t", "m", QoS.AtLeastOnce);

        publisher.ReceivesNothing();
        broker.Flush();
        Assert.Equal(packetId, publisher.Receives(PacketType.Puback).PacketId);
        Assert.Single(broker.Log!.State().Queue);
    }

    [Theory, Spec("MQTT-3.3.1-5", "MQTT3-3.3.1-5")]
    [MemberData(nameof(Rows))]
    public void PUBACK_waits_until_the_retained_value_is_durable(ProtocolVersion version, int shards)
    {
        var broker = Durable(shards);
        var publisher = broker.Connect("publisher", version);
        broker.HoldBack();

        publisher.Publish("t", "m", QoS.AtLeastOnce, retain: true);

        publisher.ReceivesNothing();
        broker.Flush();
        publisher.Receives(PacketType.Puback);

        publisher.Publish("t", "", QoS.AtLeastOnce, retain: true);

        publisher.ReceivesNothing();
        Assert.Equal(0, broker.Core.RetainedCount);
        broker.Flush();
        publisher.Receives(PacketType.Puback);
    }

    [Theory, Spec("MQTT-4.3.3-8", "MQTT3-4.3.3-2")]
    [MemberData(nameof(Rows))]
    public void PUBREC_waits_until_the_packet_id_is_durable_even_when_nobody_subscribes(ProtocolVersion version, int shards)
    {
        var broker = Durable(shards);
        var publisher = broker.Persistent("publisher", version);
        broker.HoldBack();

        var packetId = publisher.Publish("t", "m", QoS.ExactlyOnce);

        publisher.ReceivesNothing();
        broker.Flush();
        Assert.Equal(packetId, publisher.Receives(PacketType.Pubrec).PacketId);
    }

    [Theory, Spec("MQTT-4.3.3-8", "MQTT3-4.3.3-2")]
    [MemberData(nameof(Rows))]
    public void PUBREC_waits_until_the_message_is_durable(ProtocolVersion version, int shards)
    {
        var broker = WithSubscriberAway(shards);
        var publisher = broker.Connect("publisher", version);
        broker.HoldBack();

        publisher.Publish("t", "m", QoS.ExactlyOnce);

        publisher.ReceivesNothing();
        broker.Flush();
        publisher.Receives(PacketType.Pubrec);
    }

    [Theory, Spec("MQTT-4.3.3-10", "Trap-45")]
    [MemberData(nameof(Rows))]
    public void PUBREC_for_a_repeated_PUBLISH_waits_for_the_first(ProtocolVersion version, int shards)
    {
        var broker = WithSubscriberAway(shards);
        var publisher = broker.Persistent("publisher", version);
        broker.HoldBack();
        publisher.Publish("t", "m", QoS.ExactlyOnce, packetId: 7);
        publisher.Publish("t", "m", QoS.ExactlyOnce, dup: true, packetId: 7);

        publisher.ReceivesNothing();

        broker.Flush();
        Assert.Equal([PacketType.Pubrec, PacketType.Pubrec], publisher.ReceivesTypes(3));
        Assert.Single(broker.Log!.State().Queue);
    }

    [Theory, Spec("MQTT-4.3.3-11", "MQTT3-4.3.3-2")]
    [MemberData(nameof(Rows))]
    public void PUBCOMP_waits_until_the_packet_id_is_gone_from_the_log(ProtocolVersion version, int shards)
    {
        var broker = Durable(shards);
        var publisher = broker.Persistent("publisher", version);
        publisher.Publish("t", "m", QoS.ExactlyOnce, packetId: 7);
        publisher.Receives(PacketType.Pubrec);
        broker.HoldBack();

        publisher.Pubrel(7);

        publisher.ReceivesNothing();
        broker.Flush();
        Assert.Equal((7, 0), (publisher.Receives(PacketType.Pubcomp) is var pubcomp ? pubcomp.PacketId : 0, pubcomp.ReasonCode));
    }

    [Theory, Spec("MQTT-3.8.4-1", "MQTT3-3.8.4-1")]
    [MemberData(nameof(Rows))]
    public void SUBACK_waits_until_the_subscription_is_durable_and_retained_messages_come_behind_it(ProtocolVersion version, int shards)
    {
        var broker = Durable(shards);
        broker.Connect("publisher").PublishAcknowledged("t", "m", QoS.AtLeastOnce, retain: true);
        var client = broker.Persistent("client", version);
        broker.HoldBack();

        client.SendSubscribe([("t", 1)]);

        client.ReceivesNothing();
        broker.Flush();
        Assert.Equal([PacketType.Suback, PacketType.Publish], client.ReceivesTypes(3));
    }

    [Theory, Spec("MQTT-3.10.4-4", "MQTT3-3.10.4-4")]
    [MemberData(nameof(Rows))]
    public void UNSUBACK_waits_until_the_subscription_is_gone_from_the_log(ProtocolVersion version, int shards)
    {
        var broker = Durable(shards);
        var client = broker.Persistent("client", version).Subscribe("t");
        broker.HoldBack();

        client.Send(new UnsubscribePacket { PacketId = 9, FilterBytes = "\0\u0001t"u8 });

        client.ReceivesNothing();
        broker.Flush();
        Assert.Equal(9, client.Receives(PacketType.Unsuback).PacketId);
    }

    [Theory, Spec("MQTT-4.3.3-4", "MQTT3-4.3.3-1")]
    [MemberData(nameof(Rows))]
    public void PUBREL_waits_until_the_PUBREC_is_durable(ProtocolVersion version, int shards)
    {
        var broker = Durable(shards);
        var client = broker.Persistent("client", version).Subscribe("t", QoS.ExactlyOnce);
        broker.Connect("publisher").PublishAcknowledged("t", "m", QoS.ExactlyOnce);
        var packetId = client.ReceivesPublish().PacketId;
        broker.HoldBack();

        client.Pubrec(packetId);

        client.ReceivesNothing();
        broker.Flush();
        Assert.Equal(packetId, client.Receives(PacketType.Pubrel).PacketId);
        client.Pubcomp(packetId);
        Assert.Empty(broker.Log!.State().Queue);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Answers_of_one_connection_keep_the_order_of_their_packets(ProtocolVersion version, int shards)
    {
        var broker = WithSubscriberAway(shards);
        var publisher = broker.Persistent("publisher", version);
        broker.HoldBack();

        publisher.Publish("t", "m1", QoS.AtLeastOnce, packetId: 1);
        publisher.Publish("nobody", "m2", QoS.AtLeastOnce, packetId: 2);
        publisher.SendSubscribe([("mine", 0)]);
        publisher.Publish("t", "m3", QoS.ExactlyOnce, packetId: 3);
        publisher.Publish("nobody", "m4", QoS.AtLeastOnce, packetId: 4);

        publisher.ReceivesNothing();
        broker.Flush();
        Assert.Equal(
            [PacketType.Puback, PacketType.Puback, PacketType.Suback, PacketType.Pubrec, PacketType.Puback],
            publisher.ReceivesTypes(9));
    }

    [Fact]
    public void An_answer_leaves_when_its_own_record_is_durable_and_not_later()
    {
        var broker = WithSubscriberAway(shards: 1);
        var publisher = broker.Connect("publisher");
        broker.HoldBack();
        publisher.Publish("t", "m1", QoS.AtLeastOnce, packetId: 1);
        publisher.Publish("nobody", "m2", QoS.AtLeastOnce, packetId: 2);
        broker.Log!.Flush();                                // the broker does not look before its next turn
        broker.IsStepped = true;
        publisher.Publish("t", "m3", QoS.AtLeastOnce, packetId: 3);
        broker.IsStepped = false;

        Assert.Equal([1, 2], publisher.ReceivesAll(PacketType.Puback).ConvertAll(puback => (int)puback.PacketId));

        broker.Flush();
        Assert.Equal(3, publisher.Receives(PacketType.Puback).PacketId);
    }

    [Theory]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void Several_connections_wait_for_one_flush(int shards)
    {
        var broker = WithSubscriberAway(shards);
        var publishers = Enumerable.Range(0, 10).Select(i => broker.Connect($"publisher{i}")).ToList();
        broker.HoldBack();

        publishers.ForEach(publisher => publisher.Publish("t", "m", QoS.AtLeastOnce));

        publishers.ForEach(publisher => publisher.ReceivesNothing());
        broker.Flush();
        publishers.ForEach(publisher => publisher.Receives(PacketType.Puback));
        Assert.Equal(10, broker.Log!.State().Queue.Count);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void What_nobody_keeps_is_acknowledged_at_once(ProtocolVersion version, int shards)
    {
        var broker = Durable(shards);
        broker.Persistent("qos0", version).Subscribe("t", QoS.AtMostOnce);
        var subscriber = broker.Connect("clean", version).Subscribe("t", QoS.ExactlyOnce);
        var publisher = broker.Connect("publisher", version);
        broker.HoldBack();

        publisher.PublishAcknowledged("t", "m1", QoS.AtLeastOnce);
        publisher.PublishAcknowledged("t", "m2", QoS.ExactlyOnce);
        publisher.PublishAcknowledged("nobody", "m3", QoS.AtLeastOnce);
        publisher.PublishAcknowledged("nobody", "m4", QoS.ExactlyOnce);
        publisher.SubscribeRaw([("x", 2)]);
        publisher.Unsubscribe("x");

        Assert.Equal(["m1", "m2"], subscriber.ReceivesAllPublishes().ConvertAll(publish => publish.PayloadText));
        broker.Connect("other", version);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void PINGRESP_waits_for_nothing(ProtocolVersion version, int shards)
    {
        var broker = WithSubscriberAway(shards);
        var publisher = broker.Persistent("publisher", version);
        broker.HoldBack();
        publisher.Publish("t", "m", QoS.AtLeastOnce);

        publisher.SendBytes(Pingreq);

        publisher.Receives(PacketType.Pingresp);
        publisher.ReceivesNothing();
        broker.Flush();
        publisher.Receives(PacketType.Puback);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_connection_that_is_lost_while_answers_wait_is_never_sent_them(int shards)
    {
        var broker = WithSubscriberAway(shards);
        var publisher = broker.Persistent("publisher");
        broker.HoldBack();
        publisher.Publish("t", "m", QoS.AtLeastOnce);

        publisher.DropConnection();

        broker.Flush();
        publisher.ReceivesNothing();
        Assert.Single(broker.Log!.State().Queue);
    }

    [Fact]
    public void A_connection_that_is_refused_while_answers_wait_is_told_why_and_nothing_else()
    {
        var broker = WithSubscriberAway(shards: 1);
        var publisher = broker.Connect("publisher");
        broker.HoldBack();
        publisher.Publish("t", "m", QoS.AtLeastOnce);

        publisher.SendBytes([0xFF, 0x00]);

        Assert.Equal((int)DisconnectReasonCode.MalformedPacket, publisher.Receives(PacketType.Disconnect).ReasonCode);
        broker.Flush();
        publisher.ReceivesNothing();
    }

    private static BrokerHarness Durable(int shards) => new(shards, log: new TestLog());

    private static BrokerHarness WithSubscriberAway(int shards)
    {
        var broker = Durable(shards);
        broker.Persistent("away").Subscribe("t", QoS.ExactlyOnce).Disconnect();
        return broker;
    }
}
