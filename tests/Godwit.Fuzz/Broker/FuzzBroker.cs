using System.Runtime.CompilerServices;
using Godwit.Broker;
using Godwit.Broker.Routing;
using Godwit.Broker.Security;
using Godwit.Broker.Shards;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Fuzz.Broker;

/// <summary>The real broker core on one thread, in virtual time, with a host that only takes notes.</summary>
internal sealed class FuzzBroker : IShardWorld
{
    private const int TurnsMax = 100_000;

    private long _lastConnectionId;
    private int _lastClientId;
    private bool _isWoken;

    public FuzzBroker(int shards, BrokerLimits limits, BrokerSettings settings)
    {
        Core = new BrokerCore(limits, settings, new OpenAccess(), this, shards, NowMs);
        Run();
    }

    public BrokerCore Core { get; }

    public long NowMs { get; private set; } = 1_234_567;

    /// <summary>What the core told its host, in order.</summary>
    public List<(string What, string ClientId, int Code)> Events { get; } = [];

    public long HeapBytes => 1_000_000;

    public long NextConnectionId() => ++_lastConnectionId;

    /// <summary>Runs turns until there is nothing left to do.</summary>
    public void Run()
    {
        for (var turn = 0; turn < TurnsMax; turn++)
        {
            _isWoken = false;
            foreach (var shard in Core.Shards)
            {
                shard.BeginTurn(NowMs);
                shard.EndTurn();
            }

            if (!_isWoken && !Core.Shards.Any(shard => shard.HasWork))
            {
                return;
            }
        }

        throw new InvalidOperationException($"The broker does not come to rest in {TurnsMax} turns.");
    }

    /// <summary>Does something on a shard inside a turn, then lets everything settle.</summary>
    public void OnShard(int index, Action<Shard> call)
    {
        var shard = Core.Shards[index];
        shard.BeginTurn(NowMs);
        call(shard);
        shard.EndTurn();
        Run();
    }

    /// <summary>Lets virtual time pass; every timer fires at its own millisecond.</summary>
    public void Advance(long milliseconds)
    {
        var target = NowMs + milliseconds;
        while (Core.Shards.Min(shard => shard.NextDeadlineMs) is var next && next <= target)
        {
            NowMs = Math.Max(NowMs, next);
            Run();
            if (Core.Shards.Min(shard => shard.NextDeadlineMs) <= NowMs)
            {
                throw new InvalidOperationException("A timer that was due is due again at once.");
            }
        }

        NowMs = target;
        Run();
    }

    /// <summary>All clients have left and all times are over: the broker holds nothing any more.</summary>
    public void CheckEmpty()
    {
        var counters = Core.SumCounters();
        var held = (Core.ConnectedCount, Core.SessionCount, Core.SubscriptionCount, Core.RetainedCount, counters.Queued, counters.QueuedBytes, Core.Tree.RetainedBytes);
        if (held != default)
        {
            throw new InvalidOperationException($"Left behind: connections, sessions, subscriptions, retained, queued, their bytes, retained bytes: {held}.");
        }

        if (!Root(Core.Tree).IsEmpty)
        {
            throw new InvalidOperationException("The topic tree keeps nodes that nobody needs.");
        }

        PoolCheck.CheckOutputs(Core.Shards);
    }

    public void Wake(int shardIndex) => _isWoken = true;

    public string NewClientId(string prefix) => $"{prefix}{++_lastClientId}";

    public void Connected(Connection connection, bool sessionPresent) => Events.Add(("connected", connection.ClientId, sessionPresent ? 1 : 0));

    public void ConnectRefused(Connection connection, ConnackReasonCode reasonCode) => Events.Add(("refused", connection.ClientId, (int)reasonCode));

    public void Disconnected(Connection connection, CloseReason reason, DisconnectReasonCode reasonCode)
    {
        Events.Add(($"disconnected {reason}", connection.ClientId, (int)reasonCode));
        PoolCheck.Spoil();                  // its input has been given back just now
    }

    public void PacketRefused(Connection connection, PacketType type, PacketError error) => Events.Add(($"packet {type}", connection.ClientId, (int)error));

    public void Fault(Connection connection, Exception fault) => throw new InvalidOperationException($"A fault in the shard, client '{connection.ClientId}'.", fault);

    public void Subscribed(Connection connection, ReadOnlySpan<byte> topicFilter, SubackReasonCode reasonCode) =>
        Events.Add(("subscribed", connection.ClientId, (int)reasonCode));

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_root")]
    private static extern ref TopicNode Root(TopicTree tree);
}
