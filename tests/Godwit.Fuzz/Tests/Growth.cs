using System.Diagnostics;

namespace Godwit.Fuzz.Tests;

/// <summary>
/// Says whether something that is given eight times as much costs about eight times as much, and not sixty-four times. Only ratios are
/// judged, with a factor of four to spare, and only the best of several rounds counts: a slow or busy machine changes nothing.
/// </summary>
internal static class Growth
{
    private const int Factor = 8;
    private const int Slack = 4;
    private const int RoundsMin = 3;
    private const int RoundsMax = 20;

    /// <summary>Neither time nor allocation grows faster than the size.</summary>
    /// <param name="size">The smaller size; large enough for a millisecond.</param>
    /// <param name="prepare">Gets a size and makes what is to be measured. It may be run more than once.</param>
    public static void IsLinear(int size, Func<int, Action> prepare)
    {
        prepare(size)();                                    // compiled now, and the pools are filled
        prepare(Factor * size)();
        var (smallBytes, largeBytes) = (Allocated(prepare(size)), Allocated(prepare(Factor * size)));
        Assert.True(
            largeBytes <= (Slack * Factor * smallBytes) + 1_000_000,
            $"A size of {size} allocates {smallBytes} bytes, {Factor} times as much allocates {largeBytes}.");

        var (small, large) = (double.MaxValue, double.MaxValue);
        for (var round = 1; round <= RoundsMax && (round <= RoundsMin || large / small > Slack * Factor); round++)
        {
            small = Math.Min(small, Milliseconds(prepare(size)));
            large = Math.Min(large, Milliseconds(prepare(Factor * size)));
        }

        var ratio = large / small;
        Assert.True(ratio <= Slack * Factor, $"{Factor} times a size of {size} takes {ratio:0} times as long.");
    }

    private static long Allocated(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static double Milliseconds(Action action)
    {
        var clock = Stopwatch.StartNew();
        action();
        return Math.Max(clock.Elapsed.TotalMilliseconds, 0.01);
    }
}
