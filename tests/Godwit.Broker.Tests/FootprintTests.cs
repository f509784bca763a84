using System.Text;
using Godwit.Broker.Shards;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;

namespace Godwit.Broker.Tests;

/// <summary>
/// What an idle client costs. Everything the core allocates counts, whether it lives on or not: what does not live on is memory too, until it
/// is collected.
/// </summary>
public sealed class FootprintTests
{
    private const int ClientCount = 4_000;

    /// <summary>Bytes that a client with one subscription to a topic of its own may cost, its share of the tables included.</summary>
    private const long BytesMax = 660;

    [Theory]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    public void An_idle_client_with_a_subscription_costs_little(ProtocolVersion version)
    {
        var broker = new LeanBroker(shards: 1);
        Connect(broker, version, first: 0, count: 100);         // what the first clients make is not theirs

        var before = GC.GetAllocatedBytesForCurrentThread();
        var own = Connect(broker, version, first: 100, ClientCount);
        var cost = (GC.GetAllocatedBytesForCurrentThread() - before - own) / ClientCount;

        Assert.Equal(ClientCount + 100, broker.Core.SubscriptionCount);
        Assert.InRange(cost, 100, BytesMax);
    }

    /// <summary>Connects clients and subscribes each to its own topic.</summary>
    /// <returns>Bytes that this method itself has allocated.</returns>
    private static long Connect(LeanBroker broker, ProtocolVersion version, int first, int count)
    {
        var own = 0L;
        var shard = broker.Core.Shards[0];
        for (var i = first; i < first + count; i++)
        {
            var start = GC.GetAllocatedBytesForCurrentThread();
            var connect = new ConnectPacket { Version = version, CleanStart = true, KeepAliveSeconds = 60, ClientId = Encoding.UTF8.GetBytes($"client{i}") };
            var bytes = new byte[connect.Measure()];
            connect.Write(bytes);
            var subscription = Subscription($"bench/{i}", version);
            own += GC.GetAllocatedBytesForCurrentThread() - start;

            var connection = new IdleConnection(i, broker.Core.Handshake.TryRead(bytes));
            broker.Core.Post(0, new ConnectionOpened(connection, bytes, bytes.Length, taken: null));
            broker.Turn();
            shard.Received(connection, subscription);
            broker.Turn();
        }

        return own;
    }

    private static byte[] Subscription(string filter, ProtocolVersion version)
    {
        byte[] entry = [0, (byte)filter.Length, .. Encoding.UTF8.GetBytes(filter), 0];
        var subscribe = new SubscribePacket { PacketId = 1, FilterBytes = entry, Properties = PropertyBlock.FromTrusted([]) };
        var bytes = new byte[subscribe.Measure(version)];
        subscribe.Write(bytes, version);
        return bytes;
    }

    /// <summary>A connection as the epoll transport has them: without an object beside it.</summary>
    private sealed class IdleConnection(long id, in HandshakeResult handshake) : Connection(id, handshake)
    {
        protected internal override int Send(ReadOnlySpan<byte> bytes) => bytes.Length;
    }
}
