using System.Text;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;

namespace Godwit.Broker.Tests;

/// <summary>PUBLISH packets that arrive together and are alike take a way of their own; nobody can tell from what comes out.</summary>
public sealed class PublishRunTests
{
    private static readonly string[] Topics = ["a/b", "a/b", "a/b", "a/c", "$SYS/x", "forbidden/x", "nobody"];

    public static TheoryData<ProtocolVersion, int, int> Cases
    {
        get
        {
            var cases = new TheoryData<ProtocolVersion, int, int>();
            for (var seed = 0; seed < 60; seed++)
            {
                cases.Add(seed % 3 == 0 ? ProtocolVersion.Mqtt5 : ProtocolVersion.Mqtt311, 1 + (seed % 2), seed);
            }

            return cases;
        }
    }

    /// <summary>The same packets go to two brokers, to one of them all at once and to the other one by one.</summary>
    [Theory, MemberData(nameof(Cases))]
    public void A_run_is_delivered_as_its_messages_are_one_by_one(ProtocolVersion version, int shards, int seed)
    {
        var packets = Packets(version, new Random(seed));
        var together = new World(version, shards, seed);
        var single = new World(version, shards, seed);

        together.Receive([[.. packets.SelectMany(packet => packet)]]);
        single.Receive(packets);

        together.IsLike(single);
        together.AcknowledgeAll();
        single.AcknowledgeAll();
        together.IsLike(single);
    }

    [Theory]
    [InlineData(QoS.AtMostOnce)]
    [InlineData(QoS.AtLeastOnce)]
    public void A_run_to_a_thousand_receivers_keeps_to_the_budget(QoS qos)
    {
        var broker = new BrokerHarness(limits: limits => limits.TurnOutputBytesMax = 100_000);
        var readers = Enumerable.Range(0, 1000).Select(i => broker.Connect($"r{i}").Subscribe("t", qos)).ToList();
        var publisher = broker.Connect("publisher");
        var handledInOneTurn = 0L;

        broker.OnShard(0, shard =>
        {
            shard.Received(publisher.Connection, [.. Enumerable.Range(1, 500).SelectMany(i => Publish(ProtocolVersion.Mqtt5, "t", qos, i, 10))]);
            handledInOneTurn = shard.Counters.PublishReceived[(int)qos];
        });

        Assert.InRange(handledInOneTurn, 4, 8);
        Assert.All(readers, reader => Assert.Equal(500, reader.ReceivesAllPublishes().Count));
    }

    [Fact, Spec("MQTT-2.2.1-4", "MQTT-3.3.4-9")]
    public void A_run_beyond_the_Receive_Maximum_waits_and_keeps_its_order()
    {
        var broker = new BrokerHarness();
        var reader = broker.Connect("reader", properties: new TestProperties().Add(PropertyId.ReceiveMaximum, 3)).Subscribe("t", QoS.AtLeastOnce);
        var publisher = broker.Connect("publisher");

        publisher.SendBytes([.. Enumerable.Range(1, 10).SelectMany(i => Publish(ProtocolVersion.Mqtt5, "t", QoS.AtLeastOnce, i, 1))]);

        Assert.Equal(Enumerable.Range(1, 10), publisher.ReceivesAll(PacketType.Puback).Select(puback => (int)puback.PacketId));
        var received = new List<ushort>();
        for (var batch = reader.ReceivesAllPublishes(); batch.Count > 0; batch = reader.ReceivesAllPublishes())
        {
            Assert.InRange(batch.Count, 1, 3);
            received.AddRange(batch.Select(publish => publish.PacketId));
            batch.ForEach(publish => reader.Puback(publish.PacketId));
        }

        Assert.Equal(Enumerable.Range(1, 10).Select(id => (ushort)id), received);
        Assert.Equal(0, broker.Counters.Queued);
    }

    /// <summary>What was in flight when the connection broke is sent again: the stored copies are whole.</summary>
    [Fact, Spec("MQTT-4.4.0-1", "MQTT-3.3.1-1")]
    public void A_run_is_sent_again_with_the_same_identifiers_and_payloads()
    {
        var broker = new BrokerHarness();
        var reader = broker.Connect("reader", ProtocolVersion.Mqtt311).Subscribe("t", QoS.AtLeastOnce);
        var publisher = broker.Connect("publisher", ProtocolVersion.Mqtt311);

        publisher.SendBytes([.. Enumerable.Range(1, 10).SelectMany(i => Publish(ProtocolVersion.Mqtt311, "t", QoS.AtLeastOnce, i, i))]);
        var first = reader.ReceivesAllPublishes();

        Assert.Equal(Enumerable.Range(1, 10), first.Select(publish => publish.PayloadText.Length));
        Assert.Equal(Enumerable.Range(1, 10), first.Select(publish => (int)publish.PacketId));
        Assert.Equal(10, broker.Counters.Queued);
        reader.Puback(3);
        Assert.Equal(9, broker.Counters.Queued);
    }

