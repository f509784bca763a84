using Godwit.Broker;
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
    private readonly Agenda[] _agendas;
    private readonly List<BrokerEnd> _ends = [];
    private int _turnsPlanned;
    private bool _isGone;
    private int _lastClientId;

    public BrokerHost(Timeline timeline, SeededRandom random, RunPlan plan, Oracle oracle)
    {
        _timeline = timeline;
        _random = random;
        _plan = plan;
        Oracle = oracle;
        _agendas = new Agenda[plan.ShardCount];
        for (var i = 0; i < _agendas.Length; i++)
        {
            _agendas[i] = new Agenda();
        }

        Core = new BrokerCore(plan.Limits, plan.Settings, new OpenAccess(), this, plan.ShardCount, timeline.NowMs);
    }

    public BrokerCore Core { get; }

    public Oracle Oracle { get; }

    long IShardWorld.HeapBytes => 1_000_000;

    /// <summary>No input waits and no shard has work: whatever was under way has had its effect.</summary>
    public bool IsAtRest => _turnsPlanned == 0;

    /// <summary>A client has opened a connection.</summary>
    public void Accept(Link link) => _ = new BrokerEnd(this, link);

    /// <summary>The process ends between two turns, without a word.</summary>
    public void Crash()
    {
        _isGone = true;
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

    void IShardWorld.Wake(int shardIndex) => PlanTurn(shardIndex);

    string IShardWorld.NewClientId() => $"auto-{++_lastClientId}";

    void IShardWorld.Connected(Connection connection, bool sessionPresent)
    {
    }

    void IShardWorld.ConnectRefused(Connection connection, ConnackReasonCode reasonCode) =>
        throw new ViolationException("I12", $"CONNECT of {connection.ClientId} is refused: {reasonCode}");

    void IShardWorld.Disconnected(Connection connection, CloseReason reason, DisconnectReasonCode reasonCode) =>
        Oracle.Told(connection.ClientId, reason);

    void IShardWorld.PacketRefused(Connection connection, PacketType type, PacketError error) =>
        throw new ViolationException("I12", $"a correct {type} of {connection.ClientId} is refused: {error}");

    void IShardWorld.Fault(Connection connection, Exception fault) =>
        throw fault as ViolationException ?? new ViolationException("I12", $"the broker faults for {connection.ClientId}: {fault}");

    void IShardWorld.Subscribed(Connection connection, ReadOnlySpan<byte> topicFilter, SubackReasonCode reasonCode)
    {
        if (reasonCode.IsError())
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
        _timeline.In(delay, () =>
        {
            if (!_isGone)
            {
                agenda.IsTurnPlanned = false;
                _turnsPlanned--;
                RunTurn(index);
            }
        });
    }

    private void RunTurn(int index)
    {
        var shard = Core.Shards[index];
        var agenda = _agendas[index];
        var now = _timeline.NowMs;
        Oracle.BeginTurn(now);
        shard.BeginTurn(now);
        (agenda.Ready, agenda.Taken) = (agenda.Taken, agenda.Ready);
        foreach (var end in agenda.Taken)
        {
            if (shard.IsReadingPaused)
            {
                Oracle.Hit(Situation.ReadingPaused);
                end.IsReady = false;
                Ready(end);
            }
            else
            {
                end.HandIn(shard);
            }
        }

        Oracle.BeforeTimers(index);
        shard.EndTurn();
        Oracle.EndTurn(index);
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
        _timeline.At(due, () =>
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
