using Godwit.Bench.Plans;
using Godwit.Bench.Sockets;
using Godwit.Bench.Workers;

namespace Godwit.Bench.Runs;

/// <summary>Connect, warm up, measure, wait for what is on its way. Pub, Sub, PubSub, Latency and Wild.</summary>
internal static class PubSubRun
{
    internal static BenchResult Execute(Coordinator run)
    {
        run.OpenAll(publishers: false);
        run.OpenAll(publishers: true);
        ResourceUsage.ResetPeak(run.Plan.BrokerPid);
        return run.Plan.MessageCount > 0 ? RunCount(run) : RunTime(run);
    }

    private static BenchResult RunCount(Coordinator run)
    {
        run.MeasureFromNs = 0;
        var before = run.Usage();
        var startNs = MonotonicTime.NowNs;
        run.PublishAll("publishing");
        var publishedNs = MonotonicTime.NowNs;
        run.Enter(RunPhase.Rest);
        run.Drain(ExpectedOf(run), awaitsAcknowledgements: true);
        var totals = run.Totals();
        var endNs = totals.LastReceivedNs > startNs ? totals.LastReceivedNs : publishedNs;
        return Finish(run, before, totals, new BenchTotals(), totals, Coordinator.SecondsBetween(startNs, endNs));
    }

    private static BenchResult RunTime(Coordinator run)
    {
        run.Enter(RunPhase.Publish);
        run.Sleep("warming up", run.Plan.Warmup);
        var before = run.Usage();
        var fromNs = MonotonicTime.NowNs;
        run.MeasureFromNs = fromNs;
        var from = run.Totals();
        run.Measure("measuring");
        var seconds = Coordinator.SecondsBetween(fromNs, MonotonicTime.NowNs);
        var to = run.Totals();
        run.Enter(RunPhase.Rest);
        run.Drain(ExpectedOf(run), awaitsAcknowledgements: true);
        return Finish(run, before, run.Totals(), from, to, seconds);
    }

    private static long ExpectedOf(Coordinator run) => run.Plan.Shape == BenchShape.Sub ? 0 : run.Totals().Expected;

    private static BenchResult Finish(Coordinator run, ResourceUsage before, BenchTotals totals, BenchTotals from, BenchTotals to, double seconds)
    {
        var handled = run.Plan.Subscribers > 0 ? totals.Received - from.Received : totals.Sent - from.Sent;
        return new BenchResult
        {
            Plan = run.Plan,
            Totals = totals,
            Seconds = seconds,
            SentRate = seconds > 0 ? (to.Sent - from.Sent) / seconds : 0,
            ReceivedRate = seconds > 0 ? (to.Received - from.Received) / seconds : 0,
            Latency = run.Merge(counters => counters.Latency),
            Acknowledgement = run.Merge(counters => counters.Acknowledgement),
            Usage = [new UsageSection("cpu", before, run.Usage(), handled)],
        };
    }
}
