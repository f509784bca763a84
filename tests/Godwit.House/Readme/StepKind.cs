namespace Godwit.House.Readme;

/// <summary>What a reader of the README does, or sees.</summary>
public enum StepKind
{
    /// <summary>Types commands that end by themselves.</summary>
    Run,

    /// <summary>Types a command that runs until Ctrl-C.</summary>
    RunOn,

    /// <summary>Presses Ctrl-C.</summary>
    Interrupt,

    /// <summary>Sees these lines.</summary>
    Prints,

    /// <summary>Types a command that CI runs.</summary>
    RunByCI,
}
