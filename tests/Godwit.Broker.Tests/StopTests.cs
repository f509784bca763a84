using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests;

/// <summary>The server stops: everybody is told, nothing is left open, no will goes out.</summary>
public sealed class StopTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Every_connection_is_closed_and_5_0_clients_are_told(int shards)
    {
        var broker = new BrokerHarness(shards);
        var clients = Enumerable.Range(0, 10).Select(i => broker.Connect($"new{i}")).ToList();
        var old = Enumerable.Range(0, 10).Select(i => broker.Connect($"old{i}", ProtocolVersion.Mqtt311)).ToList();

        Stop(broker);

        Assert.All(clients.Concat(old), client => client.IsClosedWith(DisconnectReasonCode.ServerShuttingDown));
        Assert.Equal(0, broker.Core.ConnectedCount);
        Assert.Equal(20, broker.Events.Count(line => line.EndsWith("ServerShutdown ServerShuttingDown")));
    }

    /// <summary>5.0 §3.1.2.5 lets a server put wills off until it runs again; with state in memory alone there is no such time.</summary>
    [Theory, Spec("MQTT-3.1.2-8")]
    [InlineData(0, 0)]
    [InlineData(100, 0)]
    [InlineData(100, 10)]
    public void No_will_is_published(uint expiry, uint delay)
    {
        var broker = new BrokerHarness();
        broker.Persistent("watcher").Subscribe("will", QoS.AtLeastOnce);
        var will = new TestWill("will", "gone", QoS.AtLeastOnce, Properties: new TestProperties().Add(PropertyId.WillDelayInterval, delay));
        broker.Connect("a", will: will, properties: TestProperties.Expiry(expiry));

        Stop(broker);
        broker.Advance(TimeSpan.FromDays(1));

        Assert.Equal(0, broker.Counters.Queued);
    }

    [Fact]
    public void What_was_written_before_leaves_before_the_DISCONNECT()
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("a");

        broker.OnShard(0, shard =>
        {
            shard.Received(client.Connection, [0xC0, 0x00]);
            shard.Stop();
        });

        client.Receives(PacketType.Pingresp);
        client.IsClosedWith(DisconnectReasonCode.ServerShuttingDown);
    }

    [Fact]
    public void Stopping_twice_does_no_harm()
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("a");

        Stop(broker);
        Stop(broker);

        client.IsClosedWith(DisconnectReasonCode.ServerShuttingDown);
    }

    [Fact]
    public void Sessions_that_outlive_their_connection_are_kept()
    {
        var broker = new BrokerHarness();
        broker.Persistent("kept");
        broker.Connect("clean");

        Stop(broker);

        Assert.Equal(1, broker.Core.SessionCount);
    }

    private static void Stop(BrokerHarness broker)
    {
        for (var i = 0; i < broker.Core.Shards.Count; i++)
        {
            broker.OnShard(i, shard => shard.Stop());
        }
    }
}
