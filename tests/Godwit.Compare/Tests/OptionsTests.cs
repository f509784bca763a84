using Godwit.Compare.Loads;
using Godwit.Compare.Running;

namespace Godwit.Compare.Tests;

public sealed class OptionsTests
{
    [Fact]
    public void Without_options_everything_is_measured_three_times_with_godwit_bench()
    {
        var options = CompareOptions.Read([], out _)!;

        Assert.Equal((3, 11, null, null, null), (options.Rounds, options.Workloads.Count, options.Generator, options.Json, options.Page));
    }

    [Fact]
    public void What_is_said_goes_before_what_quick_means()
    {
        var options = CompareOptions.Read(["--rounds", "2", "--quick", "--workloads", "i,a", "--generator", "m", "--json", "j"], out _)!;

        Assert.Equal((2, 1.0, "ai", "m", "j"), (options.Rounds, options.Seconds, string.Concat(options.Workloads.Select(workload => workload.Id)), options.Generator, options.Json));
    }

    [Theory]
    [InlineData("--rounds", "0")]
    [InlineData("--seconds", "-1")]
    [InlineData("--workloads", "a,x")]
    [InlineData("--workloads", "")]
    [InlineData("--json")]
    [InlineData("a")]
    [InlineData("--write", "--quick")]
    [InlineData("--write", "--workloads", "a")]
    public async Task What_is_not_understood_is_refused_with_exit_code_2(params string[] arguments)
    {
        using var errors = new StringWriter();

        Assert.Equal(ExitCodes.Usage, await CompareCommand.RunAsync(arguments, TextWriter.Null, errors));
        Assert.StartsWith("bench/compare: ", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_generator_that_is_not_there_is_exit_code_2()
    {
        using var errors = new StringWriter();

        Assert.Equal(ExitCodes.Usage, await CompareCommand.RunAsync(["--generator", "/nowhere/mqload"], TextWriter.Null, errors));
        Assert.Contains("/nowhere/mqload", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Quick_runs_are_smaller_and_connections_fit_into_the_open_files()
    {
        var quick = CompareOptions.Read(["--quick"], out _)!;
        var load = new Load { Mode = LoadMode.Connections, Subscribers = 19_800 };

        Assert.Equal(1_980, CompareRun.Sized(load, quick, connectionsMax: 50_000).Subscribers);
        Assert.Equal(824, CompareRun.Sized(load, quick, connectionsMax: 824).Subscribers);
        Assert.Equal(19_800, CompareRun.Sized(load, new CompareOptions(), connectionsMax: 50_000).Subscribers);
    }
}
