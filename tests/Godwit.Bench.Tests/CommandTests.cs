using System.Text.Json;
using Godwit.Bench.Measurement;
using Godwit.Bench.Plans;
using Godwit.Bench.Runs;
using Godwit.Cli.Benches;
using Godwit.Cli.Commands;
using Godwit.Cli.Tests.Support;
using Godwit.Server.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Godwit.Bench.Tests;

/// <summary><c>godwit bench</c> as a process.</summary>
public sealed class CommandTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("godwit-bench-").FullName;
    private GodwitServer _server = null!;

    private string Port => $"{_server.Listeners[0].EndPoint.Port}";

    public async ValueTask InitializeAsync() => _server = await GodwitServer.StartAsync(new ServerOptions { Port = 0 }, NullLoggerFactory.Instance);

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_directory, recursive: true);
        return _server.DisposeAsync();
    }

    [Fact]
    public async Task JSON_is_one_line_and_the_page_is_written()
    {
        var page = Path.Combine(_directory, "run.html");

        var (exitCode, output, errors) = await GodwitProcess.RunAsync("bench", "pubsub", "-p", Port, "-q", "1", "-L", "200", "--json", "--label", "<1>", "--report", page);

        Assert.Equal((0, ""), (exitCode, errors));
        var json = JsonDocument.Parse(Assert.Single(output.TrimEnd('\n').Split('\n'))).RootElement;
        Assert.Equal((200, 0, "<1>"), (json.GetProperty("received").GetInt64(), json.GetProperty("lost").GetInt64(), json.GetProperty("label").GetString()));
        Assert.Contains("&lt;1&gt;", await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_table_is_printed_for_a_person()
    {
        var (exitCode, output, _) = await GodwitProcess.RunAsync("bench", "pub", "-p", Port, "-c", "3", "-q", "2", "-L", "300", "-V", "311", "-t", "a/%c");

        Assert.Equal(0, exitCode);
        Assert.StartsWith("pub  3 pub, 3 topics, QoS 2, 16 B, MQTT 3.1.1\n", output);
        Assert.Contains("acknowledged 300", output);
    }

    [Theory]
    [InlineData("""{"mode":"pubsub","qos":1,"rx_rate":1,"lat_us":{"p99":1e9}}""", 0, "no worse than the baseline")]
    [InlineData("""{"mode":"pubsub","qos":1,"rx_rate":1e12,"lat_us":{"p99":1e9}}""", 1, "WORSE")]
    [InlineData("""{"mode":"pubsub","qos":1,"rx_rate":1,"lat_us":{"p99":0.0001}}""", 1, "WORSE")]
    public async Task A_run_is_compared_with_an_earlier_one(string baseline, int expected, string words)
    {
        var file = Path.Combine(_directory, "before.json");
        await File.WriteAllTextAsync(file, baseline, TestContext.Current.CancellationToken);

        var (exitCode, _, errors) = await GodwitProcess.RunAsync("bench", "pubsub", "-p", Port, "-q", "1", "-L", "100", "--compare", file);

        Assert.Equal(expected, exitCode);
        Assert.Contains(words, errors);
    }

    [Fact]
    public async Task Ctrl_C_ends_a_run_with_its_summary()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "kill is not there.");
        using var bench = GodwitProcess.Start("bench", "sub", "-p", Port, "-t", "a/#", "-c", "2");
        while (_server.Core.SumCounters().Connected < 2)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        bench.Signal("INT");

        Assert.Equal(130, await bench.ExitAsync());
        Assert.Contains("interrupted after", bench.Output);
    }

    [Fact]
    public async Task Too_few_open_files_are_told_before_anything_is_connected()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux is asked for its limit.");
        using var bench = GodwitProcess.StartByShell($"ulimit -n 300; exec \"$0\" bench conn -c 1000 -p {Port}");

        Assert.Equal(1, await bench.ExitAsync());
        await bench.PrintsAsync("1,000 connections need 1,100 open files, and this process may have 300");
    }

    [Theory]
    [InlineData("Did you mean --fanout?", "pubsub", "--fanuot", "1:2")]
    [InlineData("Did you mean pubsub?", "pubsbu")]
    [InlineData("'1-2' is not PUBLISHERS:SUBSCRIBERS", "pubsub", "--fanout", "1-2")]
    [InlineData("-c and --fanout both say", "pubsub", "--fanout", "1:2", "-c", "3")]
    [InlineData("'15' is not a payload size in bytes: a number from 16", "pub", "-s", "15")]
    [InlineData("'1x' is not a length of time", "pub", "--duration", "1x")]
    [InlineData("not a valid topic", "pub", "-t", "a/#")]
    [InlineData("'nowhere' is not an address", "conn", "--ifaddr", "nowhere")]
    [InlineData("exclude each other", "pub", "-I", "5", "--open-loop", "5")]
    [InlineData("--compare nowhere.json:", "pub", "--compare", "nowhere.json")]
    [InlineData("'--depth' is not a known option", "pub", "--depth", "3")]
    public async Task A_mistake_is_answered_with_what_is_wrong(string message, params string[] args)
    {
        var (exitCode, output, errors) = await GodwitProcess.RunAsync(["bench", .. args]);

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains(message, errors);
    }

    [Fact]
    public async Task Where_nobody_listens_the_reason_is_told()
    {
        var (exitCode, output, errors) = await GodwitProcess.RunAsync("bench", "pubsub", "-h", "127.0.0.1", "-p", "1");

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Equal("Error: no connection to 127.0.0.1 port 1 came up: Connection refused.\n", errors);
    }

    [Fact]
    public async Task Every_shape_has_help_with_examples()
    {
        foreach (var shape in Enum.GetNames<BenchShape>())
        {
            var (exitCode, output, _) = await GodwitProcess.RunAsync("bench", shape.ToLowerInvariant(), "--help");
            Assert.Equal(0, exitCode);
            Assert.Contains($"Examples:\n  godwit bench {shape.ToLowerInvariant()}", output);
        }
    }

    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("30s", 30)]
    [InlineData("30", 30)]
    [InlineData("1.5m", 90)]
    [InlineData("2h", 7200)]
    [InlineData("0", 0)]
    public void A_length_of_time_has_a_unit_or_is_in_seconds(string text, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), BenchWords.ParseTime(text));

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("5d")]
    [InlineData("-1s")]
    [InlineData("1e9h")]
    public void Anything_else_is_none(string text) => Assert.Throws<UsageException>(() => BenchWords.ParseTime(text));

    [Fact]
    public void A_terminal_is_shown_lines_that_fit_and_colours_only_where_they_are_allowed()
    {
        var plan = new BenchPlan { Shape = BenchShape.PubSub, Publishers = 200, Subscribers = 200, Topics = 200 };
        var latency = new LatencyHistogram();
        latency.Record(310_000);
        var progress = new BenchProgress(
            "measuring",
            TimeSpan.FromSeconds(23),
            TimeSpan.FromSeconds(60),
            new BenchTotals { Sent = 1_204_881, Received = 1_204_610, Missing = 3 },
            [new BenchSample(1, 10_000, 10_000, 0, 1, 1, 1), new BenchSample(2, 52_300, 52_300, 0, 1, 1, 1)],
            latency);

        var lines = BenchPicture.Of(plan, progress, width: 200, hasColour: false);

        Assert.Equal(4, lines.Count);
        Assert.Contains("00:00:23/00:01:00 ━━━━━━━━━────────────────  38%", lines[0].Replace(" 38%", "  38%"));
        Assert.Contains("1,204,881   52.3k/s ▂█", lines[1]);
        Assert.Contains("missing 3", lines[2]);
        Assert.Contains("p50 310 us", lines[3]);
        Assert.All(lines, line => Assert.DoesNotContain('\e', line));
        Assert.All(BenchPicture.Of(plan, progress, width: 40, hasColour: false), line => Assert.True(line.Length < 40));
        Assert.Contains(BenchPicture.Of(plan, progress, width: 200, hasColour: true), line => line.Contains('\e'));
        Assert.Equal("measuring 23 s: sent 1204881 (52300/s), received 1204610 (52300/s), missing 3, dup 0, errors 0", BenchPicture.Line(progress));
    }
}
