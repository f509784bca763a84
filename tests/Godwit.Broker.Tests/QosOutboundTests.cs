using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests;

/// <summary>The broker as the sender of QoS 1 and 2: acknowledgements, refusals, sending again (5.0 §4.3, §4.4).</summary>
public sealed class QosOutboundTests
{
    [Theory, Spec("MQTT-4.3.2-1", "MQTT-4.3.2-3", "MQTT-2.2.1-4", "MQTT3-4.3.2-1", "MQTT3-2.3.1-4", "R17")]
    [MemberData(nameof(Variants.VersionsAndShards), MemberType = typeof(Variants))]
    public void Messages_in_flight_have_different_packet_ids(ProtocolVersion version, int shards)
    {
        var broker = new BrokerHarness(shards);
        var subscriber = broker.Connect("subscriber", version).Subscribe("a", QoS.ExactlyOnce);
        var publisher = broker.Connect("publisher", version);

        for (var i = 0; i < 50; i++)
        {
            publisher.PublishAcknowledged("a", "x", i % 2 == 0 ? QoS.AtLeastOnce : QoS.ExactlyOnce);
        }

        var ids = subscriber.ReceivesAllPublishes().Select(publish => publish.PacketId).ToList();
        Assert.Equal(50, ids.Distinct().Count());
        Assert.DoesNotContain((ushort)0, ids);
    }

    [Theory, Spec("MQTT-4.3.3-4", "MQTT-4.3.3-5", "MQTT3-4.3.3-1", "MQTT-4.6.0-4", "MQTT3-4.6.0-4", "R19")]
    [MemberData(nameof(Variants.Versions), MemberType = typeof(Variants))]
    public void PUBREL_answers_each_PUBREC_in_their_order(ProtocolVersion version)
    {
        var broker = new BrokerHarness();
        var subscriber = broker.Connect("subscriber", version).Subscribe("a", QoS.ExactlyOnce);
        PublishMany(broker, QoS.ExactlyOnce, 3);
        Assert.Equal(3, subscriber.ReceivesAllPublishes().Count);

        foreach (var packetId in new ushort[] { 2, 1, 3, 1 })
        {
            subscriber.Pubrec(packetId);
        }

        foreach (var packetId in new ushort[] { 2, 1, 3, 1 })
        {
            var pubrel = subscriber.Receives(PacketType.Pubrel);
            Assert.Equal((packetId, 0), (pubrel.PacketId, pubrel.ReasonCode));
        }

        subscriber.Pubcomp(1);
        subscriber.ReceivesNothing();
    }

    [Theory, Spec("MQTT-4.4.0-1", "MQTT-3.3.1-1", "MQTT-4.6.0-5", "MQTT3-4.4.0-1", "MQTT3-3.3.1-1", "MQTT3-4.6.0-1", "R17", "R49")]
    [MemberData(nameof(Variants.VersionsAndShards), MemberType = typeof(Variants))]
    public void Unacknowledged_messages_are_sent_again_on_reconnect_in_order_with_DUP_and_their_ids(ProtocolVersion version, int shards)
    {
        var broker = new BrokerHarness(shards);
        var subscriber = broker.Persistent("subscriber", version).Subscribe("a", QoS.ExactlyOnce);
        PublishMany(broker, QoS.AtLeastOnce, 3);
        PublishMany(broker, QoS.ExactlyOnce, 3, first: 4);
        var sent = subscriber.ReceivesAllPublishes();
        subscriber.Puback(2);
        subscriber.DropConnection();

        subscriber = broker.Persistent("subscriber", version);

        var again = subscriber.ReceivesAllPublishes();
        Assert.All(again, publish => Assert.True(publish.Dup));
        Assert.Equal(
            sent.Where(publish => publish.PacketId != 2).Select(publish => (publish.PacketId, publish.QoS, publish.PayloadText)),
            again.Select(publish => (publish.PacketId, publish.QoS, publish.PayloadText)));
        subscriber.ReceivesNothing();
    }

    [Theory, Spec("MQTT-4.4.0-1")]
    [MemberData(nameof(Variants.Versions), MemberType = typeof(Variants))]
    public void Nothing_is_sent_again_while_the_connection_lasts(ProtocolVersion version)
    {
        var broker = new BrokerHarness();
        var subscriber = broker.Connect("subscriber", version).Subscribe("a", QoS.ExactlyOnce);
        PublishMany(broker, QoS.AtLeastOnce, 1);
        PublishMany(broker, QoS.ExactlyOnce, 1, first: 2);
        Assert.Equal(2, subscriber.ReceivesAllPublishes().Count);

        broker.Advance(TimeSpan.FromDays(1));

        subscriber.ReceivesNothing();
    }

