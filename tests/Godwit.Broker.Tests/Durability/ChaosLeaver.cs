using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;

namespace Godwit.Broker.Tests.Durability;

/// <summary>A member of a shared group whose session ends again and again. What it does not acknowledge has to go to other members.</summary>
internal sealed class ChaosLeaver(ChaosWorld world, string clientId)
{
    public const string Filter = "$share/q/a";

    private TestClient? _connection;
    private bool _isReady;

    /// <summary>What its application has been given.</summary>
    public HashSet<string> Delivered { get; } = [];

    public void Act()
    {
        var random = world.Random;
        if (_connection is null || _connection.IsClosed)
        {
            Connect(cleanStart: random.Next(3) == 0, expiry: random.Next(3) == 0 ? 3 : uint.MaxValue);
            return;
        }

        Read();
        if (_connection is null || !_isReady)
        {
            return;
        }

        switch (random.Next(30))
        {
            case 0:
                _connection.Disconnect(properties: TestProperties.Expiry(0));
                Lose();
                break;

            case < 4:
                _connection.DropConnection();
                Lose();
                break;
        }
    }

    /// <summary>The broker is gone.</summary>
    public void Lose()
    {
        _connection = null;
        _isReady = false;
    }

    /// <summary>Comes once more, and leaves no session behind.</summary>
    public void LeaveForGood()
    {
        Connect(cleanStart: true, expiry: 0);
        world.Broker.Flush();
        _connection!.Disconnect();
    }

    private void Connect(bool cleanStart, uint expiry)
    {
        Lose();
        _connection = world.Broker.Open();
        _connection.Connect(clientId, ProtocolVersion.Mqtt5, cleanStart, keepAlive: 0, will: null, TestProperties.Expiry(expiry), userName: null);
    }

    /// <summary>Takes what has come, and acknowledges one message of two.</summary>
    private void Read()
    {
        foreach (var packet in _connection!.ReceivesAll())
        {
            if (packet.Type == PacketType.Connack)
            {
                _isReady = true;
                _connection.SendSubscribe([(Filter, 1)]);
            }
            else if (packet.Type == PacketType.Publish && world.Random.Next(2) == 0)
            {
                var text = packet.PayloadText;
                Delivered.Add(text[..(text.LastIndexOf(':') + 1)]);
                _connection.Puback(packet.PacketId);
            }

            if (_connection.IsClosed)
            {
                Lose();
                return;
            }
        }
    }
}
