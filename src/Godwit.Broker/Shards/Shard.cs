using Godwit.Broker.Handlers;
using Godwit.Broker.Log;
using Godwit.Broker.Messages;
using Godwit.Broker.Protection;
using Godwit.Broker.Routing;
using Godwit.Broker.Sessions;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Shards;

/// <summary>
/// Owns the sessions whose client identifier falls to it, their connections and timers, and handles one input after another. An ordinary
/// synchronous class: whoever runs its turns is the only one to call it. A turn is <see cref="BeginTurn"/>, any number of inputs,
/// <see cref="EndTurn"/>; each touched connection is flushed once, at the end.
/// </summary>
public sealed partial class Shard
{
    /// <summary>Above this many waiting bytes QoS 1 and 2 messages and retained ones stay in the queue.</summary>
    internal const int OutputHighWaterBytes = 256 * 1024;

    /// <summary>
    /// So many times <see cref="BrokerLimits.MailboxBytesMax"/> may wait for the log before nobody is read. Before that only those are not read
    /// who wait for it themselves: a slow disk is no reason to leave a PINGREQ or a message of QoS 0 lying.
    /// </summary>
    private const int LogBehindFactor = 16;

    /// <summary>Flushes of one connection in one turn: 16 x 256 KB.</summary>
    private const int FlushesPerTurnMax = 16;

    private readonly SessionTable _sessions = new();
    private readonly TimerQueue _timers = new();
    private OutputPool _outputPool = new();
    private readonly DeliveryBatch?[] _outgoing = new DeliveryBatch?[BrokerCore.ShardCountMax];
    private readonly ConnectHandler _connectHandler;
    private readonly PacketDispatcher _dispatcher;
    private readonly PublishRunHandler _publishRuns;
    private List<Connection> _touched = [];
    private List<Connection> _flushing = [];
    private List<Connection> _deferred = [];
    private List<Connection> _resuming = [];
    private int _outgoingCount;
    private SysTopics? _sysTopics;

    internal Shard(BrokerCore core, int index)
    {
        Core = core;
        Index = index;
        Router = new Router(this);
        Deliveries = new Deliveries(this);
        RunDeliveries = new RunDeliveries(this);
        StoredDeliveries = new StoredDeliveries(this);
        QueueRoom = new QueueRoom(this);
        RetainedDeliveries = new RetainedDeliveries(this);
        HandOvers = new HandOvers(this);
        Rights = new DeliveryRights(this);
        Lifetimes = new SessionLifetimes(this);
        Publications = new Publications(this);
        RetainedExpiry = new RetainedExpiry(this);
        RateLimiter = new RateLimiter(this);
        MemoryPressure = new MemoryPressure(this);
        Durability = core.Log is { } log ? new Durability(this, log.ShardLog(index)) : null;
        _connectHandler = new ConnectHandler(this);
        _dispatcher = new PacketDispatcher(this);
        _publishRuns = new PublishRunHandler(this);
    }

    /// <summary>Its place in <see cref="BrokerCore.Shards"/>.</summary>
    public int Index { get; }

    /// <summary>Inputs from other threads; posted through <see cref="BrokerCore.Post"/>.</summary>
    public Mailbox Mailbox { get; } = new();

    /// <summary>What this shard counts. Others may read, and see values that are a moment old.</summary>
    public BrokerCounters Counters { get; } = new();

    /// <summary>When it must run a turn even without input, milliseconds; <see cref="long.MaxValue"/> is never.</summary>
    public long NextDeadlineMs => _timers.NextDueMs;

    /// <summary>It has work left for another turn at once.</summary>
    public bool HasWork => _deferred.Count + _touched.Count + _outgoingCount > 0;

