using Godwit.Bench.Sockets;
using Godwit.Bench.Workers;

namespace Godwit.Bench.Runs;

/// <summary>Sessions subscribe and leave, messages queue up for them, they return and receive them.</summary>
internal static class QueueRun
{
    private const double BytesPerKb = 1024;

    private static readonly TimeSpan LeavePause = TimeSpan.FromMilliseconds(200);

    internal static BenchResult Execute(Coordinator run)
    {
        LeaveSessions(run);
        run.Sleep("settling", run.Plan.Settle);
        ResourceUsage.ResetPeak(run.Plan.BrokerPid);
        run.OpenAll(publishers: true);
        var before = run.Usage();
        var startNs = MonotonicTime.NowNs;
        run.PublishAll("queueing");
        var enqueued = Coordinator.SecondsBetween(startNs, MonotonicTime.NowNs);
        var middle = run.Usage();
        run.Enter(RunPhase.Rest);
        run.Sleep("settling", run.Plan.Settle);

        run.SetSubscribers(cleanStart: false, subscribes: false);
        var absent = run.Totals();
        var rested = run.Usage();
        var backNs = MonotonicTime.NowNs;
        run.OpenAll(publishers: false);
        run.Enter(RunPhase.Rest);
        run.Drain(absent.Expected, awaitsAcknowledgements: false);
        var drained = Coordinator.SecondsBetween(backNs, run.Totals().LastReceivedNs);
        Coordinator.Pause(LeavePause);          // the last acknowledgements arrive
        var after = run.Usage();
        var totals = run.Totals();
        var figures = new List<Figure>
        {
            new("enqueue_s", enqueued, 3),
            new("enqueue_rate", enqueued > 0 ? totals.Acknowledged / enqueued : 0, 0),
            new("drain_s", drained, 3),
            new("drain_rate", drained > 0 ? totals.Received / drained : 0, 0),
            new("sessions_present", totals.SessionsPresent - absent.SessionsPresent, 0),
            new("received_before_return", absent.Received, 0),
        };
        if (run.Plan.BrokerPid > 0)
        {
            figures.Add(new Figure("rss_per_queued", totals.Sent > 0 ? (middle.ResidentKb - before.ResidentKb) * BytesPerKb / totals.Sent : 0, 0));
        }

        if (!run.Plan.Keep)
        {
            run.Enter(RunPhase.CloseSubscribers);
            Coordinator.Pause(LeavePause);
            run.SetSubscribers(cleanStart: true, subscribes: false);
            run.OpenAll(publishers: false);
        }

        return new BenchResult
        {
            Plan = run.Plan,
            Totals = totals,
            Seconds = enqueued + drained,
            Figures = figures,
            Usage = [new UsageSection("enqueue", before, middle, totals.Sent), new UsageSection("drain", rested, after, totals.Received)],
        };
    }

    /// <summary>Sessions that subscribe and leave; what an earlier run left is forgotten first.</summary>
    private static void LeaveSessions(Coordinator run)
    {
        run.SetSubscribers(cleanStart: true, subscribes: false);
        run.OpenAll(publishers: false);
        run.Enter(RunPhase.CloseSubscribers);
        Coordinator.Pause(LeavePause);
        run.SetSubscribers(cleanStart: false, subscribes: true);
        run.OpenAll(publishers: false);
        run.Enter(RunPhase.CloseSubscribers);
    }
}
