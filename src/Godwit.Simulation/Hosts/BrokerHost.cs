using Godwit.Broker;
using Godwit.Broker.Log;
using Godwit.Broker.Security;
using Godwit.Broker.Shards;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;
using Godwit.Simulation.Networks;
using Godwit.Simulation.Oracles;
using Godwit.Simulation.Runs;
using Godwit.Simulation.Worlds;

namespace Godwit.Simulation.Hosts;

/// <summary>
/// One life of the broker: the real core, whose shards get their turns from the timeline instead of threads. When the process "crashes" the
/// whole object is thrown away.
/// </summary>
internal sealed class BrokerHost : IShardWorld
{
    private readonly Timeline _timeline;
    private readonly SeededRandom _random;
    private readonly RunPlan _plan;
    private readonly Machine _machine;
    private readonly Agenda[] _agendas;
    private readonly WriterTurns? _writer;
    private readonly long _baseMs;
    private readonly List<BrokerEnd> _ends = [];
    private int _turnsPlanned;
    private bool _isGone;
    private int _lastClientId;

    /// <summary>Starts a process.</summary>
    /// <param name="machine">On this machine.</param>
    /// <param name="timeline">Virtual time.</param>
    /// <param name="random">Of this life alone.</param>
    /// <param name="plan">What the seed makes of it.</param>
    /// <param name="oracle">Watches.</param>
    /// <exception cref="ProcessEndedException">It has ended while it read its store.</exception>
    public BrokerHost(Machine machine, Timeline timeline, SeededRandom random, RunPlan plan, Oracle oracle)
    {
        _machine = machine;
        _timeline = timeline;
        _random = random;
        _plan = plan;
        Oracle = oracle;
        _agendas = new Agenda[plan.ShardCount];
        for (var i = 0; i < _agendas.Length; i++)
        {
            _agendas[i] = new Agenda();
        }

        _baseMs = machine.Store is null ? 0 : timeline.NowMs - random.Between(0, 1_000_000);     // its own clock begins somewhere
        if (machine.Store is { } store)
        {
            var journal = store.Open(this, NowMs);
            _writer = new WriterTurns(this, journal, timeline, random.Fork(), plan.Store, () => NowMs);
        }

        Core = new BrokerCore(plan.Limits, plan.Settings, plan.HasRights ? oracle.Rights : new OpenAccess(), this, plan.ShardCount, NowMs, _writer?.Journal);
    }

    public BrokerCore Core { get; }

    public Oracle Oracle { get; }

    /// <summary>Its store takes nothing new.</summary>
    public bool IsFull => _writer is { Journal.Health: >= StoreHealth.Full };

    /// <summary>Faults have stopped.</summary>
    public bool IsCalm => _machine.IsCalm;

    /// <summary>It has ended.</summary>
    public bool IsGone => _isGone;

    long IShardWorld.HeapBytes => 1_000_000;

    /// <summary>No input waits and no shard has work: whatever was under way has had its effect.</summary>
    public bool IsAtRest => _turnsPlanned == 0;

    /// <summary>It is at rest, and the store has nothing left to write.</summary>
    public bool IsSettled => IsAtRest && _writer is not { IsBehind: true };

    private long NowMs => _timeline.NowMs - _baseMs;

    /// <summary>A client has opened a connection.</summary>
    public void Accept(Link link) => _ = new BrokerEnd(this, link);

    /// <summary>Takes over what the store held, before anybody is let in.</summary>
    public void Recover()
    {
        Oracle.BeginTurn(_timeline.NowMs);
        for (var i = 0; i < _agendas.Length; i++)
        {
            Oracle.BeforeTimers(i);
        }

        Core.Recover(NowMs);
        for (var i = 0; i < _agendas.Length; i++)
        {
            Oracle.EndTurn(i);
            PlanNextTurn(i, Core.Shards[i]);
        }
    }

    /// <summary>The process ends, without a word.</summary>
    public void Crash()
    {
        _isGone = true;
        NoteStore();
        _writer?.Journal.Dispose();
        foreach (var end in _ends)
        {
            end.Abandon();
        }
    }

    /// <summary>The end belongs to a shard from now on.</summary>
    internal void Attach(BrokerEnd end) => _ends.Add(end);

    /// <summary>The end has something for its shard.</summary>
    internal void Ready(BrokerEnd end)
    {
        if (!end.IsReady)
        {
            end.IsReady = true;
            _agendas[end.ShardIndex].Ready.Add(end);
            PlanTurn(end.ShardIndex);
        }
    }

    /// <summary>How much is read at once.</summary>
    internal int PieceBytes(Link link) => link.Plan.ReadPieceBytesMax == 1 ? 1 : _random.Between(1, link.Plan.ReadPieceBytesMax);

    /// <summary>Something is about to leave the process.</summary>
    internal void PassEffect() => _machine.Store?.Doom.Pass();

    /// <summary>The journal has something to write.</summary>
    internal void WakeWriter() => _writer!.Wake();

    /// <summary>The journal has got further: a session of any shard may wait for it.</summary>
    internal void WakeShards()
    {
        for (var i = 0; i < _agendas.Length; i++)
        {
            PlanTurn(i);
        }
    }

    /// <summary>The journal has read a part of a queue.</summary>
    internal void Answered(int shardIndex, QueueRead read)
    {
        if (read.Entries.Count > 0)
        {
            Oracle.Hit(Situation.BacklogRead);
        }

        Core.Post(shardIndex, read);
    }

    /// <summary>The journal's health has changed.</summary>
    internal void HealthChanged(StoreHealth health, string reason) => _machine.HealthChanged(this, health);

