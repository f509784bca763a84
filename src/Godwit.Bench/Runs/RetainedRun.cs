using Godwit.Bench.Sockets;
using Godwit.Bench.Workers;

namespace Godwit.Bench.Runs;

/// <summary>Stores retained messages, then subscribes and receives them all; at the end they are removed again.</summary>
internal static class RetainedRun
{
    private const double BytesPerKb = 1024;
    private const double MsPerSecond = 1000;

    internal static BenchResult Execute(Coordinator run)
    {
        ResourceUsage.ResetPeak(run.Plan.BrokerPid);
        var before = run.Usage();
        run.OpenAll(publishers: true);
        var startNs = MonotonicTime.NowNs;
        run.PublishAll("storing");
        run.Barrier();
        var stored = Coordinator.SecondsBetween(startNs, MonotonicTime.NowNs);
        run.Sleep("settling", run.Plan.Settle);
        var middle = run.Usage();

        var subscribedNs = MonotonicTime.NowNs;
        run.OpenAll(publishers: false);
        run.Enter(RunPhase.Rest);
        run.Drain(run.Totals().Expected, awaitsAcknowledgements: false);     // every message is due to everybody who subscribes now
        var after = run.Usage();
        var totals = run.Totals();
        var delivered = Coordinator.SecondsBetween(subscribedNs, totals.LastReceivedNs);
        var figures = new List<Figure>
        {
            new("store_s", stored, 3),
            new("store_rate", stored > 0 ? totals.Sent / stored : 0, 0),
            new("first_ms", totals.Received == 0 ? -1 : Coordinator.SecondsBetween(subscribedNs, totals.FirstReceivedNs) * MsPerSecond, 2),
            new("all_ms", delivered * MsPerSecond, 2),
        };
        if (run.Plan.BrokerPid > 0)
        {
            figures.Add(new Figure("rss_per_retained", (middle.ResidentKb - before.ResidentKb) * BytesPerKb / run.Plan.Topics, 0));
        }

        if (!run.Plan.Keep)
        {
            run.Enter(RunPhase.CloseSubscribers);
            run.Enter(RunPhase.ClearRetained);
            run.Barrier();
        }

        return new BenchResult
        {
            Plan = run.Plan,
            Totals = totals,
            Seconds = stored + delivered,
            ReceivedRate = delivered > 0 ? totals.Received / delivered : 0,
            Figures = figures,
            Usage = [new UsageSection("store", before, middle, totals.Sent), new UsageSection("deliver", middle, after, totals.Received)],
        };
    }
}
