using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests.Durability;

/// <summary>Exactly once over a restart, in both directions, and acknowledgements that come before the message has been sent again.</summary>
public sealed class RecoveryQoS2Tests
{
    [Theory, Spec("Trap-94", "Trap-45", "MQTT-4.3.3-10", "MQTT3-4.3.3-2")]
    [MemberData(nameof(OrderTests.Rows), MemberType = typeof(OrderTests))]
    public void A_PUBLISH_that_is_repeated_after_a_restart_is_answered_and_not_delivered_again(ProtocolVersion version, int shards)
    {
        var broker = Durable(shards);
        broker.Persistent("subscriber", version).Subscribe("t", QoS.ExactlyOnce).Disconnect();
        var publisher = broker.Persistent("publisher", version);
        publisher.Publish("t", "m", QoS.ExactlyOnce, packetId: 7);
        publisher.Receives(PacketType.Pubrec);

        broker = broker.Restart();

        publisher = broker.Persistent("publisher", version);
        publisher.Publish("t", "m", QoS.ExactlyOnce, dup: true, packetId: 7);
        Assert.Equal((7, 0), IdAndCode(publisher.Receives(PacketType.Pubrec)));
        publisher.Pubrel(7);
        Assert.Equal((7, 0), IdAndCode(publisher.Receives(PacketType.Pubcomp)));
        Assert.Equal("m", Assert.Single(broker.Persistent("subscriber", version).ReceivesAllPublishes()).PayloadText);
    }

    [Theory, Spec("Trap-94", "MQTT-4.3.3-11")]
    [MemberData(nameof(OrderTests.Rows), MemberType = typeof(OrderTests))]
    public void A_PUBREL_after_a_restart_is_answered_and_frees_the_id(ProtocolVersion version, int shards)
    {
        var broker = Durable(shards);
        broker.Persistent("subscriber", version).Subscribe("t", QoS.ExactlyOnce).Disconnect();
        var publisher = broker.Persistent("publisher", version);
        publisher.Publish("t", "m1", QoS.ExactlyOnce, packetId: 7);
        broker = broker.Restart();
        publisher = broker.Persistent("publisher", version);

        publisher.Pubrel(7);

        Assert.Equal((7, 0), IdAndCode(publisher.Receives(PacketType.Pubcomp)));
        publisher.Publish("t", "m2", QoS.ExactlyOnce, packetId: 7);
        publisher.Receives(PacketType.Pubrec);
        broker = broker.Restart();
        Assert.Equal(["m1", "m2"], broker.Persistent("subscriber", version).ReceivesAllPublishes().ConvertAll(publish => publish.PayloadText));
    }