    /// <summary>Runs something that is part of the process; it may end in the middle of it.</summary>
    internal void Live(Action call)
    {
        if (_isGone)
        {
            return;
        }

        try
        {
            call();
            if (_writer is { IsBehind: false, Journal.Health: < StoreHealth.Failed } && IsAtRest && !_machine.Store!.Disk.HasUnflushedBytes)
            {
                Oracle.Durable();
            }
        }
        catch (ProcessEndedException)
        {
            _machine.Ended(this);
        }
    }

    void IShardWorld.Wake(int shardIndex) => PlanTurn(shardIndex);

    string IShardWorld.NewClientId(string prefix) => $"{prefix}{++_lastClientId}";

    void IShardWorld.Connected(Connection connection, bool sessionPresent) => Oracle.Accepted(((BrokerEnd)connection.TransportState!).Edge, sessionPresent);

    void IShardWorld.ConnectRefused(Connection connection, ConnackReasonCode reasonCode)
    {
        if (!Oracle.WasFull || reasonCode != ConnackReasonCode.QuotaExceeded)
        {
            throw new ViolationException("I12", $"CONNECT of {connection.ClientId} is refused: {reasonCode}");
        }

        Oracle.Refused(((BrokerEnd)connection.TransportState!).Edge);
    }

    void IShardWorld.Disconnected(Connection connection, CloseReason reason, DisconnectReasonCode reasonCode)
    {
        Oracle.Told(connection.ClientId, reason);
        ((BrokerEnd)connection.TransportState!).Disconnected(reason);
    }

    void IShardWorld.PacketRefused(Connection connection, PacketType type, PacketError error)
    {
        if (!Oracle.WasFull || type != PacketType.Subscribe || connection.Version != ProtocolVersion.Mqtt31)      // which has no code for it
        {
            throw new ViolationException("I12", $"a correct {type} of {connection.ClientId} is refused: {error}");
        }
    }

    void IShardWorld.Fault(Connection connection, Exception fault) =>
        throw fault as ViolationException ?? fault as ProcessEndedException ?? (Exception)new ViolationException("I12", $"the broker faults for {connection.ClientId}: {fault}");

    void IShardWorld.Subscribed(Connection connection, ReadOnlySpan<byte> topicFilter, SubackReasonCode reasonCode)
    {
        if (reasonCode.IsError() && !Oracle.WasFull)
        {
            throw new ViolationException("I12", $"a correct SUBSCRIBE of {connection.ClientId} is refused: {reasonCode}");
        }
    }

    private void PlanTurn(int index)
    {
        var agenda = _agendas[index];
        if (agenda.IsTurnPlanned || _isGone)
        {
            return;
        }

        agenda.IsTurnPlanned = true;
        _turnsPlanned++;
        var delay = _random.Chance(_plan.StallChance) ? _random.Between(1, _plan.StallMaxMs) : _random.Below(_plan.TurnDelayMaxMs + 1);
        _timeline.In(delay, () => Live(() =>
        {
            agenda.IsTurnPlanned = false;
            _turnsPlanned--;
            RunTurn(index);
        }));
    }

    private void RunTurn(int index)
    {
        var shard = Core.Shards[index];
        var agenda = _agendas[index];
        var now = _timeline.NowMs;
        Oracle.BeginTurn(now);
        shard.BeginTurn(NowMs);
        (agenda.Ready, agenda.Taken) = (agenda.Taken, agenda.Ready);
        foreach (var end in agenda.Taken)
        {
            if (shard.IsReadingPaused)
            {
                Oracle.Hit(Situation.ReadingPaused);
                _timeline.In(1, () => Live(() => { end.IsReady = false; Ready(end); }));
            }
            else
            {
                end.HandIn(shard);
            }
        }

        Oracle.BeforeTimers(index);
        shard.EndTurn();
        Oracle.EndTurn(index);
        NameSessions(index, shard);
        agenda.Taken.Clear();
        foreach (var end in _ends)
        {
            if (end.ShardIndex == index)
            {
                end.AfterTurn();
            }
        }

        _ends.RemoveAll(end => end.Connection!.IsClosed);
        PlanNextTurn(index, shard);
        if (IsAtRest)
        {
            Oracle.Rest();
        }
    }

    /// <summary>What the journal has done in this life.</summary>
    internal void NoteStore()
    {
        if (_writer?.Journal.Stats.CopiedBytes > 0)
        {
            Oracle.Hit(Situation.CompactionRan);
        }

        if (_machine.Store is { HasRecycled: true })
        {
            Oracle.Hit(Situation.SegmentRecycled);
        }
    }

    /// <summary>The oracle learns by which numbers the log knows new sessions.</summary>
    private void NameSessions(int index, Shard shard)
    {
        if (_writer is null)
        {
            return;
        }

        foreach (var session in Oracle.Sessions)
        {
            if (session.No == 0 && session.ShardIndex == index && shard.Sessions.TryGetValue(session.ClientId, out var real))
            {
                session.No = real.No;
            }
        }
    }

    private void PlanNextTurn(int index, Shard shard)
    {
        if (shard.HasWork)
        {
            PlanTurn(index);
        }

        var due = shard.NextDeadlineMs;
        var agenda = _agendas[index];
        if (due == long.MaxValue || due == agenda.DeadlineMs)
        {
            return;
        }

        agenda.DeadlineMs = due;
        _timeline.At(due + _baseMs, () =>
        {
            if (agenda.DeadlineMs == due)
            {
                agenda.DeadlineMs = long.MaxValue;
                PlanTurn(index);
            }
        });
    }

    private sealed class Agenda
    {
        public List<BrokerEnd> Ready = [];
        public List<BrokerEnd> Taken = [];
        public bool IsTurnPlanned;
        public long DeadlineMs = long.MaxValue;
    }
}
