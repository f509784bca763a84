using Godwit.Compare.Judging;

namespace Godwit.Compare.Idle;

/// <summary>One number of a broker that has little to do. Less is better.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Unit">Of all its numbers.</param>
/// <param name="Godwit">Null: there is none.</param>
/// <param name="Mosquitto">The same of mosquitto; null: it is not compared.</param>
/// <param name="Max">What Godwit's may be at most; null: it is for reading.</param>
/// <param name="Fault">What should not have happened; else empty.</param>
internal sealed record IdleFigure(string Name, string Unit, double? Godwit, double? Mosquitto, double? Max, string Fault = "")
{
    /// <summary>Godwit's divided by mosquitto's.</summary>
    public double? Ratio => Mosquitto > 0 ? Godwit / Mosquitto : null;

    /// <summary>What became of it.</summary>
    public Verdict Verdict => Fault.Length > 0 ? Verdict.Missed
        : Max is null ? Verdict.NotJudged
        : Godwit <= Max ? Verdict.Reached : Verdict.Missed;
}
