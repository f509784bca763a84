using Godwit.Bench.Sockets;
using Godwit.Bench.Workers;

namespace Godwit.Bench.Runs;

/// <summary>Opens connections and holds them.</summary>
internal static class ConnRun
{
    private const double BytesPerKb = 1024;

    internal static BenchResult Execute(Coordinator run)
    {
        var before = run.Usage();
        var startNs = MonotonicTime.NowNs;
        run.OpenAll(publishers: false);
        var seconds = Coordinator.SecondsBetween(startNs, MonotonicTime.NowNs);
        var opened = run.Usage();
        var connected = run.Totals().ReadySubscribers;
        run.Enter(RunPhase.Rest);
        var pongsBefore = run.Totals().Pongs;
        run.Measure("holding");
        var held = run.Usage();
        var totals = run.Totals();
        var figures = new List<Figure> { new("connected", connected, 0), new("connect_rate", seconds > 0 ? connected / seconds : 0, 0) };
        if (run.Plan.BrokerPid > 0)
        {
            figures.Add(new Figure("rss_per_conn", PerConnection(opened.ResidentKb - before.ResidentKb), 0));
            figures.Add(new Figure("rss_held_per_conn", PerConnection(held.ResidentKb - before.ResidentKb), 0));
        }

        figures.Add(new Figure("kernel_slab_per_conn", PerConnection(held.KernelSlabKb - before.KernelSlabKb), 0));
        return new BenchResult
        {
            Plan = run.Plan,
            Totals = totals,
            Seconds = seconds,
            Figures = figures,
            Usage = [new UsageSection("open", before, opened, connected), new UsageSection("hold", opened, held, totals.Pongs - pongsBefore)],
        };

        double PerConnection(long kb) => connected > 0 ? kb * BytesPerKb / connected : 0;
    }
}
