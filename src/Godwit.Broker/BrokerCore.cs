using Godwit.Broker.Log;
using Godwit.Broker.Protection;
using Godwit.Broker.Routing;
using Godwit.Broker.Security;
using Godwit.Broker.Shards;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;
using Godwit.Protocol.Topics;

namespace Godwit.Broker;

/// <summary>The broker: its shards and what they share. Pure: it does nothing until the host runs turns and posts inputs.</summary>
public sealed class BrokerCore
{
    private readonly Shard[] _shards;
    private readonly LogTopics _logTopics;
    private readonly long[] _protectedAtDoor = new long[Enum.GetValues<ProtectionReason>().Length];
    private volatile UserQuotas? _quotas;

    /// <summary>Makes a broker without sessions, subscriptions and retained messages.</summary>
    /// <param name="limits">Read at any time; change only while no turn runs.</param>
    /// <param name="settings">As <paramref name="limits"/>.</param>
    /// <param name="access">Who may do what.</param>
    /// <param name="world">The host.</param>
    /// <param name="shardCount">1 to 64.</param>
    /// <param name="startMs">The host's monotonic milliseconds now; uptime counts from here.</param>
    /// <param name="log">What outlives the process; null: nothing does. Its content comes by <see cref="Recover"/>.</param>
    public BrokerCore(
        BrokerLimits limits, BrokerSettings settings, IAccessPolicy access, IShardWorld world, int shardCount, long startMs, IBrokerLog? log = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shardCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shardCount, ShardCountMax);
        Limits = limits;
        Settings = settings;
        Access = access;
        World = world;
        StartMs = startMs;
        Log = log;
        Handshake = new Handshake(this);
        _logTopics = new LogTopics(this);
        _shards = new Shard[shardCount];
        for (var i = 0; i < shardCount; i++)
        {
            _shards[i] = new Shard(this, i);
        }

