using Godwit.Bench.Measurement;
using Godwit.Bench.Plans;
using Godwit.Bench.Sockets;
using Godwit.Bench.Workers;

namespace Godwit.Bench.Runs;

/// <summary>Reads the counters of all workers once a second, and tells the listener.</summary>
internal sealed class Sampler
{
    private const long IntervalNs = 1_000_000_000;

    private readonly BenchPlan _plan;
    private readonly IReadOnlyList<Worker> _workers;
    private readonly Action<BenchProgress> _report;
    private readonly List<BenchSample> _samples = [];
    private readonly long _startNs = MonotonicTime.NowNs;
    private LatencyHistogram _latency = new();
    private BenchTotals _totals = new();
    private string _stage = "";
    private TimeSpan _length;
    private long _stageStartNs;
    private long _lastNs;

    internal Sampler(BenchPlan plan, IReadOnlyList<Worker> workers, Action<BenchProgress> report)
    {
        _plan = plan;
        _workers = workers;
        _report = report;
        _lastNs = _startNs;
    }

    /// <summary>One a second, the newest last.</summary>
    internal IReadOnlyList<BenchSample> Samples => _samples;

    /// <summary>Something else is done from now on.</summary>
    internal void Begin(string stage, TimeSpan length)
    {
        _stage = stage;
        _length = length;
        _stageStartNs = MonotonicTime.NowNs;
    }

    /// <summary>Takes a sample if a second has passed.</summary>
    internal void Look()
    {
        var nowNs = MonotonicTime.NowNs;
        if (nowNs - _lastNs < IntervalNs)
        {
            return;
        }

        var totals = BenchTotals.Of(_workers);
        var latency = new LatencyHistogram();
        foreach (var worker in _workers)
        {
            latency.Add(_plan.Subscribers > 0 ? worker.Counters.Latency : worker.Counters.Acknowledgement);
        }

        var recent = latency.Since(_latency);
        var seconds = Coordinator.SecondsBetween(_lastNs, nowNs);
        _samples.Add(new BenchSample(
            Coordinator.SecondsBetween(_startNs, nowNs),
            (totals.Sent - _totals.Sent) / seconds,
            (totals.Received - _totals.Received) / seconds,
            (totals.Acknowledged - _totals.Acknowledged) / seconds,
            recent.Quantile(0.5),
            recent.Quantile(0.99),
            recent.Maximum));
        _totals = totals;
        _latency = latency;
        _lastNs = nowNs;
        var elapsed = TimeSpan.FromSeconds(Coordinator.SecondsBetween(_stageStartNs, nowNs));
        _report(new BenchProgress(_stage, elapsed, _length, totals, _samples, latency));
    }
}
