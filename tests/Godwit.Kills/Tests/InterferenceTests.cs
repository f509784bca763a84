using Godwit.Kills.Interference;

namespace Godwit.Kills.Tests;

/// <summary>bench/durability-interference, briefly: in each phase happens what it is named after. Its figures are for readers, not for tests.</summary>
public sealed class InterferenceTests
{
    [Fact]
    public async Task Each_phase_measures_what_it_is_named_after()
    {
        var options = InterferenceOptions.Read(
            ["--seconds", "0.5", "--warm-up", "0.2", "--rounds", "1", "--publishers", "16", "--rate", "500", "--churn", "8", "--pinned", "4", "--segment", "1"], out _)!;
        var lines = new List<string>();

        var report = await InterferenceBench.RunAsync(
            options,
            line =>
            {
                lines.Add(line);
                return Task.CompletedTask;
            },
            TestContext.Current.CancellationToken);

        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
        Assert.Equal(Enum.GetValues<InterferencePhase>().Length, lines.Count);
        var phases = report.Figures.ToDictionary(pair => pair.Key, pair => Assert.Single(pair.Value));
        Assert.All(phases.Values, phase => Assert.All([phase.Closed, phase.Open], figure => Assert.True(figure.PerSecond > 0 && figure.P50 > 0 && figure.P50 <= figure.P99, figure.ToString())));
        Assert.All(phases.Values, phase => Assert.True(phase.Memory is { Start: > 0, End: > 0 }));
        Assert.True(phases[InterferencePhase.Compaction].Retired > 0, "nothing was compacted");
        Assert.True(phases[InterferencePhase.Backup].Backups > 0, "no backup was made");
        Assert.All(phases.Where(phase => phase.Key != InterferencePhase.Backup), phase => Assert.Equal(0, phase.Value.Backups));
    }

    [Theory]
    [InlineData("--seconds", "0")]
    [InlineData("--rounds", "none")]
    [InlineData("--phases", "quiet,loud")]
    [InlineData("--segment", "257")]
    [InlineData("--other", "1")]
    [InlineData("--rate")]
    public void What_is_not_understood_is_refused(params string[] arguments)
    {
        Assert.Null(InterferenceOptions.Read(arguments, out var error));
        Assert.NotEmpty(error);
    }
}
