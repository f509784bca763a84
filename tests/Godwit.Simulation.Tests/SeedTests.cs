using Godwit.Simulation.Runs;

namespace Godwit.Simulation.Tests;

public sealed class SeedTests
{
    private const int Seeds = 2000;

    [Fact]
    public async Task All_invariants_hold_and_every_interesting_situation_is_met()
    {
        var failures = new List<string>();
        var met = new SituationSet();

        await Campaign.RunAsync(
            firstSeed: 1,
            Seeds,
            threads: 2,
            result =>
            {
                met.Add(result.Situations);
                if (result.HasFailed)
                {
                    failures.Add($"seed {result.Seed}, step {result.Steps}: {result.Invariant}: {result.Message}");
                }
            },
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.Empty(failures);
        Assert.Empty(met.Missing);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(42)]
    [InlineData(1195)]
    [InlineData(5407)]
    public void The_same_seed_gives_the_same_run(long seed)
    {
        var first = Simulator.Run(seed);
        var second = Simulator.Run(seed);

        Assert.Equal((first.TraceHash, first.Steps, first.Messages), (second.TraceHash, second.Steps, second.Messages));
    }

    [Fact]
    public void Another_seed_gives_another_run() => Assert.NotEqual(Simulator.Run(7).TraceHash, Simulator.Run(8).TraceHash);

    [Fact]
    public void A_trace_says_what_happened_and_changes_nothing()
    {
        using var first = new StringWriter();
        using var second = new StringWriter();

        var traced = Simulator.Run(7, trace: first);
        Simulator.Run(7, trace: second);

        Assert.Equal(first.ToString(), second.ToString());
        Assert.Equal(Simulator.Run(7).TraceHash, traced.TraceHash);
        Assert.Contains(" > CONNECT ", first.ToString());
        Assert.Contains(" < CONNACK 00", first.ToString());
    }
}
