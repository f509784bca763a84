namespace Godwit.Conformance.Running;

/// <summary>The verdict of one check.</summary>
/// <param name="Check">Which one.</param>
/// <param name="Outcome">How it ended.</param>
public sealed record CheckResult(Check Check, CheckOutcome Outcome)
{
    /// <summary>When it failed: what the statement demands.</summary>
    public string Expected { get; init; } = "";

    /// <summary>When it failed: what came instead.</summary>
    public string Came { get; init; } = "";

    /// <summary>When it failed: the last packet that a client sent before.</summary>
    public string Sent { get; init; } = "";

    /// <summary>When it was skipped or not run: why.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Which of the allowed behaviours the broker showed.</summary>
    public IReadOnlyList<string> Observations { get; init; } = [];

    /// <summary>What was sent and received.</summary>
    public IReadOnlyList<string> Transcript { get; init; } = [];

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>A MUST is broken.</summary>
    public bool IsMandatoryFailure => Outcome == CheckOutcome.Failed && !Check.IsRecommendation;
}
