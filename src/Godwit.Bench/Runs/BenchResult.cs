using Godwit.Bench.Measurement;
using Godwit.Bench.Plans;

namespace Godwit.Bench.Runs;

/// <summary>What a run has found.</summary>
public sealed record BenchResult
{
    /// <summary>The run.</summary>
    public required BenchPlan Plan { get; init; }

    /// <summary>Everything that was counted, from the beginning to the end.</summary>
    public required BenchTotals Totals { get; init; }

    /// <summary>Length of the measured part in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>Messages published a second in the measured part; null where there is no such part.</summary>
    public double? SentRate { get; init; }

    /// <summary>Deliveries a second in the measured part; null where there is no such part.</summary>
    public double? ReceivedRate { get; init; }

    /// <summary>Deliveries due to a message, on average.</summary>
    public double MeanFanout { get; init; }

    /// <summary>Numbers that only this shape has.</summary>
    public IReadOnlyList<Figure> Figures { get; init; } = [];

    /// <summary>From sending to receiving.</summary>
    public LatencyHistogram Latency { get; init; } = new();

    /// <summary>From sending to PUBACK or PUBCOMP.</summary>
    public LatencyHistogram Acknowledgement { get; init; } = new();

    /// <summary>From the beginning of connecting to CONNACK.</summary>
    public LatencyHistogram Connect { get; init; } = new();

    /// <summary>From PINGREQ to PINGRESP.</summary>
    public LatencyHistogram Ping { get; init; } = new();

    /// <summary>CPU and memory, part by part.</summary>
    public IReadOnlyList<UsageSection> Usage { get; init; } = [];

    /// <summary>Second by second.</summary>
    public IReadOnlyList<BenchSample> Samples { get; init; } = [];

    /// <summary>The first thing that went wrong, in words; null: nothing.</summary>
    public string? FirstError { get; init; }

    /// <summary>Somebody ended it early.</summary>
    public bool IsInterrupted { get; init; }

    /// <summary>Publishing and receiving is accounted for message by message, not only by what streams leave out.</summary>
    public bool KnowsExpected => Plan.Publishers > 0 && Plan.Subscribers > 0;

    /// <summary>Messages that did not arrive.</summary>
    public long Lost => KnowsExpected ? Totals.Expected - (Totals.Received - Totals.Duplicates) : Totals.Missing;

    /// <summary>What is judged as latency: to the subscriber, else to the acknowledgement, else (in Conn) to CONNACK.</summary>
    public LatencyHistogram MainLatency => Latency.Count > 0 ? Latency
        : Acknowledgement.Count > 0 ? Acknowledgement
        : Plan.Shape == BenchShape.Conn ? Connect
        : new LatencyHistogram();
}