    [Theory, Spec("MQTT-4.4.0-1", "MQTT-4.3.3-6", "MQTT3-4.4.0-1", "MQTT3-4.3.3-1", "R19")]
    [MemberData(nameof(Variants.VersionsAndShards), MemberType = typeof(Variants))]
    public void After_PUBREC_a_reconnect_brings_PUBREL_and_never_the_PUBLISH(ProtocolVersion version, int shards)
    {
        var broker = new BrokerHarness(shards);
        var subscriber = broker.Persistent("subscriber", version).Subscribe("a", QoS.ExactlyOnce);
        PublishMany(broker, QoS.ExactlyOnce, 3);
        subscriber.ReceivesAllPublishes();
        subscriber.Pubrec(2);
        Assert.Equal(2, subscriber.Receives(PacketType.Pubrel).PacketId);
        subscriber.DropConnection();

        subscriber = broker.Persistent("subscriber", version);

        Assert.Equal(1, subscriber.ReceivesPublish().PacketId);
        Assert.Equal(2, subscriber.Receives(PacketType.Pubrel).PacketId);
        Assert.Equal(3, subscriber.ReceivesPublish().PacketId);
        subscriber.Pubcomp(2);
        subscriber.DropConnection();
        subscriber = broker.Persistent("subscriber", version);
        Assert.Equal([PacketType.Publish, PacketType.Publish], subscriber.ReceivesTypes(9));
    }

    [Theory, Spec("MQTT-4.6.0-1", "MQTT-4.6.0-5", "MQTT3-4.6.0-1", "MQTT3-4.6.0-6", "R49")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_reconnect_brings_what_was_in_flight_then_what_was_queued_then_what_is_new(int shards)
    {
        var broker = new BrokerHarness(shards);
        var subscriber = broker.Persistent("subscriber", receiveMaximum: 2).Subscribe("a", QoS.ExactlyOnce);
        PublishMany(broker, QoS.AtLeastOnce, 4);
        Assert.Equal(["1", "2"], subscriber.ReceivesAllPublishes().Select(publish => publish.PayloadText));
        subscriber.DropConnection();
        PublishMany(broker, QoS.AtLeastOnce, 1, first: 5);

        subscriber = broker.Persistent("subscriber");
        PublishMany(broker, QoS.AtLeastOnce, 1, first: 6);

        var received = subscriber.ReceivesAllPublishes();
        Assert.Equal(["1", "2", "3", "4", "5", "6"], received.Select(publish => publish.PayloadText));
        Assert.Equal([true, true, false, false, false, false], received.Select(publish => publish.Dup));
        Assert.Equal([1, 2, 3, 4, 5, 6], received.Select(publish => (int)publish.PacketId));
    }

    [Theory, Spec("MQTT-4.4.0-2", "MQTT-4.9.0-2")]
    [InlineData(QoS.AtLeastOnce)]
    [InlineData(QoS.ExactlyOnce)]
    public void A_refusal_by_the_receiver_ends_the_exchange_and_frees_quota_and_id(QoS qos)
    {
        var broker = new BrokerHarness();
        var subscriber = broker.Persistent("subscriber", receiveMaximum: 1).Subscribe("a", QoS.ExactlyOnce);
        PublishMany(broker, qos, 2);
        var first = subscriber.ReceivesPublish();

        if (qos == QoS.AtLeastOnce)
        {
            subscriber.Puback(first.PacketId, PubackReasonCode.QuotaExceeded);
        }
        else
        {
            subscriber.Pubrec(first.PacketId, PubrecReasonCode.QuotaExceeded);
        }

        Assert.Equal("2", subscriber.ReceivesPublish().PayloadText);
        subscriber.ReceivesNothing();
        Assert.Equal(1, broker.Dropped(DropReason.RefusedByReceiver));
        subscriber.DropConnection();
        Assert.Equal("2", broker.Persistent("subscriber").ReceivesPublish().PayloadText);
    }

    [Fact, Spec("MQTT-3.6.2-1")]
    public void PUBREC_for_an_unknown_id_is_answered_with_PUBREL_0x92()
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("client");

        client.Pubrec(77);

        var pubrel = client.Receives(PacketType.Pubrel);
        Assert.Equal((77, 0x92), (pubrel.PacketId, pubrel.ReasonCode));
        client.Pubrec(77, PubrecReasonCode.UnspecifiedError);
        client.ReceivesNothing();
        Assert.False(client.IsClosed);
    }

