using Godwit.Conformance.Running;
using Godwit.Conformance.Tests.Support;
using Godwit.Conformance.Wire;

namespace Godwit.Conformance.Tests;

/// <summary>A run ends and judges, however sick the broker is.</summary>
public sealed class SickBrokerTests
{
    private static readonly RunnerOptions Hurried = new() { Patience = TimeSpan.FromMilliseconds(200), CheckTimeMax = TimeSpan.FromSeconds(1), Concurrency = 64 };

    [Fact]
    public Task A_broker_that_says_nothing_is_not_judged() => IsUnreachableAsync(Sickness.SaysNothing, "nothing within 0.2 s");

    [Fact]
    public Task A_broker_that_hangs_up_is_not_judged() => IsUnreachableAsync(Sickness.HangsUp, "the end of the connection");

    [Fact]
    public Task A_server_of_another_protocol_is_not_judged() => IsUnreachableAsync(Sickness.TalksNonsense, "48 54 54 50");

    [Fact]
    public async Task Nobody_there_is_not_judged()
    {
        int port;
        await using (var broker = new ScriptedBroker(Sickness.HangsUp))
        {
            port = broker.Port;
        }

        await Assert.ThrowsAsync<UnreachableException>(() => JudgeAsync(port));
    }

    [Fact]
    public Task A_broker_that_falls_asleep_after_CONNACK_fails_and_the_run_ends() => FailsAsync(Sickness.FallsAsleep);

    [Fact]
    public Task A_broker_that_hangs_up_after_CONNACK_fails_and_the_run_ends() => FailsAsync(Sickness.AcceptsAndHangsUp);

    [Fact]
    public Task A_broker_that_babbles_fails_and_the_run_ends() => FailsAsync(Sickness.Babbles);

    [Fact]
    public async Task A_broker_that_dies_on_the_way_ends_the_run()
    {
        var served = 0;
        var broker = new ScriptedBroker(async (stream, cancellation) =>
        {
            if (Interlocked.Increment(ref served) <= 10)
            {
                await Sickness.AcceptAsync(stream, cancellation);
                await Task.Delay(100, cancellation);            // the clients of the first checks live a moment
            }
        });
        var run = JudgeAsync(broker.Port);
        while (Volatile.Read(ref served) < 10 && !run.IsCompleted)
        {
            await Task.Yield();
        }

        await broker.DisposeAsync();
        var results = await run;

        Assert.Equal(CheckCatalog.All.Count, results.Count);
        Assert.Contains(results, result => result.Outcome != CheckOutcome.Passed && result.Came.Length + result.Reason.Length > 0);
    }

    [Fact]
    public async Task Ending_the_run_leaves_the_rest_not_run()
    {
        await using var broker = new ScriptedBroker(Sickness.FallsAsleep);
        using var cancellation = new CancellationTokenSource();
        var runner = new CheckRunner(Endpoint.Tcp("127.0.0.1", broker.Port), Hurried with { Concurrency = 1 });

        var results = await runner.RunAsync(CheckCatalog.All, _ => cancellation.Cancel(), cancellation.Token);

        Assert.Equal(CheckOutcome.NotRun, results[^1].Outcome);
    }

    private static Task<IReadOnlyList<CheckResult>> JudgeAsync(int port) =>
        new CheckRunner(Endpoint.Tcp("127.0.0.1", port), Hurried).RunAsync(CheckCatalog.All, cancellationToken: TestContext.Current.CancellationToken);

    private static async Task IsUnreachableAsync(Func<Stream, CancellationToken, Task> sickness, string words)
    {
        await using var broker = new ScriptedBroker(sickness);

        var exception = await Assert.ThrowsAsync<UnreachableException>(() => JudgeAsync(broker.Port));

        Assert.Contains($"127.0.0.1:{broker.Port}", exception.Message);
        Assert.Contains(words, exception.Message);
    }

    /// <summary>Where a refusal is demanded, hanging up is right; so not every check fails.</summary>
    private static async Task FailsAsync(Func<Stream, CancellationToken, Task> sickness)
    {
        await using var broker = new ScriptedBroker(sickness);

        var results = await JudgeAsync(broker.Port);

        Assert.Equal(CheckCatalog.All.Count, results.Count);
        Assert.DoesNotContain(results, result => result.Outcome == CheckOutcome.NotRun);
        Assert.Contains(results, result => result.IsMandatoryFailure);
    }
}