    /// <summary>Ids in any order, one that nobody waits for, one with a reason code.</summary>
    [Fact]
    public void PUBACKs_that_come_together_end_their_deliveries()
    {
        var broker = new BrokerHarness();
        var reader = broker.Connect("reader").Subscribe("t", QoS.AtLeastOnce);
        var publisher = broker.Connect("publisher");
        publisher.SendBytes([.. Enumerable.Range(1, 6).SelectMany(i => Publish(ProtocolVersion.Mqtt5, "t", QoS.AtLeastOnce, i, i))]);

        reader.SendBytes([0x40, 2, 0, 2, 0x40, 2, 0, 1, 0x40, 2, 0, 99, 0x40, 2, 0, 3, 0x40, 3, 0, 5, 0x97, 0x40, 2, 0, 4]);
        Assert.Equal((1, 6 + 1 + 64), (broker.Counters.Queued, broker.Counters.QueuedBytes));
        reader.Puback(6);

        Assert.Equal((0, 0), (broker.Counters.Queued, broker.Counters.QueuedBytes));
        Assert.Equal((7, 1), (broker.Counters.PacketsReceived[(int)PacketType.Puback], broker.Dropped(DropReason.RefusedByReceiver)));
    }

    [Fact]
    public void A_PUBACK_with_packet_id_0_among_others_closes_the_connection()
    {
        var broker = new BrokerHarness();
        var reader = broker.Connect("reader").Subscribe("t", QoS.AtLeastOnce);
        var publisher = broker.Connect("publisher");
        publisher.SendBytes([.. Enumerable.Range(1, 2).SelectMany(i => Publish(ProtocolVersion.Mqtt5, "t", QoS.AtLeastOnce, i, i))]);
        reader.ReceivesAllPublishes();

        reader.SendBytes([0x40, 2, 0, 1, 0x40, 2, 0, 0, 0x40, 2, 0, 2]);

        reader.IsClosedWith(Protocol.ReasonCodes.DisconnectReasonCode.ProtocolError);
    }

    [Fact]
    public void A_run_ends_where_a_packet_is_malformed()
    {
        var broker = new BrokerHarness();
        var reader = broker.Connect("reader").Subscribe("t");
        var publisher = broker.Connect("publisher");
        byte[] run = [.. Enumerable.Range(1, 5).SelectMany(i => Publish(ProtocolVersion.Mqtt5, "t", QoS.AtMostOnce, i, 1))];

        publisher.SendBytes([.. run, 0x30, 0x81, 0x00, .. run]);        // a length that is not in its shortest form

        Assert.Equal(5, reader.ReceivesAllPublishes().Count);
        Assert.True(publisher.IsClosed);
    }

    private static List<byte[]> Packets(ProtocolVersion version, Random random)
    {
        var packets = new List<byte[]>();
        for (var id = 1; packets.Count < 300;)
        {
            var topic = Topics[random.Next(Topics.Length)];
            var qos = (QoS)random.Next(2);
            var length = random.Next(40) == 0 ? 200 : random.Next(20);
            for (var count = random.Next(1, 20); count > 0; count--)
            {
                packets.Add(Publish(version, topic, qos, id++, length, isOdd: random.Next(30) == 0));
            }
        }

        return packets;
    }

    private static byte[] Publish(ProtocolVersion version, string topic, QoS qos, int id, int length, bool isOdd = false)
    {
        var publish = new PublishPacket
        {
            Topic = Encoding.UTF8.GetBytes(topic),
            Payload = Encoding.UTF8.GetBytes(new string((char)('a' + (id % 26)), length)),
            QoS = qos,
            PacketId = (ushort)(qos == QoS.AtMostOnce ? 0 : id),
            Retain = isOdd && id % 2 == 0,
            Dup = isOdd && id % 2 == 1 && qos == QoS.AtLeastOnce,
            Properties = PropertyBlock.FromTrusted(isOdd ? new TestProperties().Add(PropertyId.PayloadFormatIndicator, 1).Bytes : []),
        };
        var bytes = new byte[publish.Measure(version)];
        publish.Write(bytes, version);
        return bytes;
    }

    /// <summary>A broker with one publisher and receivers of every kind that a seed asks for.</summary>
    private sealed class World
    {
        private readonly BrokerHarness _broker;
        private readonly TestClient _publisher;
        private readonly List<TestClient> _receivers = [];
        private readonly List<string> _acknowledged = [];

