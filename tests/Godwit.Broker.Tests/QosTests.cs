using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;

namespace Godwit.Broker.Tests;

/// <summary>PUBLISH at each QoS, from publisher to subscriber (5.0 §4.3).</summary>
public sealed class QosTests
{
    /// <summary>The nine rows: published QoS, granted QoS, delivered QoS.</summary>
    public static TheoryData<int, int, int, int> Table => new(
        from row in new[] { (0, 0, 0), (0, 1, 0), (0, 2, 0), (1, 0, 0), (1, 1, 1), (1, 2, 1), (2, 0, 0), (2, 1, 1), (2, 2, 2) }
        from shards in new[] { 1, 3 }
        select (row.Item1, row.Item2, row.Item3, shards));

    [Theory, Spec("MQTT-3.8.4-8", "MQTT3-3.8.4-6", "MQTT-2.2.1-2", "MQTT3-2.3.1-5", "MQTT3-2.3.1-4", "R15", "R21")]
    [MemberData(nameof(Table))]
    public void Delivered_QoS_is_the_minimum_of_published_and_granted(int published, int granted, int delivered, int shards)
    {
        var broker = new BrokerHarness(shards);
        foreach (var version in Enum.GetValues<ProtocolVersion>())
        {
            foreach (var publisherVersion in Enum.GetValues<ProtocolVersion>())
            {
                var subscriber = broker.Connect("subscriber", version).Subscribe("a/b", (QoS)granted);
                var publisher = broker.Connect("publisher", publisherVersion);

                publisher.PublishAcknowledged("a/b", "hello", (QoS)published);

                var publish = subscriber.ReceivesPublish();
                Assert.Equal((QoS)delivered, publish.QoS);
                Assert.Equal(delivered == 0 ? 0 : 1, publish.PacketId);
                Assert.Equal("hello", publish.PayloadText);
                Assert.False(publish.Dup);
                subscriber.ReceivesNothing();
                publisher.ReceivesNothing();
            }
        }
    }

    /// <summary>QoS is agreed hop by hop: the publisher's exchange ends with the broker, whatever the subscribers do.</summary>
    [Theory, Spec("MQTT-4.3.2-4", "MQTT-4.3.3-11", "R22")]
    [MemberData(nameof(Variants.VersionsAndShards), MemberType = typeof(Variants))]
    public void The_publisher_is_acknowledged_without_waiting_for_subscribers(ProtocolVersion version, int shards)
    {
        var broker = new BrokerHarness(shards);
        var silent = broker.Connect("silent", version).Subscribe("a", QoS.ExactlyOnce);
        var publisher = broker.Connect("publisher", version);

        publisher.PublishAcknowledged("a", "1", QoS.AtLeastOnce).PublishAcknowledged("a", "2", QoS.ExactlyOnce);

        publisher.ReceivesNothing();
        Assert.Equal(["1", "2"], silent.ReceivesAllPublishes().Select(publish => publish.PayloadText));
    }

    [Theory, Spec("MQTT-3.3.4-1", "MQTT3-3.3.4-1", "MQTT-4.3.1-1", "MQTT3-4.3.1-1", "R16")]
    [MemberData(nameof(Variants.VersionsAndShards), MemberType = typeof(Variants))]
    public void QoS_0_is_neither_acknowledged_nor_kept_for_a_client_that_is_away(ProtocolVersion version, int shards)
    {
        var broker = new BrokerHarness(shards);
        broker.Persistent("subscriber", version).Subscribe("a", QoS.ExactlyOnce).DropConnection();
        var publisher = broker.Connect("publisher", version);

        publisher.Publish("a", "lost");

        publisher.ReceivesNothing();
        broker.Persistent("subscriber", version).ReceivesNothing();
        Assert.Equal(1, broker.Dropped(DropReason.NotConnected));
    }

    /// <summary>The packet identifiers of the two directions have nothing to do with each other.</summary>
    [Theory, Spec("MQTT-2.2.1-4", "MQTT3-2.3.1-4")]
    [MemberData(nameof(Variants.Versions), MemberType = typeof(Variants))]
    public void Both_directions_may_use_the_same_packet_id_at_once(ProtocolVersion version)
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("client", version).Subscribe("a", QoS.ExactlyOnce);

        client.Publish("a", "1", QoS.ExactlyOnce, packetId: 1);
        Assert.Equal(1, client.ReceivesPublishAmong(PacketType.Pubrec).PacketId);

        client.Pubrec(1);
        Assert.Equal(1, client.Receives(PacketType.Pubrel).PacketId);
        client.Pubrel(1);
        Assert.Equal(1, client.Receives(PacketType.Pubcomp).PacketId);
        client.Pubcomp(1);
        client.ReceivesNothing();
    }

    [Theory, Spec("MQTT-4.6.0-2", "MQTT-4.6.0-3", "MQTT3-4.6.0-2", "MQTT3-4.6.0-3")]
    [MemberData(nameof(Variants.Versions), MemberType = typeof(Variants))]
    public void Acknowledgements_come_in_the_order_of_the_publishes(ProtocolVersion version)
    {
        var broker = new BrokerHarness();
        var publisher = broker.Connect("publisher", version);

        foreach (var packetId in new ushort[] { 9, 2, 7 })
        {
            publisher.Publish("a", "x", QoS.AtLeastOnce, packetId: packetId);
            publisher.Publish("a", "x", QoS.ExactlyOnce, packetId: (ushort)(packetId + 100));
        }

        foreach (var packetId in new ushort[] { 9, 2, 7 })
        {
            Assert.Equal(packetId, publisher.Receives(PacketType.Puback).PacketId);
            Assert.Equal(packetId + 100, publisher.Receives(PacketType.Pubrec).PacketId);
        }

        publisher.ReceivesNothing();
    }

    [Theory, Spec("MQTT-3.2.2-9", "MQTT-3.2.2-10", "MQTT-3.2.2-11", "Trap-90")]
    [InlineData(QoS.AtMostOnce)]
    [InlineData(QoS.AtLeastOnce)]
    public void Above_the_Maximum_QoS_of_the_server_nothing_is_granted_or_taken(QoS maximum)
    {
        var broker = new BrokerHarness(settings: settings => settings.MaximumQoS = maximum);
        var client = broker.Connect("client");

        var suback = client.SubscribeRaw([("a", 0), ("b", 1), ("c", 2)]);
        client.Publish("x", "too high", (QoS)((int)maximum + 1));

        Assert.Equal([0, Math.Min((byte)maximum, (byte)1), (byte)maximum], suback.Codes);
        client.IsClosedWith(Protocol.ReasonCodes.DisconnectReasonCode.QoSNotSupported);
    }
}
