using Godwit.Bench.Plans;

namespace Godwit.Bench.Runs;

/// <summary>Carries a plan out.</summary>
public static class BenchRun
{
    /// <summary>Runs to the end; blocks.</summary>
    /// <param name="plan">What to do.</param>
    /// <param name="report">Called once a second, by the calling thread.</param>
    /// <param name="interrupted">Ends the run early; what was measured until then is the result.</param>
    /// <exception cref="BenchException">The plan makes no sense, or no connection came up.</exception>
    public static BenchResult Execute(BenchPlan plan, Action<BenchProgress> report, CancellationToken interrupted)
    {
        PlanCheck.Check(plan);
        using var coordinator = new Coordinator(plan, report, interrupted);
        var result = plan.Shape switch
        {
            BenchShape.Conn => ConnRun.Execute(coordinator),
            BenchShape.Retained => RetainedRun.Execute(coordinator),
            BenchShape.Queue => QueueRun.Execute(coordinator),
            _ => PubSubRun.Execute(coordinator),
        };
        return result with
        {
            MeanFanout = coordinator.Workload.MeanFanout,
            Connect = coordinator.Merge(counters => counters.Connect),
            Ping = coordinator.Merge(counters => counters.Ping),
            Samples = coordinator.Samples,
            FirstError = coordinator.FirstError,
            IsInterrupted = interrupted.IsCancellationRequested,
        };
    }
}
