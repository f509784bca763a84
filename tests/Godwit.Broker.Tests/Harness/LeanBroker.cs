using Godwit.Broker.Security;
using Godwit.Broker.Shards;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests.Harness;

/// <summary>The broker core with a host that allocates nothing, for measuring what the core allocates.</summary>
internal sealed class LeanBroker : IShardWorld
{
    private readonly List<LeanClient> _clients = [];
    private readonly Shard[] _shards;

    public LeanBroker(int shards, IAccessPolicy? access = null)
    {
        Core = new BrokerCore(new BrokerLimits(), new BrokerSettings { SysIntervalSeconds = 0 }, access ?? new OpenAccess(), this, shards, NowMs);
        _shards = [.. Core.Shards];
    }

    public BrokerCore Core { get; }

    public long NowMs { get; private set; } = 1_000_000;

    /// <summary>PUBLISH packets that all clients have received.</summary>
    public int ReceivedCount { get; set; }

    /// <summary>Connects a client that belongs to a shard.</summary>
    public LeanClient Connect(int shard, ProtocolVersion version)
    {
        var id = _clients.Count * 1000;
        while (Core.ShardOf($"client{id}") != shard)
        {
            id++;
        }

        var client = new LeanClient(this, _shards[shard], $"client{id}", version);
        _clients.Add(client);
        return client;
    }

    /// <summary>One turn of every shard, a millisecond later; each client first hands in what it has to say.</summary>
    public void Turn()
    {
        NowMs++;
        foreach (var shard in _shards)
        {
            shard.BeginTurn(NowMs);
            foreach (var client in _clients)
            {
                if (client.Shard == shard && !shard.IsReadingPaused)
                {
                    client.HandIn();
                }
            }

            shard.EndTurn();
        }
    }

    public long HeapBytes => 0;

    public void Wake(int shardIndex)
    {
    }

    public string NewClientId(string prefix) => throw new NotSupportedException();

    public void Connected(Connection connection, bool sessionPresent)
    {
    }

    public void ConnectRefused(Connection connection, ConnackReasonCode reasonCode) => throw new InvalidOperationException($"{reasonCode}");

    public void Disconnected(Connection connection, CloseReason reason, DisconnectReasonCode reasonCode) =>
        throw new InvalidOperationException($"{reason} {reasonCode}");

    public void PacketRefused(Connection connection, PacketType type, PacketError error) => throw new InvalidOperationException($"{type} {error}");

    public void Fault(Connection connection, Exception fault) => Assert.Fail($"{connection.ClientId}: {fault}");

    public void Subscribed(Connection connection, ReadOnlySpan<byte> topicFilter, SubackReasonCode reasonCode)
    {
    }
}
