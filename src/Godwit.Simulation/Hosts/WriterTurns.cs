using Godwit.Simulation.Oracles;
using Godwit.Simulation.Runs;
using Godwit.Simulation.Worlds;
using Godwit.Storage.Journals;

namespace Godwit.Simulation.Hosts;

/// <summary>The thread of the journal: its turns come from the timeline, soon, late, or as late as if a flush had taken so long.</summary>
internal sealed class WriterTurns(BrokerHost host, Journal journal, Timeline timeline, SeededRandom random, StorePlan plan, Func<long> now)
{
    private const int TurnsAtOnceMax = 20_000;

    private long _dueMs = long.MaxValue;        // of the turn that is planned, in virtual time
    private bool _isWoken;
    private long _turnsAtOnce;

    public Journal Journal => journal;

    /// <summary>Commits wait for a turn.</summary>
    public bool IsBehind => _isWoken || journal.ShardLog(0).WaitingBytes > 0;

    /// <summary>A commit has come.</summary>
    public void Wake()
    {
        _isWoken = true;
        Plan(0);
    }

    private void Plan(long delayMs)
    {
        var delay = random.Chance(plan.SlowFlushChance) && !host.IsCalm ? random.Between(100, plan.SlowFlushMaxMs) : random.Below(plan.WriterDelayMaxMs + 1);
        var due = timeline.NowMs + Math.Max(delay, delayMs);
        if (due >= _dueMs)
        {
            return;
        }

        _dueMs = due;
        timeline.At(due, () =>
        {
            if (_dueMs == due)
            {
                host.Live(Run);
            }
        });
    }

    private void Run()
    {
        _dueMs = long.MaxValue;
        _isWoken = false;
        var nowMs = now();
        var next = journal.RunOnce(nowMs);
        _turnsAtOnce = next <= nowMs ? _turnsAtOnce + 1 : 0;
        if (_turnsAtOnce > TurnsAtOnceMax)
        {
            throw Oracle.Violation("I12", $"the journal's writer never rests");
        }

        if (next != long.MaxValue)
        {
            Plan(Math.Max(next - nowMs, 0));
        }
    }
}
