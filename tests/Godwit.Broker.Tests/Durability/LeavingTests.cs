using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;

namespace Godwit.Broker.Tests.Durability;

/// <summary>CONNACK waits for the will, and who leaves gets the answers that are outstanding.</summary>
public sealed class LeavingTests
{
    [Fact]
    public void CONNACK_of_a_client_with_a_will_waits_for_the_will()
    {
        var log = new TestLog { IsEager = false };
        var broker = new BrokerHarness(log: log);
        var client = broker.Open();

        client.Connect("pump", ProtocolVersion.Mqtt5, cleanStart: true, keepAlive: 0, new TestWill("status/pump", "lost"), properties: null, userName: null);

        client.ReceivesNothing();
        log.Flush();
        broker.Run();
        Assert.Equal(0, client.Receives(PacketType.Connack).ReasonCode);
    }

    /// <summary>CONNECT, PUBLISH and DISCONNECT in one write: the answers come when they may, then the end.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_client_that_has_left_gets_its_answers(bool isLost)
    {
        var log = new TestLog();
        var broker = new BrokerHarness(log: log);
        broker.Persistent("away").Subscribe("t", QoS.AtLeastOnce).Disconnect();
        log.IsEager = false;
        var client = broker.Open();
        client.Connect("pump", ProtocolVersion.Mqtt5, cleanStart: true, keepAlive: 0, new TestWill("status/pump", "lost"), properties: null, userName: null);
        client.Publish("t", "m", QoS.AtLeastOnce, packetId: 7);

        client.Disconnect();

        Assert.False(client.IsClosed);
        if (isLost)
        {
            broker.OnShard(client.ShardIndex, shard => shard.Lost(client.Connection));
            log.Flush();
            broker.Run();
            Assert.Empty(client.TakeStream());
            return;
        }

        client.ReceivesNothing();
        log.Flush();
        broker.Run();
        client.Receives(PacketType.Connack);
        Assert.Equal(7, client.Receives(PacketType.Puback).PacketId);
        Assert.True(client.IsClosed);
        broker.Connect("watcher").Subscribe("status/#").ReceivesNothing();
    }
}