        _shards[0].StartSysTopics();
    }

    /// <summary>Most shards: a set of shards is one 64-bit mask.</summary>
    public const int ShardCountMax = 64;

    /// <summary>The limits in force.</summary>
    public BrokerLimits Limits { get; }

    /// <summary>The settings in force.</summary>
    public BrokerSettings Settings { get; }

    /// <summary>Who may do what.</summary>
    public IAccessPolicy Access { get; }

    /// <summary>How much each client may send and be sent; null: as much as it likes. A new value holds from the next turn on. Any thread.</summary>
    public ClientRates? Rates { get; set; }

    /// <summary>How much each user may have; null: as much as it likes. Any thread.</summary>
    public UserQuotas? Quotas
    {
        get => _quotas;
        set
        {
            Tree.CountOwners(value is { RetainedMax: > 0 });
            _quotas = value;
            for (var i = 0; i < _shards.Length && value is { QueuedBytesMax: > 0 }; i++)
            {
                Post(i, new HostCall(UserUsages.ChargeAll));
            }
        }
    }

    /// <summary>Who is let in at all; null: everybody. To be set before the first client comes.</summary>
    public IAdmission? Admission { get; set; }

    /// <summary>How near the process is to the memory it may use.</summary>
    public OverloadLevel Overload { get; private set; }

    /// <summary>Judges new connections.</summary>
    public Handshake Handshake { get; }

    /// <summary>The shards, by index.</summary>
    public IReadOnlyList<Shard> Shards => _shards;

    /// <summary>Clients connected now; may be a moment old.</summary>
    public long ConnectedCount
    {
        get
        {
            var sum = 0L;
            foreach (var shard in _shards)
            {
                sum += shard.Counters.Connected;
            }

            return sum;
        }
    }

    /// <summary>Sessions now, connected or not; may be a moment old.</summary>
    public long SessionCount
    {
        get
        {
            var sum = 0L;
            foreach (var shard in _shards)
            {
                sum += shard.Counters.Sessions;
            }

            return sum;
        }
    }

    /// <summary>Subscriptions now, shared ones included.</summary>
    public int SubscriptionCount => Tree.SubscriptionCount;

    /// <summary>Retained messages now, without <c>$SYS</c>.</summary>
    public int RetainedCount => Tree.RetainedCount;

    /// <summary><see cref="Shards"/> for hot paths: a span is walked without an enumerator object.</summary>
    internal ReadOnlySpan<Shard> AllShards => _shards;

    internal IShardWorld World { get; }

    internal UserUsages Users { get; } = new();

    internal TopicTree Tree { get; } = new();

    internal long StartMs { get; }

    internal IBrokerLog? Log { get; }

    /// <summary>
    /// Takes over what the log held when the process started, and runs a turn of every shard: what is due, wills above all, comes before anybody
    /// is let in. Before anything else, once.
    /// </summary>
    /// <param name="nowMs">The host's monotonic milliseconds.</param>
    public void Recover(long nowMs)
    {
        Log?.Recover(new Recovery(this, nowMs));
        foreach (var shard in _shards)
        {
            shard.BeginTurn(nowMs);
            shard.EndTurn();
        }
    }

    /// <summary>The log has got further: makes a shard run a turn soon. Any thread.</summary>
    public void Wake(int shardIndex) => World.Wake(shardIndex);

    /// <summary>Publishes a line of the host's log below <c>$SYS/broker/log/</c>, to whoever is there to read it. Any thread.</summary>
    /// <param name="name">The last levels of the topic, e.g. <c>N</c> or <c>M/subscribe</c>.</param>
    /// <param name="line">The payload.</param>
    public void PublishLog(string name, string line) => _logTopics.Publish(name, line);

    /// <summary>Posts an input to a shard and wakes it if it may sleep. Any thread.</summary>
    public void Post(int shardIndex, ShardInput input)
    {
        if (_shards[shardIndex].Mailbox.Post(input))
        {
            World.Wake(shardIndex);
        }
    }

    /// <summary>
    /// Closes the connections that a predicate picks, e.g. those of a user who is banned or of a listener that is no more; sessions live on as after any
    /// loss of connection, and wills are published. Any thread; each shard does its part in its next turn.
    /// </summary>
    /// <param name="isMeant">Called on the shards' threads.</param>
    /// <param name="code">What 5.0 clients are told.</param>
    /// <param name="words">The Reason String, for people.</param>
    public void Disconnect(Predicate<Connection> isMeant, DisconnectReasonCode code, string words)
    {
        foreach (var shard in _shards)
        {
            Post(shard.Index, new HostCall(owner => owner.Disconnect(isMeant, code, words)));
        }
    }

    /// <summary>
    /// Says who connected clients are of whom nothing was known when they came: rules have come since, which may ask for their addresses. A session
    /// stays with its principal: nobody gets another user name so. Any thread; each shard does its part in its next turn.
    /// </summary>
    /// <param name="identityOf">Called on the shards' threads for clients without a user name and without an address; null: nothing more is known.</param>
    public void Identify(Func<Connection, Identity?> identityOf)
    {
        foreach (var shard in _shards)
        {
            Post(shard.Index, new HostCall(owner => owner.Identify(identityOf)));
        }
    }

    /// <summary>The host has measured how near the process is to the memory it may use. One thread at a time.</summary>
    public void SetOverload(OverloadLevel level)
    {
        if (level == Overload)
        {
            return;
        }

        Overload = level;
        foreach (var shard in _shards)
        {
            Post(shard.Index, new HostCall(owner => owner.MemoryPressure.Set(level)));
        }
    }

    /// <summary>Sums the counters of all shards into a copy.</summary>
    public BrokerCounters SumCounters()
    {
        var sum = new BrokerCounters();
        foreach (var shard in _shards)
        {
            sum.Add(shard.Counters);
        }

        for (var i = 0; i < _protectedAtDoor.Length; i++)
        {
            sum.Protected[i] += Volatile.Read(ref _protectedAtDoor[i]);
        }

        return sum;
    }

    /// <summary>A decision that no shard has made. Any thread.</summary>
    public void CountAtDoor(ProtectionReason reason) => Interlocked.Increment(ref _protectedAtDoor[(int)reason]);

    /// <summary>The shard that owns a client identifier: FNV-1a, so that it is the same in every process.</summary>
    public int ShardOf(string clientId)
    {
        var hash = 2_166_136_261;
        foreach (var current in clientId)
        {
            hash = (hash ^ current) * 16_777_619;
        }

        return (int)(hash % (uint)_shards.Length);
    }

    /// <summary>Highest QoS a client may use: the broker's, or its listener's when that is lower.</summary>
    internal QoS MaximumQoSOf(Connection connection)
    {
        var own = connection.Identity?.Listener?.MaximumQoS ?? QoS.ExactlyOnce;
        return own < Settings.MaximumQoS ? own : Settings.MaximumQoS;
    }

    /// <summary>Longest Keep Alive in seconds for the clients of a listener; 0 is no limit.</summary>
    internal int KeepAliveSecondsMax(ListenerRules? rules) => rules is { KeepAliveSecondsMax: > 0 } ? rules.KeepAliveSecondsMax : Limits.KeepAliveSecondsMax;

    /// <summary>Bytes and levels of a Topic Name or Topic Filter are within the limits.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="mountSize">Bytes that are put before it.</param>
    internal bool IsTopicWithinLimits(ReadOnlySpan<byte> topic, int mountSize = 0) =>
        topic.Length + mountSize <= Limits.TopicBytesMax
        && (Limits.TopicLevelsMax == 0 || TopicName.CountLevels(topic) <= Limits.TopicLevelsMax);
}
