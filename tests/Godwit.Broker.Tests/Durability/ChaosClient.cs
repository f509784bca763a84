using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Broker.Tests.Durability;

/// <summary>A client with a durable session in a <see cref="ChaosWorld"/>: it connects again and again, and is right in all it does.</summary>
internal abstract class ChaosClient(ChaosWorld world, string clientId)
{
    private bool _hasSession;

    public string ClientId => clientId;

    /// <summary>CONNACK has come.</summary>
    public bool IsReady { get; private set; }

    protected ChaosWorld World => world;

    protected ProtocolVersion Version { get; } = world.Random.Next(2) == 0 ? ProtocolVersion.Mqtt311 : ProtocolVersion.Mqtt5;

    /// <summary>The connection; null when there is none.</summary>
    protected TestClient? Connection { get; private set; }

    /// <summary>Nothing is left to be said or heard.</summary>
    public abstract bool IsDone { get; }

    /// <summary>Connects; an older connection of it may still be there.</summary>
    public void Connect()
    {
        IsReady = false;
        Connection = world.Broker.Open();
        var properties = TestProperties.Expiry(uint.MaxValue);
        if (world.Random.Next(2) == 0)
        {
            properties.Add(PropertyId.ReceiveMaximum, (uint)world.Random.Next(1, 5));
        }

        var will = world.Random.Next(3) == 0 ? new TestWill("wills", clientId, QoS.ExactlyOnce) : null;
        Connection.Connect(clientId, Version, cleanStart: false, keepAlive: 0, will, Version == ProtocolVersion.Mqtt5 ? properties : null, userName: null);
    }

    /// <summary>The connection breaks, or is closed in an orderly way.</summary>
    public void Leave()
    {
        if (Connection is { IsClosed: false } connection && IsReady && world.Random.Next(2) == 0)
        {
            connection.Disconnect();
        }
        else
        {
            Connection?.DropConnection();
        }

        Lose();
    }

    /// <summary>The broker is gone.</summary>
    public void Lose()
    {
        Connection = null;
        IsReady = false;
    }

    /// <summary>Takes what has come.</summary>
    /// <returns>Something has.</returns>
    public bool Read()
    {
        if (Connection is null)
        {
            return false;
        }

        var packets = Connection.ReceivesAll();
        foreach (var packet in packets)
        {
            Take(packet);
        }

        if (Connection.IsClosed)
        {
            Lose();
        }

        return packets.Count > 0;
    }

    /// <summary>Does one of the things it could do now.</summary>
    public void Act()
    {
        if (Connection is null)
        {
            Connect();
        }
        else if (IsReady)
        {
            ActConnected();
        }
    }

    protected abstract void ActConnected();

    protected abstract void OnConnected();

    protected abstract void OnPacket(ReceivedPacket packet);

    private void Take(ReceivedPacket packet)
    {
        if (packet.Type != PacketType.Connack)
        {
            Assert.True(IsReady, $"{packet.Type} came before CONNACK.");
            OnPacket(packet);
            return;
        }

        Assert.Equal(0, packet.ReasonCode);
        Assert.True(packet.SessionPresent || !_hasSession, $"The session of {clientId} is lost.");
        _hasSession = true;
        IsReady = true;
        OnConnected();
    }
}
