using System.Globalization;

namespace Godwit.Kills.Rates;

/// <summary>PUBACKs of a second, and the time from PUBLISH to PUBACK.</summary>
/// <param name="PerSecond">Of all publishers.</param>
/// <param name="P50">Milliseconds.</param>
/// <param name="P99">Milliseconds.</param>
internal sealed record RateFigures(double PerSecond, double P50, double P99)
{
    /// <summary>Makes the figures.</summary>
    /// <param name="microseconds">One for each PUBACK; is sorted.</param>
    /// <param name="time">In which they came.</param>
    public static RateFigures Of(List<int> microseconds, TimeSpan time)
    {
        microseconds.Sort();
        return new RateFigures(microseconds.Count / time.TotalSeconds, Percentile(microseconds, 0.5), Percentile(microseconds, 0.99));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{PerSecond,8:N0}/s {P50,7:0.00} / {P99,7:0.00}");

    private static double Percentile(List<int> sorted, double share) =>
        sorted.Count == 0 ? double.NaN : sorted[Math.Min(sorted.Count - 1, (int)(share * sorted.Count))] / 1000.0;
}