    /// <summary>Without reason codes the exchange of a receiver that remembers more than we do is simply finished.</summary>
    [Theory, Spec("MQTT3-4.3.3-1")]
    [MemberData(nameof(Variants.Versions3), MemberType = typeof(Variants))]
    public void PUBREC_for_an_unknown_id_is_answered_with_a_plain_PUBREL_in_3_x(ProtocolVersion version)
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("client", version);

        client.Pubrec(77);

        Assert.Equal([0x62, 2, 0, 77], client.Receives(PacketType.Pubrel).Bytes);
    }

    [Theory, Spec("MQTT-4.9.0-2")]
    [MemberData(nameof(Variants.Versions), MemberType = typeof(Variants))]
    public void Acknowledgements_nobody_waits_for_are_ignored(ProtocolVersion version)
    {
        var broker = new BrokerHarness();
        var subscriber = broker.Connect("subscriber", version).Subscribe("a", QoS.ExactlyOnce);
        PublishMany(broker, QoS.ExactlyOnce, 1);
        var packetId = subscriber.ReceivesPublish().PacketId;

        subscriber.Puback(packetId);            // the wrong one
        subscriber.Puback(500);
        subscriber.Pubcomp(packetId);           // too early
        subscriber.Pubcomp(501);

        subscriber.ReceivesNothing();
        subscriber.Pubrec(packetId);
        Assert.Equal(0, subscriber.Receives(PacketType.Pubrel).ReasonCode);
    }

    [Theory, Spec("MQTT-3.10.4-3", "MQTT3-3.10.4-3", "MQTT-3.10.4-2", "MQTT3-3.10.4-2")]
    [MemberData(nameof(Variants.Versions), MemberType = typeof(Variants))]
    public void UNSUBSCRIBE_does_not_stop_a_delivery_that_has_begun(ProtocolVersion version)
    {
        var broker = new BrokerHarness();
        var subscriber = broker.Persistent("subscriber", version).Subscribe("a", QoS.ExactlyOnce);
        PublishMany(broker, QoS.ExactlyOnce, 1);
        subscriber.ReceivesPublish();

        subscriber.Unsubscribe("a");
        PublishMany(broker, QoS.ExactlyOnce, 1, first: 2);
        subscriber.DropConnection();

        subscriber = broker.Persistent("subscriber", version);
        var again = subscriber.ReceivesPublish();
        Assert.Equal(("1", true), (again.PayloadText, again.Dup));
        subscriber.Pubrec(again.PacketId);
        subscriber.Receives(PacketType.Pubrel);
        subscriber.Pubcomp(again.PacketId);
        subscriber.ReceivesNothing();
    }

    /// <summary>65,535 positions later the first packet id comes round again, and one that is still in flight is never given twice.</summary>
    [Fact, Spec("MQTT-2.2.1-4", "MQTT3-2.3.1-4", "MQTT3-2.3.1-3")]
    public void Packet_ids_wrap_around_and_skip_what_is_still_in_flight()
    {
        var broker = new BrokerHarness();
        var subscriber = broker.Persistent("subscriber", receiveMaximum: 2).Subscribe("a", QoS.AtLeastOnce);
        var publisher = broker.Connect("publisher");
        publisher.Publish("a", "stuck");
        publisher.Publish("a", "stuck", QoS.AtLeastOnce);
        subscriber.ReceivesAllPublishes();
        var longest = 0;

        for (var i = 0; i < 65_534; i++)
        {
            publisher.Publish("a", "x", QoS.AtLeastOnce, packetId: 1);
            var publish = subscriber.ReceivesPublish();
            longest = Math.Max(longest, publish.PacketId);
            Assert.NotEqual(1, publish.PacketId);
            subscriber.Puback(publish.PacketId);
        }

        publisher.Publish("a", "next", QoS.AtLeastOnce, packetId: 1);
        subscriber.ReceivesNothing();
        subscriber.Puback(1);
        var next = subscriber.ReceivesPublish();
        Assert.Equal((1, "next"), (next.PacketId, next.PayloadText));
        Assert.Equal(65_535, longest);
    }

    /// <summary>Publishes payloads "1", "2", ... with the whole acknowledgement.</summary>
    private static void PublishMany(BrokerHarness broker, QoS qos, int count, int first = 1)
    {
        var publisher = broker.Connect("publisher");
        for (var i = 0; i < count; i++)
        {
            publisher.PublishAcknowledged("a", (first + i).ToString(System.Globalization.CultureInfo.InvariantCulture), qos);
        }
    }
}