        public World(ProtocolVersion version, int shards, int seed)
        {
            var random = new Random(seed);
            _broker = new BrokerHarness(
                shards,
                limits =>
                {
                    limits.OutputBytesMax = random.Next(2) == 0 ? 4_000_000 : 500;
                    limits.QueueMessagesMax = random.Next(3) == 0 ? 50 : 0;
                    limits.TurnOutputBytesMax = random.Next(3) == 0 ? 5_000 : 4_000_000;
                },
                settings => settings.QueueQoS0Messages = random.Next(4) == 0,
                new TestAccess { DeniedTopics = { "forbidden/x" } });
            _publisher = _broker.Connect("publisher", version);
            if (version == ProtocolVersion.Mqtt5 && random.Next(3) == 0)
            {
                _publisher.Subscribe("a/+", QoS.AtLeastOnce, noLocal: true);
            }

            for (var i = 0; i < 6; i++)
            {
                AddReceiver(i, random.Next(12), version);
            }
        }

        public void Receive(List<byte[]> pieces)
        {
            var seen = _publisher.Connection;
            _broker.OnShard(_publisher.ShardIndex, shard =>
            {
                foreach (var piece in pieces)
                {
                    shard.Received(seen, piece);
                }
            });
        }

        public void AcknowledgeAll()
        {
            while (_receivers.Exists(Acknowledge))
            {
            }
        }

        public void IsLike(World other)
        {
            Assert.Equal(other._publisher.TakeStream(), _publisher.TakeStream());
            foreach (var (mine, its) in _receivers.Zip(other._receivers))
            {
                Assert.Equal(its.ReceivesAll().Select(Text), mine.ReceivesAll().Select(Text));
                Assert.Equal(its.IsClosed, mine.IsClosed);
            }

            Assert.Equal(other._acknowledged, _acknowledged);
            var counted = _broker.Counters;
            var expected = other._broker.Counters;
            Assert.Equal(expected.PacketsReceived, counted.PacketsReceived);
            Assert.Equal(expected.PacketsSent, counted.PacketsSent);
            Assert.Equal(expected.PublishReceived, counted.PublishReceived);
            Assert.Equal(expected.PublishSent, counted.PublishSent);
            Assert.Equal(expected.Dropped, counted.Dropped);
            Assert.Equal(
                (expected.PublishBytesReceived, expected.PublishBytesSent, expected.BytesSent, expected.Queued, expected.QueuedBytes),
                (counted.PublishBytesReceived, counted.PublishBytesSent, counted.BytesSent, counted.Queued, counted.QueuedBytes));
        }

        private static string Text(ReceivedPacket packet) => $"{packet.Type} {packet.PacketId} {packet.Topic} {packet.PayloadText}";

        private bool Acknowledge(TestClient receiver)
        {
            if (receiver.IsClosed)
            {
                return false;
            }

            var publishes = receiver.ReceivesAllPublishes().FindAll(publish => publish.PacketId != 0);
            _acknowledged.AddRange(publishes.Select(publish => Text(publish)));
            publishes.ForEach(publish => receiver.Puback(publish.PacketId));
            return publishes.Count > 0;
        }

        private void AddReceiver(int number, int kind, ProtocolVersion version)
        {
            var other = version == ProtocolVersion.Mqtt5 ? ProtocolVersion.Mqtt311 : ProtocolVersion.Mqtt5;
            var name = $"receiver{number}";
            var receiver = kind switch
            {
                0 => _broker.Connect(name, other).Subscribe("a/#", QoS.AtLeastOnce),
                1 => _broker.Connect(name).Subscribe("a/b", QoS.AtLeastOnce, properties: new TestProperties().Add(PropertyId.SubscriptionIdentifier, 7)),
                2 => _broker.Connect(name, version).Subscribe("$share/g/a/b", QoS.AtLeastOnce),
                3 => _broker.Persistent(name, version).Subscribe("a/+", QoS.AtLeastOnce),
                4 => _broker.Connect(name, properties: new TestProperties().Add(PropertyId.ReceiveMaximum, 4)).Subscribe("a/b", QoS.AtLeastOnce),
                5 => _broker.Connect(name, properties: new TestProperties().Add(PropertyId.MaximumPacketSize, 60)).Subscribe("a/b", QoS.AtLeastOnce),
                6 => _broker.Connect(name, version).Subscribe("a/b", QoS.AtLeastOnce).Subscribe("a/#", QoS.AtLeastOnce),
                _ => _broker.Connect(name, version).Subscribe("a/b", kind % 2 == 0 ? QoS.AtMostOnce : QoS.AtLeastOnce),
            };
            if (kind == 3)
            {
                receiver.DropConnection();
            }
            else if (kind == 7 && _broker.Core.Limits.TurnOutputBytesMax > 5_000)
            {
                receiver.RoomBytes = 700;           // what it takes at the end of a turn depends on how many turns there are
            }

            _receivers.Add(receiver);
        }
    }
}
