using Godwit.Protocol.Delivery;

namespace Godwit.Protocol.Tests.Delivery;

/// <summary>Random event sequences against a model that is nothing but two lists and the rules of 5.0 §4.3, §4.4, §4.9.</summary>
public sealed class OutboundModelTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    [Theory, Spec("R17", "R19", "MQTT-4.4.0-1", "MQTT-4.6.0-1", "MQTT-4.9.0-2", "MQTT-2.2.1-3", "MQTT-2.2.1-4")]
    [MemberData(nameof(Seeds))]
    public void It_does_what_the_model_does(int seed)
    {
        var random = new Random(seed);
        var delivery = new OutboundDelivery<int>();
        var model = new Model();
        var next = 0;
        delivery.BeginConnection(3);
        model.BeginConnection(3);
        for (var step = 0; step < 2_000; step++)
        {
            var packetId = model.AnyPacketId(random);
            switch (random.Next(16))
            {
                case 0:
                    var receiveMaximum = random.Next(1, 9);
                    delivery.BeginConnection(receiveMaximum);
                    model.BeginConnection(receiveMaximum);
                    break;

                case < 5:
                    var qos = random.Next(2) == 0 ? QoS.AtLeastOnce : QoS.ExactlyOnce;
                    delivery.Enqueue(next, qos);
                    model.Queue.Add((next++, qos));
                    break;

                case < 9:
                    Assert.Equal(model.TakeNext(), delivery.TryTakeNext(out var send) ? send : null);
                    break;

                case < 11:
                    Assert.Equal(model.End(packetId, OutboundState.AwaitingPuback), delivery.OnPuback(packetId, out var acknowledged) ? acknowledged : null);
                    break;

                case < 13:
                    var isError = random.Next(4) == 0;
                    var outcome = delivery.OnPubrec(packetId, isError, out var received, out var handedBack);
                    Assert.Equal(model.Pubrec(packetId, isError), (outcome, handedBack ? received : null));
                    break;

                case < 15:
                    Assert.Equal(model.End(packetId, OutboundState.AwaitingPubcomp) is not null, delivery.OnPubcomp(packetId));
                    break;

                default:
                    Assert.Equal(model.DropOldest(), delivery.TryDropOldestQueued(out var dropped, out _, out _) ? dropped : null);
                    break;
            }

            Assert.Equal((model.Queue.Count, model.Window.Count), (delivery.QueuedCount, delivery.InFlightCount));
            Assert.Equal(model.Window.Count(exchange => exchange.HoldsQuota), delivery.Quota.InUse);
        }
    }

    private sealed class Exchange
    {
        public required ushort PacketId { get; init; }

        public required int Message { get; init; }

        public required QoS QoS { get; init; }

        public OutboundState State { get; set; }

        public bool HoldsQuota { get; set; }

        public bool IsToSendAgain { get; set; }
    }

    /// <summary>Exchanges in order of sending, and messages in order of arrival, whose number gives the id. Few messages: ids never wrap here.</summary>
    private sealed class Model
    {
        private int _sentCount;
        private int _receiveMaximum;

        public List<Exchange> Window { get; } = [];

        public List<(int Message, QoS QoS)> Queue { get; } = [];

        public ushort AnyPacketId(Random random) =>
            (ushort)(Window.Count > 0 && random.Next(5) > 0 ? Window[random.Next(Window.Count)].PacketId : random.Next(1, _sentCount + 3));

        public void BeginConnection(int receiveMaximum)
        {
            _receiveMaximum = receiveMaximum;
            Window.ForEach(exchange => (exchange.HoldsQuota, exchange.IsToSendAgain) = (false, true));
        }

        public OutboundSend<int>? TakeNext()
        {
            var again = Window.Find(exchange => exchange.IsToSendAgain);
            var hasQuota = Window.Count(exchange => exchange.HoldsQuota) < _receiveMaximum;
            if (again is { State: OutboundState.AwaitingPubcomp })
            {
                // A later PUBREL overtakes nothing: what stands before it has been sent again.
                again.IsToSendAgain = false;
                return new OutboundSend<int>(again.PacketId, again.QoS, Dup: false, IsPubrel: true, default);
            }

            if (!hasQuota || (again is null && Queue.Count == 0))
            {
                return null;
            }

            if (again is not null)
            {
                (again.HoldsQuota, again.IsToSendAgain) = (true, false);
                return new OutboundSend<int>(again.PacketId, again.QoS, Dup: true, IsPubrel: false, again.Message);
            }

            var (message, qos) = Queue[0];
            Queue.RemoveAt(0);
            var state = qos == QoS.AtLeastOnce ? OutboundState.AwaitingPuback : OutboundState.AwaitingPubrec;
            _sentCount = message + 1;                       // messages are numbered as they are queued, and so are positions
            Window.Add(new Exchange { PacketId = (ushort)_sentCount, Message = message, QoS = qos, State = state, HoldsQuota = true });
            return new OutboundSend<int>((ushort)_sentCount, qos, Dup: false, IsPubrel: false, message);
        }

        public int? End(ushort packetId, OutboundState state)
        {
            var exchange = Window.Find(candidate => candidate.PacketId == packetId && candidate.State == state);
            return exchange is not null && Window.Remove(exchange) ? exchange.Message : null;
        }

        public (PubrecOutcome Outcome, int? Message) Pubrec(ushort packetId, bool isError)
        {
            var exchange = Window.Find(candidate => candidate.PacketId == packetId && candidate.QoS == QoS.ExactlyOnce);
            if (exchange is null)
            {
                return (isError ? PubrecOutcome.Ended : PubrecOutcome.SendPubrelNotFound, null);
            }

            int? message = exchange.State == OutboundState.AwaitingPubrec ? exchange.Message : null;
            exchange.State = OutboundState.AwaitingPubcomp;
            if (isError)
            {
                Window.Remove(exchange);
            }

            return (isError ? PubrecOutcome.Ended : PubrecOutcome.SendPubrel, message);
        }

        public int? DropOldest()
        {
            if (Queue.Count == 0)
            {
                return null;
            }

            var (message, _) = Queue[0];
            Queue.RemoveAt(0);
            return message;
        }
    }
}
