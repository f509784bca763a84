using Godwit.Compare.Brokers;
using Godwit.Compare.Running;
using Godwit.Compare.Tls;
using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Compare.Tests;

/// <summary>bench/compare on one workload, briefly. Its figures are for readers, not for tests.</summary>
public sealed class MiniatureTests
{
    [Fact]
    public async Task One_workload_gives_figures_and_bars_of_all_brokers()
    {
        var tools = new Tools(GodwitProgram.Require(), Programs.Require("mosquitto", "mosquitto"), Relay: null);
        var options = CompareOptions.Read(["--quick", "--workloads", "b", "--seconds", "0.3"], out _)! with { WarmUpSeconds = 0.1 };
        using var progress = new StringWriter();

        var comparison = await CompareCommand.CompareAsync(options, tools, progress, TestContext.Current.CancellationToken);

        Assert.Empty(comparison.Faults);
        Assert.Equal(["CPU µs/message", "p50 µs", "p99 µs", "p99.9 µs"], comparison.Rows.Select(row => row.Figure));
        Assert.All(comparison.Rows, row => Assert.All(tools.Brokers, broker => Assert.True(row.MedianOf(broker) > 0, $"{row.Figure} of {broker}")));
        Assert.All(comparison.Rows.SelectMany(row => row.Bars), bar => Assert.Equal(bar.Against == BrokerKind.Mosquitto, bar.Ratio is not null));
        Assert.Equal(6, progress.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task TLS_gives_four_figures_of_both_brokers()
    {
        var tools = new Tools(GodwitProgram.Require(), Programs.Require("mosquitto", "mosquitto"), Relay: null);

        var figures = await new TlsRun(tools, seconds: 0.2, rounds: 1, TextWriter.Null).MeasureAsync(TestContext.Current.CancellationToken);

        Assert.Equal(4, figures.Count);
        Assert.All(figures, figure => Assert.True(figure is { Godwit: > 0, Mosquitto: > 0 }, figure.ToString()));
    }

    [Fact]
    public async Task A_broker_that_does_not_start_is_told_with_its_last_words()
    {
        var tools = new Tools("/bin/false", Programs.Require("cat", "coreutils"), Relay: null);

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => RunningBroker.StartAsync(BrokerKind.Mosquitto, tools, TestContext.Current.CancellationToken));

        Assert.StartsWith("mosquitto does not start: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("cat --help", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signal_leaves_neither_processes_nor_directories()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "children are found in /proc");
        Programs.Require("mosquitto", "mosquitto");
        var environment = new Dictionary<string, string> { ["GODWIT_EXE"] = GodwitProgram.Require() };
        using var directory = new TemporaryDirectory();
        environment["TMPDIR"] = directory.Path;
        await using var run = ProgramRun.Start(
            Path.Combine(AppContext.BaseDirectory, "Godwit.Compare"),
            ["compare", "--workloads", "b", "--seconds", "60"],
            new RunOptions { Environment = environment });

        // Broker and generator.
        var children = await UntilAsync(() => Children(run.ProcessId) is { Count: 2 } found && Directory.GetDirectories(directory.Path, "godwit-compare-*").Length == 1 ? found : null);
        var code = await run.TerminateAsync();

        Assert.Equal(ExitCodes.Interrupted, code);
        Assert.All(children, child => Assert.False(Directory.Exists($"/proc/{child}"), run.Transcript()));
        Assert.Empty(Directory.GetDirectories(directory.Path, "godwit-compare-*"));
    }

    private static List<string> Children(int id)
    {
        try
        {
            return [.. Directory.GetDirectories(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/proc/{id}/task"))
                .SelectMany(task => File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        }
        catch (IOException)
        {
            return [];      // a thread has just ended
        }
    }

    private static async Task<T> UntilAsync<T>(Func<T?> find)
        where T : class
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadlines.Answer);
        while (true)
        {
            if (find() is { } found)
            {
                return found;
            }

            await Task.Delay(20, deadline.Token);      // processes of others start without telling us
        }
    }
}
