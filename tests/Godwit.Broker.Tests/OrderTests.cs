using System.Globalization;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;

namespace Godwit.Broker.Tests;

/// <summary>Messages of one publisher to one topic arrive in the order in which they were sent (5.0 §4.6).</summary>
public sealed class OrderTests
{
    public static TheoryData<ProtocolVersion, QoS, int> Cases => new(
        from version in Enum.GetValues<ProtocolVersion>()
        from qos in Enum.GetValues<QoS>()
        from shards in new[] { 1, 3 }
        select (version, qos, shards));

    [Theory, Spec("MQTT-4.6.0-5", "MQTT-4.6.0-6", "MQTT3-4.6.0-5", "MQTT3-4.6.0-6", "R49")]
    [MemberData(nameof(Cases))]
    public void Each_subscriber_gets_each_publishers_messages_in_order(ProtocolVersion version, QoS qos, int shards)
    {
        var broker = new BrokerHarness(shards);
        var subscribers = Enumerable.Range(0, 4).Select(i => broker.Connect($"subscriber {i}", version).Subscribe("t", QoS.ExactlyOnce)).ToList();
        var publishers = Enumerable.Range(0, 3).Select(i => broker.Connect($"publisher {i}", version)).ToList();

        for (var i = 0; i < 100; i++)
        {
            publishers[i % 3].PublishAcknowledged("t", Number(i), qos);
        }

        Assert.All(subscribers, subscriber => Assert.Equal(Numbers(100), subscriber.ReceivesAllPublishes().Select(publish => publish.PayloadText)));
    }

    /// <summary>The receiver answers as it likes; what follows keeps its order, and a reconnect goes back to the first without an answer.</summary>
    [Theory, Spec("MQTT-4.6.0-5", "MQTT-4.4.0-1", "MQTT3-4.6.0-6", "MQTT3-4.6.0-1", "R49")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void Acknowledgements_out_of_order_do_not_disturb_the_order_of_messages(int shards)
    {
        var broker = new BrokerHarness(shards);
        var subscriber = broker.Persistent("subscriber", receiveMaximum: 5).Subscribe("t", QoS.AtLeastOnce);
        var publisher = broker.Connect("publisher");
        for (var i = 0; i < 20; i++)
        {
            publisher.PublishAcknowledged("t", Number(i), QoS.AtLeastOnce);
        }

        var seen = Payloads(subscriber);
        foreach (var packetId in new ushort[] { 5, 2, 7, 3 })
        {
            subscriber.Puback(packetId);
            seen.AddRange(Payloads(subscriber));
        }

        Assert.Equal(Numbers(9), seen);
        subscriber.DropConnection();
        var again = broker.Persistent("subscriber").ReceivesAllPublishes();
        Assert.Equal([1, 4, 6, 8, 9], again.Take(5).Select(publish => (int)publish.PacketId));
        Assert.Equal(["0", "3", "5", "7", "8", .. Numbers(20).Skip(9)], again.Select(publish => publish.PayloadText));
    }

    [Theory, Spec("MQTT-4.6.0-5", "MQTT-4.3.3-4", "MQTT3-4.6.0-6", "R19", "R49")]
    [MemberData(nameof(Variants.VersionsAndShards), MemberType = typeof(Variants))]
    public void Order_and_once_hold_through_many_broken_connections(ProtocolVersion version, int shards)
    {
        var broker = new BrokerHarness(shards);
        broker.Persistent("subscriber", version).Subscribe("t", QoS.ExactlyOnce).DropConnection();
        var publisher = broker.Connect("publisher");
        var delivered = new List<string>();
        var known = new HashSet<ushort>();                      // the receiver's half of QoS 2

        for (var round = 0; round < 30; round++)
        {
            publisher.PublishAcknowledged("t", Number(round), QoS.ExactlyOnce);
            var subscriber = broker.Persistent("subscriber", version);
            foreach (var publish in subscriber.ReceivesAllPublishes())
            {
                if (known.Add(publish.PacketId))
                {
                    delivered.Add(publish.PayloadText);
                }

                if ((publish.PacketId + round) % 3 != 0)
                {
                    subscriber.Pubrec(publish.PacketId);
                }
            }

            foreach (var pubrel in subscriber.ReceivesAll(PacketType.Pubrel).Where(_ => round % 2 == 0))
            {
                known.Remove(pubrel.PacketId);
                subscriber.Pubcomp(pubrel.PacketId);
            }

            subscriber.DropConnection();
        }

        Assert.Equal(Numbers(30), delivered);
    }

    /// <summary>QoS 0 and QoS 1 are two orders; each holds.</summary>
    [Fact, Spec("MQTT-4.6.0-5", "MQTT3-4.6.0-6")]
    public void QoS_0_overtakes_only_what_has_another_QoS()
    {
        var broker = new BrokerHarness();
        var subscriber = broker.Persistent("subscriber", receiveMaximum: 1).Subscribe("t", QoS.AtLeastOnce);
        var publisher = broker.Connect("publisher");

        for (var i = 0; i < 10; i++)
        {
            publisher.PublishAcknowledged("t", Number(i), (QoS)(i % 2));
        }

        var received = subscriber.ReceivesAllPublishes();
        while (received.Count < 10)
        {
            subscriber.Puback(received.Last(publish => publish.QoS == QoS.AtLeastOnce).PacketId);
            received.Add(subscriber.ReceivesPublish());
        }

        Assert.Equal(["0", "2", "4", "6", "8"], received.Where(publish => publish.QoS == QoS.AtMostOnce).Select(publish => publish.PayloadText));
        Assert.Equal(["1", "3", "5", "7", "9"], received.Where(publish => publish.QoS == QoS.AtLeastOnce).Select(publish => publish.PayloadText));
    }

    /// <summary>Kept QoS 0 messages come after those with an exchange, in their own order.</summary>
    [Fact, Spec("MQTT-4.6.0-5")]
    public void Kept_QoS_0_messages_keep_their_order()
    {
        var broker = new BrokerHarness(settings: settings => settings.QueueQoS0Messages = true);
        broker.Persistent("subscriber").Subscribe("t").DropConnection();
        var publisher = broker.Connect("publisher");
        for (var i = 0; i < 10; i++)
        {
            publisher.Publish("t", Number(i));
        }

        Assert.Equal(Numbers(10), Payloads(broker.Persistent("subscriber")));
    }

    private static string Number(int i) => i.ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<string> Numbers(int count) => Enumerable.Range(0, count).Select(Number);

    private static List<string> Payloads(TestClient client) => [.. client.ReceivesAllPublishes().Select(publish => publish.PayloadText)];
}
