using Godwit.Bench.Measurement;

namespace Godwit.Bench.Reports;

/// <summary>A histogram in few bins, whose bounds are 1, 2 and 5 times a power of ten: a logarithmic scale that people read.</summary>
internal static class HistogramBins
{
    private static readonly long[] Bounds = [0, .. Powers().SelectMany(power => new[] { power, 2 * power, 5 * power })];

    /// <summary>From the first bin with a value to the last.</summary>
    internal static IReadOnlyList<(long FromNs, long ToNs, long Count)> Of(LatencyHistogram histogram)
    {
        var bins = new List<(long FromNs, long ToNs, long Count)>();
        for (var i = 0; i < Bounds.Length; i++)
        {
            var to = i + 1 < Bounds.Length ? Bounds[i + 1] : long.MaxValue;
            bins.Add((Bounds[i], to, histogram.CountBetween(Bounds[i], to)));
        }

        var first = bins.FindIndex(bin => bin.Count > 0);
        var last = bins.FindLastIndex(bin => bin.Count > 0);
        return first < 0 ? [] : bins[first..(last + 1)];
    }

    private static IEnumerable<long> Powers()
    {
        for (var power = 100L; power <= 1_000_000_000_000; power *= 10)
        {
            yield return power;
        }
    }
}
