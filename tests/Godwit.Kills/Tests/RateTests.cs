using Godwit.Kills.Brokers;
using Godwit.Kills.Rates;

namespace Godwit.Kills.Tests;

/// <summary>bench/durability, briefly: it counts what it should. Its figures are for readers, not for tests.</summary>
public sealed class RateTests
{
    [Theory]
    [InlineData(GodwitBroker.Sync)]
    [InlineData(GodwitBroker.Memory)]
    public async Task All_that_is_acknowledged_is_measured_and_delivered(string durability)
    {
        var options = RateOptions.Read(["--seconds", "0.5", "--publishers", "1,8", "--windows", "1,20"], out _)!;

        var figures = await RateBench.MeasureAsync(RateBench.Godwit(durability), options with { WarmUp = TimeSpan.FromMilliseconds(100) });

        Assert.Equal(4, figures.Count);
        Assert.All(figures, figure => Assert.True(figure.PerSecond > 0 && figure.P50 > 0 && figure.P50 <= figure.P99 && figure.Cpu > 0, figure.ToString()));
    }

    [Theory]
    [InlineData("--seconds", "0")]
    [InlineData("--publishers", "1,,2")]
    [InlineData("--payload", "1,2")]
    [InlineData("--windows")]
    [InlineData("--other", "1")]
    public void What_is_not_understood_is_refused(params string[] arguments)
    {
        Assert.Null(RateOptions.Read(arguments, out var error));
        Assert.NotEmpty(error);
    }
}
