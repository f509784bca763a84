namespace Godwit.Conformance.Running;

/// <summary>How a check ended.</summary>
public enum CheckOutcome
{
    /// <summary>The broker does what the statement demands.</summary>
    Passed,

    /// <summary>It does something else.</summary>
    Failed,

    /// <summary>The statement does not apply to this broker.</summary>
    Skipped,

    /// <summary>The run ended before; the reason says why.</summary>
    NotRun,
}
