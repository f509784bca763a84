using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;

namespace Godwit.Broker.Tests.Durability;

/// <summary>Publishes numbered messages and repeats each until it is acknowledged.</summary>
internal sealed class ChaosPublisher(ChaosWorld world, string clientId) : ChaosClient(world, clientId)
{
    private const int InFlightMax = 5;

    private readonly List<Exchange> _inFlight = [];
    private readonly QoS _retainedQoS = (QoS)world.Random.Next(1, 3);    // a repetition at QoS 1 may be stored again behind a later one at QoS 2
    private int _count;

    public override bool IsDone => _inFlight.Count == 0;

    protected override void ActConnected()
    {
        if (_inFlight.Count == InFlightMax || World.IsSettling)
        {
            return;
        }

        var topic = World.NextTopic(ClientId);
        var message = new ChaosMessage(ClientId, ++_count, topic, (QoS)World.Random.Next(1, 3));
        if (message.IsRetained)
        {
            message = message with { QoS = _retainedQoS };
        }

        World.Published.Add(message);
        var packetId = (ushort)Enumerable.Range(1, InFlightMax).First(id => _inFlight.TrueForAll(exchange => exchange.PacketId != id));
        var exchange = new Exchange(packetId, message, World.NextPadding());
        _inFlight.Add(exchange);
        Send(exchange, dup: false);
    }

    protected override void OnConnected() => _inFlight.ForEach(exchange => Send(exchange, dup: true));

    protected override void OnPacket(ReceivedPacket packet)
    {
        var exchange = _inFlight.Find(exchange => exchange.PacketId == packet.PacketId);
        switch (packet.Type)
        {
            case PacketType.Puback:
                Assert.True(exchange is { Message.QoS: QoS.AtLeastOnce } && packet.ReasonCode is 0 or 0x10);
                _inFlight.Remove(exchange!);
                break;

            case PacketType.Pubrec:
                Assert.True(exchange is { Message.QoS: QoS.ExactlyOnce } && packet.ReasonCode is 0 or 0x10);
                exchange!.IsReceived = true;
                Send(exchange, dup: false);
                break;

            case PacketType.Pubcomp:
                Assert.True(exchange is { IsReceived: true });
                Assert.True(packet.ReasonCode == 0 || exchange!.PubrelCount > 1, $"{exchange!.Message} is not known any more.");
                _inFlight.Remove(exchange!);
                break;

            default:
                Assert.Equal(PacketType.Disconnect, packet.Type);
                break;
        }
    }

    private void Send(Exchange exchange, bool dup)
    {
        if (exchange.IsReceived)
        {
            exchange.PubrelCount++;         // an earlier one may have been answered on a connection that broke
            Connection!.Pubrel(exchange.PacketId);
            return;
        }

        var message = exchange.Message;
        Connection!.Publish(message.Topic, message.Text + exchange.Padding, message.QoS, retain: message.IsRetained, dup: dup, packetId: exchange.PacketId);
    }

    private sealed record Exchange(ushort PacketId, ChaosMessage Message, string Padding)
    {
        public bool IsReceived { get; set; }

        public int PubrelCount { get; set; }
    }
}
