using System.Globalization;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests;

/// <summary>The client's Receive Maximum and the broker's send quota (5.0 §3.3.4, §4.9).</summary>
public sealed class ReceiveMaximumTests
{
    [Theory, Spec("MQTT-3.3.4-9", "MQTT-4.9.0-1", "MQTT-4.9.0-2")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void QoS_1_and_2_together_stay_within_Receive_Maximum(int shards)
    {
        var broker = new BrokerHarness(shards);
        var subscriber = broker.Persistent("subscriber", receiveMaximum: 2).Subscribe("a", QoS.ExactlyOnce);

        Publish(broker, QoS.AtLeastOnce, "1");
        Publish(broker, QoS.ExactlyOnce, "2");
        Publish(broker, QoS.AtLeastOnce, "3");

        Assert.Equal(["1", "2"], Payloads(subscriber));
        subscriber.Puback(1);
        Assert.Equal(["3"], Payloads(subscriber));
    }

    [Fact, Spec("MQTT-4.9.0-2", "MQTT-3.3.4-9")]
    public void With_Receive_Maximum_1_messages_come_one_by_one_in_order()
    {
        var broker = new BrokerHarness();
        var subscriber = broker.Persistent("subscriber", receiveMaximum: 1).Subscribe("a", QoS.AtLeastOnce);
        Publish(broker, QoS.AtLeastOnce, [.. Enumerable.Range(1, 20).Select(Text)]);

        for (var i = 1; i <= 20; i++)
        {
            var publish = subscriber.ReceivesPublish();
            subscriber.ReceivesNothing();
            Assert.Equal(Text(i), publish.PayloadText);
            subscriber.Puback(publish.PacketId);
        }

        subscriber.ReceivesNothing();
    }

    [Fact, Spec("MQTT-4.9.0-2", "MQTT-4.9.0-3", "MQTT-3.3.4-10")]
    public void PUBREC_does_not_free_the_quota_and_PUBCOMP_does()
    {
        var broker = new BrokerHarness();
        var subscriber = broker.Persistent("subscriber", receiveMaximum: 1).Subscribe("a", QoS.ExactlyOnce);
        Publish(broker, QoS.ExactlyOnce, "1", "2");
        var first = subscriber.ReceivesPublish();

        subscriber.Pubrec(first.PacketId);

        subscriber.Receives(PacketType.Pubrel);                 // passes although the quota is used up
        subscriber.ReceivesNothing();
        subscriber.Pubcomp(first.PacketId);
        Assert.Equal("2", subscriber.ReceivesPublish().PayloadText);
    }

    [Fact, Spec("MQTT-4.9.0-3", "MQTT-3.3.4-10")]
    public void QoS_0_and_all_other_packets_pass_when_the_quota_is_used_up()
    {
        var broker = new BrokerHarness();
        var subscriber = broker.Persistent("subscriber", receiveMaximum: 1).Subscribe("a", QoS.AtLeastOnce);
        Publish(broker, QoS.AtLeastOnce, "1", "2");
        subscriber.ReceivesPublish();

        Publish(broker, QoS.AtMostOnce, "0");

        Assert.Equal("0", subscriber.ReceivesPublish().PayloadText);
        subscriber.Subscribe("b");
        subscriber.PublishAcknowledged("c", "x", QoS.ExactlyOnce);
        subscriber.SendBytes([0xC0, 0]);
        subscriber.Receives(PacketType.Pingresp);
        subscriber.ReceivesNothing();
    }

    [Theory, Spec("MQTT-3.3.4-9", "MQTT-4.4.0-1", "MQTT-4.6.0-5")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void What_is_sent_again_on_reconnect_stays_within_the_new_Receive_Maximum(int shards)
    {
        var broker = new BrokerHarness(shards);
        var subscriber = broker.Persistent("subscriber", receiveMaximum: 10).Subscribe("a", QoS.AtLeastOnce);
        Publish(broker, QoS.AtLeastOnce, "1", "2", "3");
        Assert.Equal(3, subscriber.ReceivesAllPublishes().Count);
        subscriber.DropConnection();

        subscriber = broker.Persistent("subscriber", receiveMaximum: 1);

        for (ushort packetId = 1; packetId <= 3; packetId++)
        {
            var publish = subscriber.ReceivesPublish();
            subscriber.ReceivesNothing();
            Assert.Equal((packetId, true), (publish.PacketId, publish.Dup));
            subscriber.Puback(packetId);
        }
    }

    /// <summary>PUBREL needs no quota, so those that wait go out at once; the exchange gives nothing back that it did not take.</summary>
    [Fact, Spec("MQTT-4.9.0-3", "MQTT-4.9.0-2")]
    public void A_PUBREL_that_is_sent_again_takes_no_quota()
    {
        var broker = new BrokerHarness();
        var subscriber = broker.Persistent("subscriber", receiveMaximum: 2).Subscribe("a", QoS.ExactlyOnce);
        Publish(broker, QoS.ExactlyOnce, "1", "2", "3", "4");
        subscriber.ReceivesAllPublishes();
        subscriber.Pubrec(1);
        subscriber.DropConnection();

        subscriber = broker.Persistent("subscriber", receiveMaximum: 1);

        Assert.Equal(1, subscriber.Receives(PacketType.Pubrel).PacketId);
        Assert.Equal(2, subscriber.ReceivesPublish().PacketId);
        subscriber.ReceivesNothing();
        subscriber.Pubcomp(1);
        subscriber.ReceivesNothing();
        subscriber.Pubrec(2, PubrecReasonCode.UnspecifiedError);
        Assert.Equal(["3"], Payloads(subscriber));
    }

    [Theory, Spec("MQTT-4.9.0-1")]
    [MemberData(nameof(Variants.Versions), MemberType = typeof(Variants))]
    public void Without_Receive_Maximum_many_messages_are_in_flight_at_once(ProtocolVersion version)
    {
        var broker = new BrokerHarness();
        var subscriber = broker.Connect("subscriber", version).Subscribe("a", QoS.AtLeastOnce);

        Publish(broker, QoS.AtLeastOnce, [.. Enumerable.Range(1, 2000).Select(Text)]);

        Assert.Equal(2000, subscriber.ReceivesAllPublishes().Count);
    }

    [Theory, Spec("MQTT-4.9.0-1")]
    [MemberData(nameof(Variants.Versions), MemberType = typeof(Variants))]
    public void The_servers_own_limit_holds_for_every_version(ProtocolVersion version)
    {
        var broker = new BrokerHarness(limits: limits => limits.InFlightMax = 3);
        var subscriber = broker.Connect("subscriber", version).Subscribe("a", QoS.AtLeastOnce);

        Publish(broker, QoS.AtLeastOnce, "1", "2", "3", "4");

        Assert.Equal(["1", "2", "3"], Payloads(subscriber));
        subscriber.Puback(2);
        Assert.Equal(["4"], Payloads(subscriber));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<string> Payloads(TestClient client) => client.ReceivesAllPublishes().Select(publish => publish.PayloadText);

    private static void Publish(BrokerHarness broker, QoS qos, params string[] payloads)
    {
        var publisher = broker.Connect("publisher");
        foreach (var payload in payloads)
        {
            publisher.PublishAcknowledged("a", payload, qos);
        }
    }
}
