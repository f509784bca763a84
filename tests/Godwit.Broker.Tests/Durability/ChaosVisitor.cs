using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Broker.Tests.Durability;

/// <summary>Comes and goes with sessions of every kind, and acknowledges some of what it gets. Nobody checks what: it is there to disturb.</summary>
internal sealed class ChaosVisitor(ChaosWorld world, string clientId)
{
    private static readonly string[] Filters = ["a", "b", "r/#", "$share/h/a", "$share/h/b", "wills"];

    private TestClient? _connection;

    public void Act()
    {
        var random = world.Random;
        if (_connection is null || _connection.IsClosed)
        {
            Connect(random.Next(2) == 0, new uint[] { 0, 5, uint.MaxValue }[random.Next(3)]);
            return;
        }

        if (_connection.Connection.Session is null)
        {
            return;                         // its shard has not taken it yet, and reads nothing before
        }

        switch (random.Next(10))
        {
            case < 3:
                _connection.SendSubscribe([(Filters[random.Next(Filters.Length)], (byte)random.Next(3))]);
                break;

            case 3:
                _connection.Send(new Protocol.Packets.UnsubscribePacket { PacketId = 1, FilterBytes = "\0\u0001a"u8 });
                break;

            case 4:
                _connection.Publish("nobody", "x:", (QoS)random.Next(3), packetId: (ushort)random.Next(1, 4));
                break;

            case 5:
                _connection.Pubrel((ushort)random.Next(1, 4));
                break;

            case 6:
                _connection.DropConnection();
                break;

            default:
                Acknowledge();
                break;
        }
    }

    /// <summary>The broker is gone.</summary>
    public void Lose() => _connection = null;

    /// <summary>Comes once more, and leaves no session behind.</summary>
    public void LeaveForGood()
    {
        Connect(cleanStart: true, expiry: 0);
        world.Broker.Flush();
        _connection!.Disconnect();
    }

    private void Connect(bool cleanStart, uint expiry)
    {
        _connection = world.Broker.Open();
        var properties = TestProperties.Expiry(expiry).Add(PropertyId.ReceiveMaximum, 5);
        var will = new TestWill("wills", clientId, QoS.AtLeastOnce, Properties: new TestProperties().Add(PropertyId.WillDelayInterval, (uint)world.Random.Next(4)));
        _connection.Connect(clientId, ProtocolVersion.Mqtt5, cleanStart, keepAlive: 0, will, properties, userName: null);
    }

    private void Acknowledge()
    {
        foreach (var packet in _connection!.ReceivesAll())
        {
            if (_connection.IsClosed)
            {
                return;
            }

            switch (packet.Type)
            {
                case PacketType.Publish when packet.QoS == QoS.AtLeastOnce:
                    _connection.Puback(packet.PacketId);
                    break;

                case PacketType.Publish when packet.QoS == QoS.ExactlyOnce:
                    _connection.Pubrec(packet.PacketId);
                    break;

                case PacketType.Pubrel:
                    _connection.Pubcomp(packet.PacketId);
                    break;
            }
        }
    }
}
