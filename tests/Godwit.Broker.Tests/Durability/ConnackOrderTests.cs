using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;

namespace Godwit.Broker.Tests.Durability;

/// <summary>What has to be durable before CONNACK leaves, and that nothing passes it.</summary>
public sealed class ConnackOrderTests
{
    private static readonly byte[] Pingreq = [0xC0, 0x00];

    [Theory, Spec("MQTT-3.2.0-1", "MQTT3-3.2.0-1")]
    [MemberData(nameof(OrderTests.Rows), MemberType = typeof(OrderTests))]
    public void CONNACK_waits_until_a_new_session_is_durable(ProtocolVersion version, int shards)
    {
        var broker = Durable(shards).HoldBack();
        var client = ConnectsPersistent(broker, "client", version);

        client.ReceivesNothing();

        broker.Flush();
        Assert.False(client.Receives(PacketType.Connack).SessionPresent);
    }

    [Theory, Spec("MQTT-3.2.2-3", "MQTT3-3.2.2-2")]
    [MemberData(nameof(OrderTests.Rows), MemberType = typeof(OrderTests))]
    public void CONNACK_waits_until_a_resumed_session_is_durable(ProtocolVersion version, int shards)
    {
        var broker = Durable(shards);
        broker.Persistent("client", version).Disconnect();
        broker.HoldBack();
        var client = ConnectsPersistent(broker, "client", version);

        client.ReceivesNothing();

        broker.Flush();
        Assert.True(client.Receives(PacketType.Connack).SessionPresent);
    }

    [Theory, Spec("MQTT-3.1.2-4", "MQTT3-3.1.2-6")]
    [MemberData(nameof(OrderTests.Rows), MemberType = typeof(OrderTests))]
    public void CONNACK_of_a_clean_session_waits_until_the_session_it_discards_is_gone_from_the_log(ProtocolVersion version, int shards)
    {
        var broker = Durable(shards);
        broker.Persistent("client", version).Disconnect();
        broker.HoldBack();
        var client = broker.Open();
        client.Connect("client", version, cleanStart: true, keepAlive: 0, will: null, properties: null, userName: null);

        client.ReceivesNothing();

        broker.Flush();
        client.Receives(PacketType.Connack);
        Assert.Empty(broker.Log!.State().Sessions);
    }

    [Theory, Spec("MQTT-3.2.0-1", "MQTT3-3.2.0-1")]
    [MemberData(nameof(OrderTests.Rows), MemberType = typeof(OrderTests))]
    public void Nothing_passes_CONNACK_and_what_was_pipelined_is_answered_in_order_behind_it(ProtocolVersion version, int shards)
    {
        var broker = Durable(shards);
        var publisher = broker.Connect("publisher");
        broker.HoldBack();
        var client = ConnectsPersistent(broker, "client", version);

        client.SendSubscribe([("t", 1)]);
        client.Publish("other", "m", QoS.AtLeastOnce);
        client.SendBytes(Pingreq);
        publisher.Publish("t", "m0");
        publisher.Publish("t", "m1", QoS.AtLeastOnce);

        client.ReceivesNothing();
        broker.Flush();
        client.Receives(PacketType.Connack);
        var publishes = client.ReceivesAllPublishes();
        Assert.Equal(["m0", "m1"], publishes.ConvertAll(publish => publish.PayloadText));
        var others = client.ReceivesAll().ConvertAll(packet => packet.Type);
        Assert.Contains(PacketType.Pingresp, others);
        Assert.Equal([PacketType.Suback, PacketType.Puback], others.FindAll(type => type != PacketType.Pingresp));
    }

    [Theory]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_connection_that_ends_before_its_CONNACK_has_left_is_sent_nothing(int shards)
    {
        var broker = Durable(shards).HoldBack();
        var client = ConnectsPersistent(broker, "client", ProtocolVersion.Mqtt5);
        client.SendBytes(Pingreq);

        client.SendBytes([0xFF, 0x00]);

        broker.Flush();
        client.ReceivesNothing();
        Assert.True(client.IsClosed);
    }

    private static BrokerHarness Durable(int shards) => new(shards, log: new TestLog());

    private static TestClient ConnectsPersistent(BrokerHarness broker, string clientId, ProtocolVersion version)
    {
        var client = broker.Open();
        var properties = version == ProtocolVersion.Mqtt5 ? TestProperties.Expiry(uint.MaxValue) : null;
        client.Connect(clientId, version, cleanStart: false, keepAlive: 0, will: null, properties, userName: null);
        return client;
    }
}
