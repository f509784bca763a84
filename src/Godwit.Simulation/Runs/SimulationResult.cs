namespace Godwit.Simulation.Runs;

/// <summary>What became of one seed.</summary>
public sealed class SimulationResult
{
    /// <summary>The seed.</summary>
    public required long Seed { get; init; }

    /// <summary>The invariant that was broken, e.g. I7, or crash for an exception; null: all held.</summary>
    public required string? Invariant { get; init; }

    /// <summary>What happened, for a person; empty when all held.</summary>
    public required string Message { get; init; }

    /// <summary>Events of the run; with a failure, the one that showed it.</summary>
    public required long Steps { get; init; }

    /// <summary>Messages that were made.</summary>
    public required int Messages { get; init; }

    /// <summary>The same for two runs of one seed.</summary>
    public required ulong TraceHash { get; init; }

    /// <summary>What was met on the way.</summary>
    public required SituationSet Situations { get; init; }

    /// <summary>An invariant was broken.</summary>
    public bool HasFailed => Invariant is not null;
}
