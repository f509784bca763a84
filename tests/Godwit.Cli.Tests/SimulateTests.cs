using Godwit.Cli.Commands;
using Godwit.Cli.Tests.Support;
using Godwit.Simulation.Runs;

namespace Godwit.Cli.Tests;

/// <summary><c>godwit simulate</c> as a process.</summary>
public sealed class SimulateTests
{
    [Fact]
    public async Task Seeds_that_hold_end_with_exit_code_0_and_their_number()
    {
        var (exitCode, output, _) = await GodwitProcess.RunAsync("simulate", "--seed", "1", "--seeds", "5");

        Assert.Equal(0, exitCode);
        Assert.Matches(@"^5 seeds, \d+ messages, 0 failed\n$", output);
    }

    [Fact]
    public async Task A_trace_ends_with_the_verdict()
    {
        var (exitCode, output, _) = await GodwitProcess.RunAsync("simulate", "--seed", "7", "--trace");

        Assert.Equal(0, exitCode);
        Assert.Contains(" > CONNECT ", output);
        Assert.EndsWith("seed 7: all invariants held\n", output);
    }

    [Theory]
    [InlineData("--trace is for one seed", "--trace")]
    [InlineData("'many' is not a number of seeds", "--seeds", "many")]
    [InlineData("'-1' is not a seed", "--seed=-1")]
    public async Task What_makes_no_sense_is_a_usage_error(string message, params string[] args)
    {
        var (exitCode, _, errors) = await GodwitProcess.RunAsync(["simulate", .. args]);

        Assert.Equal(1, exitCode);
        Assert.StartsWith($"godwit simulate: {message}", errors);
    }

    [Fact]
    public void A_failure_is_one_line()
    {
        var failure = new SimulationResult
        {
            Seed = 4711,
            Steps = 12,
            Invariant = "I7",
            Message = "a will came twice\nand more",
            Messages = 3,
            TraceHash = 1,
            Situations = new SituationSet(),
        };

        Assert.Equal("seed 4711, step 12: I7: a will came twice", SimulateCommand.Describe(failure));
    }
}
