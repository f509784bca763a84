using Godwit.Compare.Judging;

namespace Godwit.Compare.Idle;

/// <summary>All that a run found.</summary>
/// <param name="Circumstances">Where and with what: name and text.</param>
/// <param name="Figures">In the order of the table.</param>
/// <param name="Memory">What the memory of the empty broker is made of, in kilobytes; empty when that was not asked.</param>
/// <param name="Threads">Who woke in the idle broker.</param>
/// <param name="ThreadSeconds">How long that was watched.</param>
internal sealed record IdleReport(
    IReadOnlyList<(string Name, string Text)> Circumstances,
    IReadOnlyList<IdleFigure> Figures,
    IReadOnlyList<(string Group, long Kb)> Memory,
    IReadOnlyList<ThreadTimes> Threads,
    double ThreadSeconds)
{
    /// <summary>Nothing is missed.</summary>
    public bool IsReached => !Figures.Any(figure => figure.Verdict == Verdict.Missed);
}
