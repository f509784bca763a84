namespace Godwit.House.Scripts;

/// <summary>How a script ended and what it wrote.</summary>
public sealed record ScriptResult(int ExitCode, string Output, string Error)
{
    /// <summary>The last line of the standard output that is not blank.</summary>
    public string LastLine => Output.TrimEnd().Split('\n')[^1];
}
