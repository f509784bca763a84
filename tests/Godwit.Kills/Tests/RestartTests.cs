using Godwit.Kills.Brokers;
using Godwit.Kills.Restart;
using Godwit.Testing.Running;

namespace Godwit.Kills.Tests;

/// <summary>bench/restart with a hundredth of its state: the limits are those of the whole, and cannot be missed.</summary>
public sealed class RestartTests
{
    private const double Scale = 0.01;

    [Fact]
    public async Task A_restart_with_much_state_brings_all_sessions_and_messages_back()
    {
        var report = await RunAsync(GodwitBroker.Sync);

        Assert.True(report.IsGood, report.ToString());
        Assert.Equal(report.Options.Sessions, report.Sampled);
    }

    [Fact]
    public async Task A_restart_that_brings_nothing_back_is_found_out()
    {
        var report = await RunAsync(GodwitBroker.Memory);

        Assert.Equal(0, report.Whole);
        Assert.False(report.IsGood, report.ToString());
    }

    private static async Task<RestartReport> RunAsync(string durability)
    {
        using var directory = new TemporaryDirectory();
        var options = new RestartOptions { Scale = Scale, Durability = durability };

        var report = await RestartBench.RunAsync(options, directory.Path, TestContext.Current.CancellationToken);

        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
        return report;
    }
}
