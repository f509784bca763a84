namespace Godwit.Bench.Runs;

/// <summary>One second of a run.</summary>
/// <param name="Seconds">Its end, since publishing (or connecting) began.</param>
/// <param name="SentRate">Messages published a second.</param>
/// <param name="ReceivedRate">Deliveries a second.</param>
/// <param name="AcknowledgedRate">Acknowledgements a second.</param>
/// <param name="P50Ns">Median latency of the messages of this second; 0 when there were none.</param>
/// <param name="P99Ns">99th percentile.</param>
/// <param name="MaximumNs">The largest, to three digits.</param>
public sealed record BenchSample(
    double Seconds,
    double SentRate,
    double ReceivedRate,
    double AcknowledgedRate,
    long P50Ns,
    long P99Ns,
    long MaximumNs);
