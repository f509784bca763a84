using Godwit.Bench.Measurement;

namespace Godwit.Bench.Runs;

/// <summary>How far a run is, once a second.</summary>
/// <param name="Stage">What is being done: connecting, warming up, measuring, draining, ...</param>
/// <param name="Elapsed">Since this stage began.</param>
/// <param name="Length">How long this stage will take; zero: nobody knows.</param>
/// <param name="Totals">What was counted.</param>
/// <param name="Samples">The seconds so far, the newest last.</param>
/// <param name="Latency">From sending to receiving; without subscribers from sending to the acknowledgement.</param>
public sealed record BenchProgress(
    string Stage,
    TimeSpan Elapsed,
    TimeSpan Length,
    BenchTotals Totals,
    IReadOnlyList<BenchSample> Samples,
    LatencyHistogram Latency);
