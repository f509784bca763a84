namespace Godwit.Conformance.Running;

/// <summary>The limits of a run.</summary>
public sealed record RunnerOptions
{
    /// <summary>How long the broker may take for one answer.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one check may take.</summary>
    public TimeSpan CheckTimeMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many checks run at once.</summary>
    public int Concurrency { get; init; } = 24;

    /// <summary>Checks in a row without a connection after which the broker counts as gone.</summary>
    public int UnreachableMax { get; init; } = 30;
}
