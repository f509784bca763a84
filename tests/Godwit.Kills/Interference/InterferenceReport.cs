using System.Globalization;
using Godwit.Kills.Rates;

namespace Godwit.Kills.Interference;

/// <summary>The medians of all rounds, and each phase beside the quiet one.</summary>
internal sealed class InterferenceReport(InterferenceOptions options, IReadOnlyDictionary<InterferencePhase, List<PhaseFigures>> figures)
{
    /// <summary>Each phase in each round.</summary>
    public IReadOnlyDictionary<InterferencePhase, List<PhaseFigures>> Figures => figures;

    /// <summary>p99 is nowhere more than it may be.</summary>
    public bool IsGood => figures.Keys.All(phase => Ratio(phase, one => one.Open) <= options.RatioMax && Ratio(phase, one => one.Closed) <= options.RatioMax);

    public override string ToString()
    {
        const string Unit = "PUBACKs  p50 / p99 ms CPU us";
        var lines = new List<string>
        {
            $"{"",-17} {$"{options.Publishers} x {options.Window}",35} {"p99",6} {$"fixed rate, {options.ChurnBytesPerSecond / 1e6:0} MB/s beside",35} {"p99",6}   memory          meanwhile",
            $"{"medians",-17} {Unit,35} {"ratio",6} {Unit,35} {"ratio",6}",
        };
        lines.AddRange(figures.Keys.Select(Line));
        lines.Add(string.Create(CultureInfo.InvariantCulture, $"{(IsGood ? "good" : "NOT GOOD")}: p99 at most {options.RatioMax:0.##} times that of the quiet phase"));
        return string.Join('\n', lines);
    }

    private string Line(InterferencePhase phase)
    {
        var rounds = figures[phase];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{phase,-17} {Median(phase, one => one.Closed),35} {Ratio(phase, one => one.Closed),6:0.00} {Median(phase, one => one.Open),35} {Ratio(phase, one => one.Open),6:0.00}   "
            + $"{Median(rounds.Select(one => one.Memory.Start / 1e6)),4:0} to {Median(rounds.Select(one => one.Memory.End / 1e6)),4:0} MB  "
            + $"{Median(rounds.Select(one => (double)one.Retired)):0} segments given back, {Median(rounds.Select(one => one.BytesRead / 1e6)):0} MB read, {Median(rounds.Select(one => (double)one.Backups)):0} backups");
    }

    private double Ratio(InterferencePhase phase, Func<PhaseFigures, RateFigures> load) => Median(phase, load).P99 / Median(InterferencePhase.Quiet, load).P99;

    private RateFigures Median(InterferencePhase phase, Func<PhaseFigures, RateFigures> load)
    {
        var rounds = figures[phase].Select(load).ToList();
        return new RateFigures(Median(rounds.Select(one => one.PerSecond)), Median(rounds.Select(one => one.P50)), Median(rounds.Select(one => one.P99)), Median(rounds.Select(one => one.Cpu)));
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
