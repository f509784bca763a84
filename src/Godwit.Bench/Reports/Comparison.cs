using System.Globalization;
using System.Text;

namespace Godwit.Bench.Reports;

/// <summary>Two runs side by side.</summary>
/// <param name="Rows">What both have.</param>
/// <param name="Differences">What was asked for differently, in words.</param>
/// <param name="Tolerance">How much worse is not yet worse, as a share.</param>
public sealed record Comparison(IReadOnlyList<ComparisonRow> Rows, IReadOnlyList<string> Differences, double Tolerance)
{
    /// <summary>Something is worse than the tolerance allows, or there is nothing to compare by.</summary>
    public bool IsWorse => Rows.Count == 0 || Rows.Any(row => row.IsWorse);

    /// <summary>Compares.</summary>
    /// <param name="before">The baseline.</param>
    /// <param name="now">The run that is judged. What only one of them has is left out, unless the run lacks it: then it is worse.</param>
    /// <param name="tolerance">0.1 allows 10 % less rate and 10 % more latency.</param>
    public static Comparison Of(Baseline before, Baseline now, double tolerance)
    {
        var rows = new List<ComparisonRow>();
        foreach (var (name, was) in before.Rates)
        {
            var value = now.Rates.GetValueOrDefault(name);
            rows.Add(new ComparisonRow(name, was, value, value < was * (1 - tolerance)));
        }

        foreach (var (name, was) in before.Latencies)
        {
            var value = now.Latencies.GetValueOrDefault(name, double.NaN);
            rows.Add(new ComparisonRow(name + " p99", was, value, !(value <= was * (1 + tolerance))));
        }

        var differences = before.Workload
            .Where(pair => pair.Value.Length > 0 && !string.Equals(now.Workload.GetValueOrDefault(pair.Key, ""), pair.Value, StringComparison.Ordinal))
            .Select(pair => $"{pair.Key} {pair.Value} then, {now.Workload.GetValueOrDefault(pair.Key, "nothing")} now");
        return new Comparison(rows, [.. differences], tolerance);
    }

    /// <summary>A table for a person.</summary>
    public string ToTable()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{"compared",-16}{"before",14}{"now",14}{"change",10}\n");
        foreach (var row in Rows)
        {
            var change = row.Before > 0 ? (row.Now - row.Before) / row.Before * 100 : 0;
            text.Append(CultureInfo.InvariantCulture, $"{row.Name,-16}{row.Before,14:N1}{row.Now,14:N1}{change,9:+0.0;-0.0;0.0}%{(row.IsWorse ? "  WORSE" : "")}\n");
        }

        foreach (var difference in Differences)
        {
            text.Append("not the same load: ").Append(difference).Append('\n');
        }

        var tolerance = (Tolerance * 100).ToString("0.#", CultureInfo.InvariantCulture);
        text.Append(IsWorse ? $"worse than the baseline by more than {tolerance} %" : $"no worse than the baseline by more than {tolerance} %");
        return text.ToString();
    }
}