    /// <summary>
    /// Another shard or the log does not keep up: do not read sockets now. Turns for mailbox and timers go on, so two shards never wait for each other.
    /// </summary>
    public bool IsReadingPaused
    {
        get
        {
            if (Durability is { } durability && durability.Log.WaitingBytes / LogBehindFactor > Core.Limits.MailboxBytesMax)
            {
                return true;
            }

            foreach (var other in Core.AllShards)
            {
                if (other != this && other.Mailbox.Bytes > Core.Limits.MailboxBytesMax)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>The log does not keep up: who waits for it is not read.</summary>
    private bool IsLogBehind => Durability is { } durability && durability.Log.WaitingBytes > Core.Limits.MailboxBytesMax;

    internal BrokerCore Core { get; }

    /// <summary>Holds clients to the rates they may have.</summary>
    internal RateLimiter RateLimiter { get; }

    /// <summary>What it does while memory is scarce.</summary>
    internal MemoryPressure MemoryPressure { get; }

    internal Router Router { get; }

    internal Deliveries Deliveries { get; }

    internal RunDeliveries RunDeliveries { get; }

    internal StoredDeliveries StoredDeliveries { get; }

    internal QueueRoom QueueRoom { get; }

    internal RetainedDeliveries RetainedDeliveries { get; }

    internal HandOvers HandOvers { get; }

    internal DeliveryRights Rights { get; }

    internal SessionLifetimes Lifetimes { get; }

    internal Publications Publications { get; }

    internal RetainedExpiry RetainedExpiry { get; }

    /// <summary>What it does so that state outlives the process; null when nothing does.</summary>
    internal Durability? Durability { get; }

    internal MessagePool Pool { get; private set; } = new();

    internal SessionTable Sessions => _sessions;

    /// <summary>The durable sessions by their numbers in the log.</summary>
    internal Dictionary<uint, Session> SessionsByNo { get; } = [];

    /// <summary>Time of this turn, milliseconds; read once a turn by the host.</summary>
    internal long NowMs { get; private set; }

    /// <summary>
    /// Bytes of PUBLISH packets this shard has encoded or posted since the start, and long walks through the topic tree as if they were
    /// bytes; budgets measure with it.
    /// </summary>
    internal long ProducedBytes { get; set; }

    /// <summary>The host is stopping: nobody new comes in, wills are not published.</summary>
    internal bool IsStopping { get; private set; }

    /// <summary>Begins a turn and goes on with input that was put off.</summary>
    /// <param name="nowMs">The host's monotonic milliseconds.</param>
    public void BeginTurn(long nowMs)
    {
        NowMs = nowMs;
        Rights.BeginTurn();
        Durability?.BeginTurn();
        if (_deferred.Count == 0)
        {
            return;
        }

        (_resuming, _deferred) = (_deferred, _resuming);
        foreach (var connection in _resuming)
        {
            connection.IsDeferred = false;
            if (!connection.IsClosed)
            {
                HandleTail(connection);
            }
        }

        _resuming.Clear();
    }

    /// <summary>Ends a turn: mailbox, due timers, one batch for every other shard, one flush for every touched connection.</summary>
    public void EndTurn()
    {
        foreach (var input in Mailbox.TakeAll())
        {
            input.Run(this);
        }

        while (_timers.TryTakeDue(NowMs, out var timed))
        {
            timed.OnTimer(this);
        }

        PostBatches();
        Durability?.Commit();
        FlushTouched();
        Durability?.Commit();           // what the flush has given up for expired or too large
        Durability?.EndTurn();
    }

    /// <summary>The host stops: 5.0 clients get DISCONNECT 0x8B, every connection is closed, no will is published.</summary>
    public void Stop()
    {
        IsStopping = true;
        foreach (var session in _sessions.All.ToArray())
        {
            if (session.Connection is { } connection)
            {
                Close(connection, CloseReason.ServerShutdown, DisconnectReasonCode.ServerShuttingDown, "the server is stopping");
            }
        }
    }

    /// <summary>Closes those of its connections that a predicate picks; inside a turn.</summary>
    internal void Disconnect(Predicate<Connection> isMeant, DisconnectReasonCode code, string words)
    {
        foreach (var session in _sessions.All.ToArray())
        {
            if (session.Connection is { } connection && isMeant(connection))
            {
                Close(connection, CloseReason.AdministrativeAction, code, words);
            }
        }
    }

    /// <summary>
    /// Leaves what the pools keep for re-use to the garbage collector, for a broker that has become quiet. What is in use now comes back to the
    /// old pool, and goes with it. Inside a turn.
    /// </summary>
    public void LeavePools()
    {
        Pool = new MessagePool();
        _outputPool = new OutputPool();
    }

    internal void StartSysTopics()
    {
        if (Core.Settings.SysIntervalSeconds > 0)
        {
            _sysTopics = new SysTopics(this);
            SetTimer(_sysTopics, Core.StartMs);
        }
    }

    internal void SetTimer(ITimed timed, long dueMs) => _timers.Set(timed, dueMs);

    /// <summary>A Session Expiry Interval as this server grants it, in milliseconds. 0xFFFFFFFF is never (§3.1.2.11.2).</summary>
    internal long SessionExpiryMs(uint seconds)
    {
        var maximum = Core.Settings.SessionExpirySecondsMax;
        if (maximum > 0 && seconds > maximum)
        {
            return maximum * 1000L;
        }

        return seconds == uint.MaxValue ? Session.Never : seconds * 1000L;
    }

    /// <summary>Messages were dropped.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="qos">That it would have been delivered with; of what was not even accepted, that of the PUBLISH.</param>
    /// <param name="count">How many.</param>
    internal void Count(DropReason reason, QoS qos, long count = 1) => Counters.Drop(reason, (int)qos, count);

    /// <summary>Messages were dropped that nobody has looked at: they were in the store only, QoS 1 or 2.</summary>
    internal void CountStored(DropReason reason, long count = 1) => Counters.Drop(reason, BrokerCounters.StoredQoS, count);

    internal void Count(ProtectionReason reason) => Counters.Protected[(int)reason]++;

    /// <summary>A decision about a message.</summary>
    internal void Count(ProtectionReason reason, QoS qos)
    {
        Counters.Protected[(int)reason]++;
        Counters.ProtectedByQoS[(int)qos][(int)reason]++;
    }

    /// <summary>The batch that goes to another shard at the end of this turn.</summary>
    internal DeliveryBatch BatchFor(int shardIndex)
    {
        ref var batch = ref _outgoing[shardIndex];
        if (batch is null)
        {
            batch = Mailbox.TakeSpare() ?? new DeliveryBatch(this);
            _outgoingCount++;
        }

        return batch;
    }

    private void PostBatches()
    {
        for (var i = 0; _outgoingCount > 0; i++)
        {
            if (_outgoing[i] is { } batch)
            {
                _outgoing[i] = null;
                _outgoingCount--;
                Core.Post(i, batch);
            }
        }
    }
}
