using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests;

/// <summary>The broker as the receiver of QoS 1 and 2: packet ids, duplicates, PUBREL (5.0 §4.3.2, §4.3.3).</summary>
public sealed class QosInboundTests
{
    [Theory, Spec("MQTT-4.3.2-4", "MQTT-4.3.2-5", "MQTT3-4.3.2-2", "MQTT-2.2.1-5", "MQTT3-2.3.1-6", "R17")]
    [MemberData(nameof(Variants.VersionsAndShards), MemberType = typeof(Variants))]
    public void QoS_1_with_an_id_that_was_acknowledged_is_a_new_message_even_with_DUP(ProtocolVersion version, int shards)
    {
        var broker = new BrokerHarness(shards);
        var subscriber = broker.Connect("subscriber", version).Subscribe("a");
        var publisher = broker.Connect("publisher", version);

        publisher.Publish("a", "first", QoS.AtLeastOnce, packetId: 10);
        publisher.Publish("a", "second", QoS.AtLeastOnce, packetId: 10);
        publisher.Publish("a", "third", QoS.AtLeastOnce, dup: true, packetId: 10);

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(10, publisher.Receives(PacketType.Puback).PacketId);
        }

        Assert.Equal(["first", "second", "third"], subscriber.ReceivesAllPublishes().Select(publish => publish.PayloadText));
    }

    [Theory, Spec("MQTT-4.3.3-8", "MQTT-4.3.3-10", "MQTT3-4.3.3-2", "R19")]
    [MemberData(nameof(Variants.VersionsAndShards), MemberType = typeof(Variants))]
    public void QoS_2_with_the_same_id_before_PUBREL_is_delivered_once(ProtocolVersion version, int shards)
    {
        var broker = new BrokerHarness(shards);
        var subscriber = broker.Connect("subscriber", version).Subscribe("a");
        var publisher = broker.Connect("publisher", version);

        publisher.Publish("a", "bill", QoS.ExactlyOnce, packetId: 10);
        publisher.Publish("a", "bill", QoS.ExactlyOnce, dup: true, packetId: 10);
        publisher.Publish("a", "bill", QoS.ExactlyOnce, packetId: 10);

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(10, publisher.Receives(PacketType.Pubrec).PacketId);
        }

        Assert.Equal("bill", subscriber.ReceivesPublish().PayloadText);
        subscriber.ReceivesNothing();
    }

    [Theory, Spec("MQTT-4.3.3-11", "MQTT-4.3.3-12", "MQTT3-4.3.3-2", "R19")]
    [MemberData(nameof(Variants.Versions), MemberType = typeof(Variants))]
    public void After_PUBCOMP_the_same_id_is_a_new_message(ProtocolVersion version)
    {
        var broker = new BrokerHarness();
        var subscriber = broker.Connect("subscriber", version).Subscribe("a");
        var publisher = broker.Connect("publisher", version);
        publisher.Publish("a", "first", QoS.ExactlyOnce, packetId: 10);
        publisher.Receives(PacketType.Pubrec);
        publisher.Pubrel(10);
        Assert.Equal(10, publisher.Receives(PacketType.Pubcomp).PacketId);

        publisher.Publish("a", "second", QoS.ExactlyOnce, dup: true, packetId: 10);

        publisher.Receives(PacketType.Pubrec);
        Assert.Equal(["first", "second"], subscriber.ReceivesAllPublishes().Select(publish => publish.PayloadText));
    }

    /// <summary>The connection breaks at each step of the exchange, and the publisher goes on where it stopped.</summary>
    [Theory, Spec("MQTT-4.3.3-10", "MQTT3-4.3.3-2", "MQTT-4.4.0-1", "MQTT3-4.4.0-1", "R19")]
    [MemberData(nameof(Variants.VersionsAndShards), MemberType = typeof(Variants))]
    public void QoS_2_is_delivered_once_across_reconnects(ProtocolVersion version, int shards)
    {
        var broker = new BrokerHarness(shards);
        var subscriber = broker.Connect("subscriber", version).Subscribe("orders");
        var publisher = broker.Persistent("publisher", version);

        publisher.Publish("orders", "one", QoS.ExactlyOnce, packetId: 3);
        publisher.DropConnection();                                          // PUBREC is lost
        publisher = broker.Persistent("publisher", version);
        publisher.Publish("orders", "one", QoS.ExactlyOnce, dup: true, packetId: 3);
        Assert.Equal(3, publisher.Receives(PacketType.Pubrec).PacketId);
        publisher.DropConnection();                                          // PUBREL never leaves
        publisher = broker.Persistent("publisher", version);
        publisher.Pubrel(3);
        Assert.Equal(0, publisher.Receives(PacketType.Pubcomp).ReasonCode);

        Assert.Equal("one", subscriber.ReceivesPublish().PayloadText);
        subscriber.ReceivesNothing();
    }

    [Theory, Spec("MQTT-4.3.3-10", "MQTT3-4.3.3-2", "R31")]
    [MemberData(nameof(Variants.Versions), MemberType = typeof(Variants))]
    public void A_clean_start_forgets_the_ids_that_waited_for_PUBREL(ProtocolVersion version)
    {
        var broker = new BrokerHarness();
        var subscriber = broker.Connect("subscriber", version).Subscribe("a");
        broker.Persistent("publisher", version).Publish("a", "first", QoS.ExactlyOnce, packetId: 3);

        var publisher = broker.Connect("publisher", version);
        publisher.Publish("a", "second", QoS.ExactlyOnce, packetId: 3);

        Assert.Equal(["first", "second"], subscriber.ReceivesAllPublishes().Select(publish => publish.PayloadText));
    }

    [Theory, Spec("MQTT-3.7.2-1", "MQTT3-4.3.3-2")]
    [MemberData(nameof(Variants.Versions), MemberType = typeof(Variants))]
    public void PUBREL_for_an_unknown_id_is_answered_and_is_no_error(ProtocolVersion version)
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("client", version);

        client.Pubrel(4711);

        var pubcomp = client.Receives(PacketType.Pubcomp);
        Assert.Equal(4711, pubcomp.PacketId);
        Assert.Equal(version == ProtocolVersion.Mqtt5 ? (int)PubcompReasonCode.PacketIdentifierNotFound : 0, pubcomp.ReasonCode);
        Assert.False(client.IsClosed);
    }

    [Theory, Spec("MQTT-3.6.1-1", "MQTT3-3.6.1-1")]
    [MemberData(nameof(Variants.Versions), MemberType = typeof(Variants))]
    public void PUBREL_with_other_flags_than_0010_closes_the_connection(ProtocolVersion version)
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("client", version);

        client.SendBytes([0x60, 2, 0, 1]);

        client.IsClosedWith(DisconnectReasonCode.MalformedPacket);
    }

    /// <summary>The expiry of a message has nothing to do with the exchange that brought it.</summary>
    [Fact, Spec("MQTT-4.3.3-13")]
    public void The_exchange_is_finished_although_the_message_has_expired()
    {
        var broker = new BrokerHarness();
        var publisher = broker.Connect("publisher");
        publisher.Publish("a", "x", QoS.ExactlyOnce, packetId: 5, properties: new TestProperties().Add(Protocol.Properties.PropertyId.MessageExpiryInterval, 1));
        publisher.Receives(PacketType.Pubrec);

        broker.Advance(TimeSpan.FromSeconds(5));
        publisher.Pubrel(5);

        Assert.Equal(0, publisher.Receives(PacketType.Pubcomp).ReasonCode);
    }

    [Theory, Spec("MQTT-3.3.4-7", "Trap-56")]
    [MemberData(nameof(Variants.Versions), MemberType = typeof(Variants))]
    public void More_open_QoS_2_exchanges_than_Receive_Maximum_close_the_connection(ProtocolVersion version)
    {
        var broker = new BrokerHarness(limits: limits => limits.ReceiveMaximum = 2);
        var subscriber = broker.Connect("subscriber").Subscribe("a");
        var publisher = broker.Connect("publisher", version);
        publisher.Publish("a", "1", QoS.ExactlyOnce, packetId: 1);
        publisher.Publish("a", "2", QoS.ExactlyOnce, packetId: 2);
        publisher.Publish("a", "2", QoS.ExactlyOnce, dup: true, packetId: 2);        // the same exchange again
        publisher.Publish("a", "q1", QoS.AtLeastOnce, packetId: 3);                  // over as soon as it is acknowledged
        Assert.Equal([PacketType.Pubrec, PacketType.Pubrec, PacketType.Pubrec, PacketType.Puback], publisher.ReceivesTypes(4));

        publisher.Publish("a", "3", QoS.ExactlyOnce, packetId: 4);

        publisher.IsClosedWith(DisconnectReasonCode.ReceiveMaximumExceeded);
        Assert.Equal(["1", "2", "q1"], subscriber.ReceivesAllPublishes().Select(publish => publish.PayloadText));
    }

    [Theory, Spec("MQTT-3.3.4-7", "MQTT-4.3.3-11")]
    [MemberData(nameof(Variants.Versions), MemberType = typeof(Variants))]
    public void PUBREL_makes_room_for_the_next_exchange(ProtocolVersion version)
    {
        var broker = new BrokerHarness(limits: limits => limits.ReceiveMaximum = 1);
        var publisher = broker.Connect("publisher", version);

        for (var i = 0; i < 3; i++)
        {
            publisher.PublishAcknowledged("a", "x", QoS.ExactlyOnce);
        }

        Assert.False(publisher.IsClosed);
    }

    [Theory, Spec("MQTT-4.5.0-1", "MQTT-4.3.2-4")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_thousand_publishes_in_one_segment_are_all_acknowledged_and_delivered(int shards)
    {
        var broker = new BrokerHarness(shards);
        var subscriber = broker.Connect("subscriber").Subscribe("a", QoS.ExactlyOnce);
        var publisher = broker.Connect("publisher");
        var segment = new List<byte>();
        for (ushort packetId = 1; packetId <= 1000; packetId++)
        {
            var publish = new PublishPacket { Topic = "a"u8, Payload = "x"u8, QoS = QoS.AtLeastOnce, PacketId = packetId };
            var bytes = new byte[publish.Measure(ProtocolVersion.Mqtt5)];
            publish.Write(bytes, ProtocolVersion.Mqtt5);
            segment.AddRange(bytes);
        }

        publisher.SendBytes([.. segment]);

        for (ushort packetId = 1; packetId <= 1000; packetId++)
        {
            Assert.Equal(packetId, publisher.Receives(PacketType.Puback).PacketId);
            Assert.Equal(packetId, subscriber.ReceivesPublish().PacketId);
        }
    }
}
