using Godwit.Broker.Security;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;

namespace Godwit.Broker.Tests;

/// <summary>The shards of a broker: how many, who lives where, what they count together.</summary>
public sealed class BrokerCoreTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(65)]
    public void The_number_of_shards_is_1_to_64(int shards) =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new BrokerCore(new BrokerLimits(), new BrokerSettings(), new OpenAccess(), new BrokerHarness(), shards, startMs: 0));

    [Theory]
    [InlineData(2)]
    [InlineData(64)]
    public void Client_identifiers_spread_over_all_shards(int shards)
    {
        var broker = new BrokerHarness(shards);

        for (var i = 0; i < 1000; i++)
        {
            broker.Connect($"sensor-{i}");
        }

        var perShard = broker.Core.Shards.Select(shard => (int)shard.Counters.Connected).ToList();
        Assert.Equal(1000, perShard.Sum());
        Assert.All(perShard, connected => Assert.InRange(connected, 1000 / shards / 3, 3 * 1000 / shards));
    }

    [Fact, Spec("R56")]
    public void The_counters_tell_what_has_happened()
    {
        var broker = new BrokerHarness(shards: 2);
        var client = broker.Connect("a").Subscribe("t", QoS.AtLeastOnce);
        broker.Connect("b", ProtocolVersion.Mqtt311).Publish("t", "four", QoS.AtLeastOnce);
        client.Puback(client.ReceivesPublish().PacketId);
        broker.Connect("c").Disconnect();

        var counters = broker.Counters;

        Assert.Equal((3, 3, 2, 2), (counters.Sockets, counters.Connects, counters.Connected, counters.Sessions));
        Assert.Equal(3, counters.PacketsReceived[(int)PacketType.Connect]);
        Assert.Equal(3, counters.PacketsSent[(int)PacketType.Connack]);
        Assert.Equal(1, counters.PacketsReceived[(int)PacketType.Disconnect]);
        Assert.Equal((1, 1), (counters.PublishReceived[1], counters.PublishSent[1]));
        Assert.Equal((4, 4), (counters.PublishBytesReceived, counters.PublishBytesSent));
        Assert.Equal((0, 0), (counters.Queued, counters.QueuedBytes));
        Assert.Equal(0, counters.Dropped.Sum());
    }

    /// <summary>Every byte that went either way, CONNECT and CONNACK included.</summary>
    [Fact]
    public void Bytes_are_counted_on_both_sides()
    {
        var broker = new BrokerHarness();
        var connect = RawPacket.Connect("MQTT", 4);
        var client = broker.Open();
        client.Version = ProtocolVersion.Mqtt311;

        client.SendBytes([.. connect, 0xC0, 0x00]);
        client.SendBytes([0xC0]);

        Assert.Equal(connect.Length + 3, broker.Counters.BytesReceived);
        Assert.Equal(4 + 2, broker.Counters.BytesSent);
    }
}
