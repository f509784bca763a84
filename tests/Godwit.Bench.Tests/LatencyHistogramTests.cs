using Godwit.Bench.Measurement;

namespace Godwit.Bench.Tests;

public sealed class LatencyHistogramTests
{
    private static readonly double[] Shares = [0, 0.001, 0.1, 0.25, 0.5, 0.9, 0.99, 0.999, 0.9999, 1];

    [Theory]
    [InlineData(1, 1, 1_000)]
    [InlineData(2, 2_000, 100)]
    [InlineData(3, 100_000, 20_000)]
    [InlineData(4, 50_000_000, 20_000)]
    [InlineData(5, 3_000_000_000_000, 5_000)]
    public void Quantiles_are_right_to_three_digits(int seed, long largest, int count)
    {
        var random = new Random(seed);
        var histogram = new LatencyHistogram();
        var values = new long[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = (long)Math.Pow(largest, random.NextDouble());      // as many small ones as large ones
            histogram.Record(values[i]);
        }

        Array.Sort(values);
        foreach (var share in Shares)
        {
            var exact = values[Math.Clamp((int)Math.Ceiling(share * count) - 1, 0, count - 1)];
            Assert.InRange(histogram.Quantile(share), exact * 0.9995, (exact * 1.0005) + 0.001);
        }

        Assert.Equal(values[^1], histogram.Maximum);
        Assert.Equal(count, histogram.Count);
    }

    [Fact]
    public void Every_value_up_to_2047_has_a_step_of_its_own()
    {
        for (var value = 0L; value < 2048; value++)
        {
            var histogram = new LatencyHistogram();
            histogram.Record(value);
            Assert.Equal(value, histogram.Quantile(0.5));
        }
    }

    [Fact]
    public void Values_out_of_range_count_at_its_ends_and_the_maximum_stays_exact()
    {
        var histogram = new LatencyHistogram();

        histogram.Record(-5);
        histogram.Record(long.MaxValue);

        Assert.Equal(2, histogram.Count);
        Assert.Equal(0, histogram.Quantile(0.5));
        Assert.InRange(histogram.Quantile(1), LatencyHistogram.ValueMax * 0.999, LatencyHistogram.ValueMax);
        Assert.Equal(long.MaxValue, histogram.Maximum);
    }

    [Fact]
    public void Histograms_of_several_threads_add_up_to_that_of_all_values()
    {
        var (first, second, all) = (new LatencyHistogram(), new LatencyHistogram(), new LatencyHistogram());
        for (var value = 1; value <= 10_000; value++)
        {
            (value % 3 == 0 ? first : second).Record(value * 1_000);
            all.Record(value * 1_000);
        }

        first.Add(second);

        Assert.Equal(all.Count, first.Count);
        Assert.Equal(all.Maximum, first.Maximum);
        Assert.All(Shares, share => Assert.Equal(all.Quantile(share), first.Quantile(share)));
    }

    [Fact]
    public void What_came_since_an_earlier_state_is_told_apart()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(1_000_000);
        var earlier = new LatencyHistogram();
        earlier.Add(histogram);
        histogram.Record(50);
        histogram.Record(60);

        var recent = histogram.Since(earlier);

        Assert.Equal(2, recent.Count);
        Assert.Equal(50, recent.Quantile(0.5));
        Assert.Equal(60, recent.Maximum);
    }

    [Fact]
    public void Values_are_counted_between_bounds()
    {
        var histogram = new LatencyHistogram();
        foreach (var value in new long[] { 99, 100, 150, 199, 200, 5_000_000_000 })
        {
            histogram.Record(value);
        }

        Assert.Equal(3, histogram.CountBetween(100, 200));
        Assert.Equal(1, histogram.CountBetween(1_000, long.MaxValue));
        Assert.Equal(6, histogram.CountBetween(0, long.MaxValue));
    }

    [Fact]
    public void Without_values_everything_is_0()
    {
        var histogram = new LatencyHistogram();

        Assert.Equal(0, histogram.Quantile(0.99));
        Assert.Equal(0, histogram.Maximum);
        Assert.Equal(0, histogram.Count);
    }

    [Fact]
    public void Recording_allocates_nothing()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(1);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var value = 0L; value < 100_000; value++)
        {
            histogram.Record(value * value);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
