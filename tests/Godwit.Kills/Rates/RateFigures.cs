using System.Globalization;

namespace Godwit.Kills.Rates;

/// <summary>PUBACKs of a second, the time from PUBLISH to PUBACK, and what one costs.</summary>
/// <param name="PerSecond">Of all publishers.</param>
/// <param name="P50">Milliseconds.</param>
/// <param name="P99">Milliseconds.</param>
/// <param name="Cpu">Processor time of the broker for each PUBACK, its delivery included, microseconds.</param>
internal sealed record RateFigures(double PerSecond, double P50, double P99, double Cpu)
{
    /// <summary>Makes the figures.</summary>
    /// <param name="microseconds">One for each PUBACK; is sorted.</param>
    /// <param name="time">In which they came.</param>
    /// <param name="cpu">Processor time of the broker meanwhile.</param>
    public static RateFigures Of(List<int> microseconds, TimeSpan time, TimeSpan cpu)
    {
        microseconds.Sort();
        return new RateFigures(microseconds.Count / time.TotalSeconds, Percentile(microseconds, 0.5), Percentile(microseconds, 0.99), cpu.TotalMicroseconds / microseconds.Count);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{PerSecond,9:N0}/s {P50,6:0.00} / {P99,6:0.00} {Cpu,6:0.00}");

    private static double Percentile(List<int> sorted, double share) =>
        sorted.Count == 0 ? double.NaN : sorted[Math.Min(sorted.Count - 1, (int)(share * sorted.Count))] / 1000.0;
}
