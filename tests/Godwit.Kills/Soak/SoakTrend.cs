namespace Godwit.Kills.Soak;

/// <summary>
/// What has become of memory, handles and threads: the middle of the last fifth beside the middle of the fifth that begins at two fifths, when what
/// is compiled and pooled once is there. Clients come and go all the time, so single samples say little.
/// </summary>
/// <param name="samples">In order of time, at least five.</param>
internal sealed class SoakTrend(IReadOnlyList<SoakSample> samples)
{
    /// <summary>Queues of clients that are away fill and drain, and the collector takes its time.</summary>
    public const double MemoryMBMax = 64;

    /// <summary>Clients that are just coming and going.</summary>
    public const int HandlesMax = 20;

    /// <summary>The thread pool may add some under load.</summary>
    public const int ThreadsMax = 10;

    private const double SecondsPerHour = 3600;

    public double MemoryMB => Change(sample => sample.MemoryMB);

    public double Handles => Change(sample => sample.Handles);

    public double Threads => Change(sample => sample.Threads);

    /// <summary>Of memory over the last three fifths, by least squares, in MB an hour; for reading where the run is short.</summary>
    public double MemoryMBPerHour
    {
        get
        {
            var late = samples.Skip(samples.Count * 2 / 5).ToList();
            var (time, memory) = (late.Average(sample => sample.Seconds), late.Average(sample => sample.MemoryMB));
            var square = late.Sum(sample => Math.Pow(sample.Seconds - time, 2));
            return square == 0 ? 0 : late.Sum(sample => (sample.Seconds - time) * (sample.MemoryMB - memory)) / square * SecondsPerHour;
        }
    }

    /// <summary>Nothing grows.</summary>
    public bool IsFlat => MemoryMB <= MemoryMBMax && Handles <= HandlesMax && Threads <= ThreadsMax;

    private double Change(Func<SoakSample, double> value) =>
        Middle(samples.Skip(samples.Count * 4 / 5), value) - Middle(samples.Skip(samples.Count * 2 / 5).Take(Math.Max(1, samples.Count / 5)), value);

    private static double Middle(IEnumerable<SoakSample> some, Func<SoakSample, double> value)
    {
        var sorted = some.Select(value).Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
