using System.Net;
using Godwit.Bench.Clients;
using Godwit.Bench.Plans;

namespace Godwit.Bench.Workers;

/// <summary>What the coordinator and the workers of a run share.</summary>
internal sealed class RunState(BenchPlan plan, Workload workload, IPEndPoint broker, IReadOnlyList<IPAddress> sources)
{
    private long _phase;                // the low byte is the phase, the rest counts, so that the same phase may come again
    private long _measureFromNs = long.MaxValue;
    private string? _firstError;
    private Exception? _fault;

    internal BenchPlan Plan { get; } = plan;

    internal Workload Workload { get; } = workload;

    internal IPEndPoint Broker { get; } = broker;

    /// <summary>Used in turn; empty: the system's choice.</summary>
    internal IReadOnlyList<IPAddress> Sources { get; } = sources;

    /// <summary>By number; set before any worker runs.</summary>
    internal Publisher[] Publishers { get; set; } = [];

    /// <summary>By number; set before any worker runs.</summary>
    internal Worker[] Workers { get; set; } = [];

    /// <summary>Subscribers connect with Clean Start. Set between phases.</summary>
    internal bool CleanStart { get; set; } = true;

    /// <summary>Subscribers subscribe when they are connected. Set between phases.</summary>
    internal bool Subscribes { get; set; } = true;

    /// <summary>Messages sent before this run began are not of this run.</summary>
    internal long StartNs { get; init; }

    /// <summary>The latency of messages counts when they were sent at this time or later.</summary>
    internal long MeasureFromNs
    {
        get => Volatile.Read(ref _measureFromNs);
        set => Volatile.Write(ref _measureFromNs, value);
    }

    /// <summary>The phase and how many there were.</summary>
    internal long Phase => Volatile.Read(ref _phase);

    /// <summary>The first thing that went wrong, in words; null: nothing.</summary>
    internal string? FirstError => Volatile.Read(ref _firstError);

    /// <summary>A worker has broken down; null: none.</summary>
    internal Exception? Fault
    {
        get => Volatile.Read(ref _fault);
        set => Volatile.Write(ref _fault, value);
    }

    internal static RunPhase PhaseOf(long phase) => (RunPhase)(phase & 0xFF);

    /// <summary>All workers go on with a phase.</summary>
    internal void Enter(RunPhase phase)
    {
        Volatile.Write(ref _phase, (((_phase >> 8) + 1) << 8) | (long)phase);
        foreach (var worker in Workers)
        {
            worker.Wake();
        }
    }

    /// <summary>Something went wrong; the first is kept.</summary>
    internal void Report(string error) => Interlocked.CompareExchange(ref _firstError, error, null);
}