    [Theory, Spec("Trap-49")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_PUBREL_whose_PUBLISH_never_became_durable_is_told_so(int shards)
    {
        var broker = Durable(shards);
        var publisher = broker.Persistent("publisher");
        broker.HoldBack();
        publisher.Publish("t", "m", QoS.ExactlyOnce, packetId: 7);
        broker = broker.Restart();
        publisher = broker.Persistent("publisher");

        publisher.Pubrel(7);

        Assert.Equal((7, (int)PubcompReasonCode.PacketIdentifierNotFound), IdAndCode(publisher.Receives(PacketType.Pubcomp)));
    }

    [Theory, Spec("MQTT-4.3.3-11")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void An_id_that_was_released_takes_a_new_message_after_a_restart(int shards)
    {
        var broker = Durable(shards);
        broker.Persistent("subscriber").Subscribe("t", QoS.ExactlyOnce).Disconnect();
        broker.Persistent("publisher").PublishAcknowledged("t", "m1", QoS.ExactlyOnce);

        broker = broker.Restart();

        broker.Persistent("publisher").PublishAcknowledged("t", "m2", QoS.ExactlyOnce);
        Assert.Equal(["m1", "m2"], broker.Persistent("subscriber").ReceivesAllPublishes().ConvertAll(publish => publish.PayloadText));
    }

    [Theory, Spec("Trap-94", "Trap-53", "MQTT-4.3.3-6", "MQTT-4.4.0-1", "MQTT3-4.4.0-1")]
    [MemberData(nameof(OrderTests.Rows), MemberType = typeof(OrderTests))]
    public void After_PUBREC_only_PUBREL_comes_again(ProtocolVersion version, int shards)
    {
        var broker = Durable(shards);
        var client = broker.Persistent("client", version).Subscribe("t", QoS.ExactlyOnce);
        Publish(broker, "m1", "m2");
        client.Pubrec(1);
        Assert.Equal(1, client.ReceivesAll(PacketType.Pubrel).Single().PacketId);

        broker = broker.Restart();

        client = broker.Persistent("client", version);
        Assert.Equal(1, client.Receives(PacketType.Pubrel).PacketId);
        var publish = client.ReceivesPublish();
        Assert.Equal(("m2", 2, true), (publish.PayloadText, publish.PacketId, publish.Dup));
        client.Pubcomp(1);
        client.Pubrec(2);
        client.Receives(PacketType.Pubrel);
        client.Pubcomp(2);
        Assert.Empty(broker.Log!.State().Queue);
        AssertNothingQueued(broker);
    }

    [Theory, Spec("MQTT-4.3.3-6")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_PUBREC_that_was_not_durable_has_not_been_answered_and_the_PUBLISH_comes_again(int shards)
    {
        var broker = Durable(shards);
        var client = broker.Persistent("client").Subscribe("t", QoS.ExactlyOnce);
        Publish(broker, "m");
        client.ReceivesPublish();
        broker.HoldBack();
        client.Pubrec(1);
        client.ReceivesNothing();

        client = broker.Restart().Persistent("client");

        var publish = client.ReceivesPublish();
        Assert.Equal(("m", 1, true), (publish.PayloadText, publish.PacketId, publish.Dup));
    }

    [Theory]
    [MemberData(nameof(OrderTests.Rows), MemberType = typeof(OrderTests))]
    public void PUBACK_before_the_message_was_sent_again_ends_the_delivery(ProtocolVersion version, int shards)
    {
        var (broker, client) = BeforeAnythingIsSentAgain(version, shards, QoS.AtLeastOnce);

        client.Puback(2);
        broker.Flush();

        client.Receives(PacketType.Connack);
        Assert.Equal(["m1", "m3"], client.ReceivesAllPublishes().ConvertAll(publish => publish.PayloadText));
        client.Puback(1);
        client.Puback(3);
        AssertNothingQueued(broker);
    }

    [Theory]
    [MemberData(nameof(OrderTests.Rows), MemberType = typeof(OrderTests))]
    public void PUBREC_before_the_message_was_sent_again_is_answered_and_only_PUBREL_is_left(ProtocolVersion version, int shards)
    {
        var (broker, client) = BeforeAnythingIsSentAgain(version, shards, QoS.ExactlyOnce);

        client.Pubrec(2);
        broker.Flush();

        client.Receives(PacketType.Connack);
        Assert.Equal(["m1", "m3"], client.ReceivesAllPublishes().ConvertAll(publish => publish.PayloadText));
        Assert.All(client.ReceivesAll(PacketType.Pubrel), pubrel => Assert.Equal((2, 0), IdAndCode(pubrel)));
        foreach (var packetId in new ushort[] { 1, 3 })
        {
            client.Pubrec(packetId);
            client.Pubcomp(packetId);
        }

        client.Pubcomp(2);
        AssertNothingQueued(broker);
    }

    [Theory]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void PUBREC_with_an_error_before_the_message_was_sent_again_ends_the_delivery(int shards)
    {
        var (broker, client) = BeforeAnythingIsSentAgain(ProtocolVersion.Mqtt5, shards, QoS.ExactlyOnce);

        client.Pubrec(2, PubrecReasonCode.NotAuthorized);
        broker.Flush();

        client.Receives(PacketType.Connack);
        Assert.Equal(["m1", "m3"], client.ReceivesAllPublishes().ConvertAll(publish => publish.PayloadText));
        client.ReceivesNothing();
        Assert.Equal(2, broker.Log!.State().Queue.Count);
    }

    [Theory]
    [MemberData(nameof(OrderTests.Rows), MemberType = typeof(OrderTests))]
    public void PUBCOMP_before_PUBREL_was_sent_again_ends_the_delivery(ProtocolVersion version, int shards)
    {
        var (broker, client) = BeforeAnythingIsSentAgain(version, shards, QoS.ExactlyOnce, wasReceived: true);

        client.Pubcomp(2);
        broker.Flush();

        client.Receives(PacketType.Connack);
        Assert.DoesNotContain(client.ReceivesAll(PacketType.Pubrel), pubrel => pubrel.PacketId == 2);
        Assert.Equal(["m1", "m3"], client.ReceivesAllPublishes().ConvertAll(publish => publish.PayloadText));
        Assert.Equal(2, broker.Log!.State().Queue.Count);
    }

    [Fact]
    public void An_acknowledgement_of_what_was_never_sent_ends_nothing()
    {
        var broker = Durable(1);
        broker.Persistent("client").Subscribe("t", QoS.AtLeastOnce).Disconnect();
        Publish(broker, "m1", "m2");
        broker = broker.Restart().HoldBack();
        var client = ConnectsPersistent(broker, ProtocolVersion.Mqtt5);

        client.Puback(2);
        client.Pubrec(2);
        client.Pubcomp(1);
        broker.Flush();

        client.Receives(PacketType.Connack);
        Assert.Equal(["m1", "m2"], client.ReceivesAllPublishes().ConvertAll(publish => publish.PayloadText));
        Assert.Equal((int)PubrelReasonCode.PacketIdentifierNotFound, client.Receives(PacketType.Pubrel).ReasonCode);
    }

    /// <summary>
    /// Three messages were sent to a client before the restart; now it is connected again, its CONNACK waits for the log, and whatever it sends
    /// comes before they are sent again.
    /// </summary>
    private static (BrokerHarness Broker, TestClient Client) BeforeAnythingIsSentAgain(ProtocolVersion version, int shards, QoS qos, bool wasReceived = false)
    {
        var broker = Durable(shards);
        var before = broker.Persistent("client", version).Subscribe("t", qos);
        Publish(broker, "m1", "m2", "m3");
        if (wasReceived)
        {
            before.Pubrec(2);
        }

        broker = broker.Restart(keepWritten: true).HoldBack();
        broker.IsStepped = true;                        // what it asks the store for does not come yet
        var client = ConnectsPersistent(broker, version);
        broker.Turn(client.ShardIndex);
        broker.IsStepped = false;
        return (broker, client);
    }

    private static TestClient ConnectsPersistent(BrokerHarness broker, ProtocolVersion version)
    {
        var client = broker.Open();
        var properties = version == ProtocolVersion.Mqtt5 ? TestProperties.Expiry(uint.MaxValue) : null;
        client.Connect("client", version, cleanStart: false, keepAlive: 0, will: null, properties, userName: null);
        return client;
    }

    private static void Publish(BrokerHarness broker, params string[] payloads)
    {
        var publisher = broker.Connect("other");
        foreach (var payload in payloads)
        {
            publisher.PublishAcknowledged("t", payload, QoS.ExactlyOnce);
        }
    }

    private static void AssertNothingQueued(BrokerHarness broker)
    {
        Assert.Empty(broker.Log!.State().Queue);
        Assert.Equal((0L, 0L), (broker.Counters.Queued, broker.Counters.QueuedBytes));
    }

    private static (int PacketId, int Code) IdAndCode(ReceivedPacket packet) => (packet.PacketId, packet.ReasonCode);

    private static BrokerHarness Durable(int shards) => new(shards, log: new TestLog());
}
