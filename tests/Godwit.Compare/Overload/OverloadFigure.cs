using Godwit.Compare.Judging;

namespace Godwit.Compare.Overload;

/// <summary>One number of a broker that has too much to do. Less is better, unless it has no maximum.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Unit">Of all its numbers.</param>
/// <param name="Godwit">Null: there is none.</param>
/// <param name="Mosquitto">The same of Debian's mosquitto in the same run; null: it cannot do this, or has not lived to tell.</param>
/// <param name="Max">What Godwit's may be at most; null: it is for reading.</param>
/// <param name="Note">What should not have happened to Godwit, or is worth saying; else empty.</param>
internal sealed record OverloadFigure(string Name, string Unit, double? Godwit, double? Mosquitto, double? Max, string Note = "")
{
    /// <summary>Godwit's divided by mosquitto's.</summary>
    public double? Ratio => Mosquitto > 0 ? Godwit / Mosquitto : null;

    /// <summary>What became of it.</summary>
    public Verdict Verdict => Max is null ? Verdict.NotJudged : Godwit <= Max ? Verdict.Reached : Verdict.Missed;
}
