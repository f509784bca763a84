using Godwit.Protocol.Delivery;

namespace Godwit.Protocol.Tests.Delivery;

/// <summary>A sender and a receiver over connections that break at any moment and lose what is under way (5.0 §4.3, §4.4).</summary>
public sealed class LossyPipeTests
{
    private const int MessageCount = 300;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory, Spec("R19", "R49", "MQTT-4.3.3-3", "MQTT-4.3.3-5", "MQTT-4.3.3-10", "MQTT-4.4.0-1", "MQTT-4.6.0-1")]
    [MemberData(nameof(Seeds))]
    public void QoS_2_arrives_exactly_once_and_in_order(int seed)
    {
        var pipe = new Pipe(new Random(seed), _ => QoS.ExactlyOnce);

        pipe.RunUntilEverythingIsSettled();

        Assert.Equal(Enumerable.Range(0, MessageCount), pipe.Delivered);
    }

    [Theory, Spec("R17", "R49", "MQTT-4.3.2-3", "MQTT-4.3.2-5", "MQTT-4.4.0-1", "MQTT-4.6.0-1")]
    [MemberData(nameof(Seeds))]
    public void QoS_1_arrives_at_least_once_and_first_copies_in_order(int seed)
    {
        var pipe = new Pipe(new Random(seed), _ => QoS.AtLeastOnce);

        pipe.RunUntilEverythingIsSettled();

        Assert.Equal(Enumerable.Range(0, MessageCount), pipe.Delivered.Distinct());
    }

    [Theory, Spec("R17", "R19")]
    [MemberData(nameof(Seeds))]
    public void QoS_1_and_2_mixed_keep_both_promises(int seed)
    {
        var pipe = new Pipe(new Random(seed), i => i % 3 == 0 ? QoS.AtLeastOnce : QoS.ExactlyOnce);

        pipe.RunUntilEverythingIsSettled();

        Assert.Equal(Enumerable.Range(0, MessageCount), pipe.Delivered.Distinct());
        Assert.All(pipe.Delivered.Where(i => i % 3 != 0).GroupBy(i => i), copies => Assert.Single(copies));
    }

    /// <summary>A PUBLISH, or the name of another packet of the exchange.</summary>
    private readonly record struct Packet(PacketType Type, ushort PacketId, QoS QoS = QoS.AtMostOnce, int Payload = 0);

    private sealed class Pipe(Random random, Func<int, QoS> qosOf)
    {
        private readonly int _receiveMaximum = random.Next(1, 12);
        private readonly OutboundDelivery<int> _sender = new();
        private readonly InboundDelivery _receiver = new();
        private readonly Queue<Packet> _toReceiver = new();
        private readonly Queue<Packet> _toSender = new();
        private int _published;

        public List<int> Delivered { get; } = [];

        public void RunUntilEverythingIsSettled()
        {
            _sender.BeginConnection(_receiveMaximum);
            var steps = 0;
            while (_published < MessageCount || !_sender.IsEmpty)
            {
                Assert.True(++steps < 200_000, "The exchange does not come to an end.");
                Step();
            }

            Assert.Equal(0, _receiver.Count);
            Assert.True(_sender.Quota.InUse == 0);
        }

        private void Step()
        {
            switch (random.Next(40))
            {
                case 0:
                    Reconnect();
                    break;

                case < 10:
                    Publish();
                    break;

                case < 20 when _sender.TryTakeNext(out var send):
                    var type = send.IsPubrel ? PacketType.Pubrel : PacketType.Publish;
                    _toReceiver.Enqueue(new Packet(type, send.PacketId, send.QoS, send.Message));
                    break;

                case < 30 when _toReceiver.TryDequeue(out var packet):
                    Receive(packet);
                    break;

                case >= 30 when _toSender.TryDequeue(out var packet):
                    Answer(packet);
                    break;
            }
        }

        /// <summary>What is under way is lost from some packet on, in both directions.</summary>
        private void Reconnect()
        {
            for (var arrives = random.Next(_toReceiver.Count + 1); arrives > 0; arrives--)
            {
                Receive(_toReceiver.Dequeue());
            }

            for (var arrives = random.Next(_toSender.Count + 1); arrives > 0; arrives--)
            {
                Answer(_toSender.Dequeue());
            }

            _toReceiver.Clear();
            _toSender.Clear();
            _sender.BeginConnection(_receiveMaximum);
        }

        private void Publish()
        {
            if (_published < MessageCount)
            {
                _sender.Enqueue(_published, qosOf(_published));
                _published++;
            }
        }

        private void Receive(Packet packet)
        {
            if (packet.Type == PacketType.Pubrel)
            {
                _receiver.OnPubrel(packet.PacketId);
                _toSender.Enqueue(new Packet(PacketType.Pubcomp, packet.PacketId));
                return;
            }

            if (packet.QoS == QoS.AtLeastOnce)
            {
                Delivered.Add(packet.Payload);
                _toSender.Enqueue(new Packet(PacketType.Puback, packet.PacketId));
                return;
            }

            var outcome = _receiver.OnPublish(packet.PacketId, _receiveMaximum);
            Assert.NotEqual(InboundOutcome.ReceiveMaximumExceeded, outcome);
            if (outcome == InboundOutcome.New)
            {
                Delivered.Add(packet.Payload);
            }

            _toSender.Enqueue(new Packet(PacketType.Pubrec, packet.PacketId));
        }

        private void Answer(Packet packet)
        {
            switch (packet.Type)
            {
                case PacketType.Puback:
                    Assert.True(_sender.OnPuback(packet.PacketId, out _));
                    break;

                case PacketType.Pubrec:
                    Assert.Equal(PubrecOutcome.SendPubrel, _sender.OnPubrec(packet.PacketId, isError: false, out _, out _));
                    _toReceiver.Enqueue(new Packet(PacketType.Pubrel, packet.PacketId));
                    break;

                default:
                    Assert.True(_sender.OnPubcomp(packet.PacketId));
                    break;
            }
        }
    }
}
