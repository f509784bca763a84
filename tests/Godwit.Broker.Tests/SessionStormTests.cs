using System.Globalization;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Packets;

namespace Godwit.Broker.Tests;

/// <summary>
/// Clients that come, break off, are taken over, read slowly and answer late, in an order drawn from a seed. In the end each has every
/// QoS 2 message exactly once and in order, and the broker holds nothing any more.
/// </summary>
public sealed class SessionStormTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory, Spec("MQTT-4.3.3-10", "MQTT-4.4.0-1", "MQTT-4.6.0-5", "MQTT3-4.4.0-1", "R19", "R32", "R52")]
    [MemberData(nameof(Seeds))]
    public void Every_message_arrives_exactly_once_and_in_order(int seed)
    {
        var random = new Random(seed);
        var broker = new BrokerHarness(shards: random.Next(1, 4), limits: limits =>
        {
            limits.OutputBytesMax = 2000;
            limits.TurnOutputBytesMax = 500;
            limits.InFlightMax = random.Next(1, 30);
        });
        var publisher = broker.Connect("publisher");
        var receivers = Enumerable.Range(0, 5).Select(i => new Receiver(broker, $"receiver{i}", random)).ToList();
        receivers.ForEach(receiver => receiver.Subscribe("t"));
        var published = 0;

        for (var step = 0; step < 400; step++)
        {
            var receiver = receivers[random.Next(receivers.Count)];
            switch (random.Next(8))
            {
                case 0:
                    receiver.Connect();
                    break;

                case 1:
                    receiver.Leave();
                    break;

                case 2:
                    broker.Advance(TimeSpan.FromMilliseconds(random.Next(5000)));
                    break;

                case 3 or 4:
                    receiver.Answer(random.Next(20));
                    break;

                default:
                    publisher.PublishAcknowledged("t", (published++).ToString(CultureInfo.InvariantCulture), QoS.ExactlyOnce);
                    break;
            }
        }

        foreach (var receiver in receivers)
        {
            receiver.Connect();
            receiver.AnswerAll();
            Assert.Equal(Enumerable.Range(0, published).Select(number => $"{number}"), receiver.Messages);
        }

        Assert.Equal((0, 0), (broker.Counters.Queued, broker.Counters.QueuedBytes));
        Assert.Equal(0, broker.Counters.Dropped.Sum());
        Assert.Equal(6, broker.Core.ConnectedCount);
    }

    /// <summary>A client with a session of its own: what it has seen of a QoS 2 exchange outlives its connections.</summary>
    private sealed class Receiver(BrokerHarness broker, string clientId, Random random)
    {
        private readonly HashSet<ushort> _awaitingPubrel = [];
        private readonly Queue<ReceivedPacket> _unanswered = new();
        private readonly ProtocolVersion _version = random.Next(2) == 0 ? ProtocolVersion.Mqtt311 : ProtocolVersion.Mqtt5;
        private TestClient? _client;

        public List<string> Messages { get; } = [];

        public void Subscribe(string filter) => (_client = broker.Persistent(clientId, _version)).Subscribe(filter, QoS.ExactlyOnce);

        public void Connect()
        {
            _unanswered.Clear();
            _client = broker.Persistent(clientId, _version, receiveMaximum: (ushort)random.Next(1, 20));
            if (random.Next(3) == 0)
            {
                _client.RoomBytes = random.Next(100);
            }
        }

        public void Leave()
        {
            if (random.Next(2) == 0)
            {
                _client!.DropConnection();
            }
            else if (!_client!.IsClosed)
            {
                _client.Disconnect();
            }
        }

        public void AnswerAll()
        {
            _client!.TakeMore();
            while (Answer(1))
            {
            }
        }

        /// <summary>Answers at most so many packets.</summary>
        /// <returns>False: there was nothing to answer.</returns>
        public bool Answer(int count)
        {
            if (_client!.IsClosed)
            {
                return false;
            }

            if (random.Next(3) == 0)
            {
                _client.TakeMore();
            }

            for (var i = 0; i < count; i++)
            {
                _client.ReceivesAll().ForEach(_unanswered.Enqueue);
                if (!_unanswered.TryDequeue(out var packet))
                {
                    return false;
                }

                Answer(_client, packet);
            }

            return true;
        }

        private void Answer(TestClient client, ReceivedPacket packet)
        {
            if (packet.Type == PacketType.Pubrel)
            {
                _awaitingPubrel.Remove(packet.PacketId);
                client.Pubcomp(packet.PacketId);
            }
            else if (packet.Type == PacketType.Publish)
            {
                if (_awaitingPubrel.Add(packet.PacketId))
                {
                    Messages.Add(packet.PayloadText);
                }

                client.Send(new PubrecPacket { PacketId = packet.PacketId });
            }
        }
    }
}
