namespace Godwit.Compare.Judging;

/// <summary>What became of a bar.</summary>
public enum Verdict
{
    /// <summary>At most the ratio asked for.</summary>
    Reached,

    /// <summary>Above it, or without a figure to judge by.</summary>
    Missed,

    /// <summary>The other side was not there.</summary>
    NotJudged,
}
