using Godwit.Kills.Soak;
using Godwit.Testing.Running;

namespace Godwit.Kills.Tests;

/// <summary>A very short run of what ./soak does for hours, and how it judges.</summary>
public sealed class SoakTests
{
    [Fact]
    public async Task A_few_seconds_of_mixed_load_takeovers_and_reloads_are_clean()
    {
        using var directory = new TemporaryDirectory();

        var report = await SoakRun.RunAsync(TimeSpan.FromSeconds(4), seed: 5, directory.Path, _ => { }, TestContext.Current.CancellationToken);

        Assert.True(report.Findings.Total == 0, report.ToString());
        Assert.True(report is { Deliveries: > 0, Takeovers: > 0, Reloads: > 0 }, report.ToString());
    }

    [Theory]
    [InlineData(0, 0, 0, true)]
    [InlineData(1.0, 0, 0, false)]
    [InlineData(0.1, 0, 0, true)]
    [InlineData(0, 1, 0, false)]
    [InlineData(0, 0, 0.5, false)]
    [InlineData(-5, -1, -1, true)]
    public void What_grows_is_seen(double memoryPerSecond, double handlesPerSecond, double threadsPerSecond, bool isFlat)
    {
        var samples = Enumerable.Range(0, 200).Select(i => new SoakSample(
            i, 2_000 + (i * memoryPerSecond) + (i % 7), 500 + (int)(i * handlesPerSecond) + (i % 3), 200 + (int)(i * threadsPerSecond))).ToList();

        var trend = new SoakTrend(samples);

        Assert.Equal(isFlat, trend.IsFlat);
        Assert.InRange(trend.MemoryMBPerHour, (memoryPerSecond * 3600) - 300, (memoryPerSecond * 3600) + 300);
    }
}
