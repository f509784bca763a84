using Godwit.Cli.Tests.Support;

namespace Godwit.Cli.Tests;

/// <summary><c>godwit pub</c> and <c>godwit sub</c> with a broker that others made, beside its own tools.</summary>
public sealed class MosquittoTests
{
    public static TheoryData<string, string> VersionsAndQoS { get; } = new MatrixTheoryData<string, string>(["31", "311", "5"], ["0", "1", "2"]);

    [Theory, Spec("R46", "R47")]
    [MemberData(nameof(VersionsAndQoS))]
    public async Task What_pub_retains_both_tools_print_alike(string version, string qos)
    {
        using var mosquitto = await Mosquitto.StartAsync("allow_anonymous true");
        string[] connection = ["-p", $"{mosquitto.Port}", "-V", version, "-q", qos];

        Assert.Equal((0, "", ""), await GodwitProcess.RunAsync(["pub", .. connection, "-t", "a/b/c", "-m", "hello", "-r"]));

        var theirs = await mosquitto.RunAsync("mosquitto_sub", "-t", "a/b/+", "-C", "1", "-v", "-V", version, "-q", qos);
        var ours = await GodwitProcess.RunAsync(["sub", .. connection, "-t", "a/b/+", "-C", "1", "-v"]);
        Assert.Equal((0, "a/b/c hello\n"), theirs);
        Assert.Equal((0, "a/b/c hello\n", ""), ours);

        Assert.Equal(0, (await GodwitProcess.RunAsync(["pub", .. connection, "-t", "a/b/c", "-m", "", "-r"])).ExitCode);
        await mosquitto.RunAsync("mosquitto_pub", "-t", "mark", "-m", "x", "-r");
        Assert.Equal((0, "mark x\n", ""), await GodwitProcess.RunAsync(["sub", .. connection, "-t", "a/b/+", "-t", "mark", "-C", "1", "-v"]));
    }

    [Theory, Spec("R46")]
    [InlineData("31")]
    [InlineData("311")]
    [InlineData("5")]
    public async Task A_session_that_is_kept_delivers_what_came_while_sub_was_away(string version)
    {
        using var mosquitto = await Mosquitto.StartAsync("allow_anonymous true");
        string[] session = ["sub", "-p", $"{mosquitto.Port}", "-V", version, "-t", "a", "-q", "1", "-c", "-i", "keeper", "-v"];
        Assert.Equal(27, (await GodwitProcess.RunAsync([.. session, "-W", "1"])).ExitCode);

        Assert.Equal(0, (await mosquitto.RunAsync("mosquitto_pub", "-t", "a", "-m", "one", "-q", "1")).ExitCode);
        Assert.Equal(0, (await GodwitProcess.RunAsync("pub", "-p", $"{mosquitto.Port}", "-t", "a", "-m", "two", "-q", "2")).ExitCode);

        Assert.Equal((0, "a one\na two\n", ""), await GodwitProcess.RunAsync([.. session, "-C", "2"]));
    }

    [Fact]
    public async Task A_will_is_published_when_sub_is_killed_and_not_when_it_is_interrupted()
    {
        using var mosquitto = await Mosquitto.StartAsync("allow_anonymous true");
        using var watcher = GodwitProcess.Start("sub", "-p", $"{mosquitto.Port}", "-t", "gone/#", "-v", "-q", "1");
        string[] args = ["sub", "-p", $"{mosquitto.Port}", "-t", "x", "--will-payload", "bye", "--will-qos", "1", "-d"];
        using var interrupted = GodwitProcess.Start([.. args, "--will-topic", "gone/interrupted"]);
        using var killed = GodwitProcess.Start([.. args, "--will-topic", "gone/killed"]);
        await interrupted.PrintsAsync("received SUBACK");
        await killed.PrintsAsync("received SUBACK");
        await Task.WhenAll(interrupted.PrintsAsync("Subscribed"), WatchesAsync(mosquitto, watcher));

        interrupted.Signal("INT");
        Assert.Equal(130, await interrupted.ExitAsync());
        killed.Signal("KILL");

        await watcher.PrintsAsync("gone/killed bye");
        Assert.DoesNotContain("gone/interrupted", watcher.Output);
    }

    [Theory]
    [InlineData(135, "Connection error: Not authorized.\n", "5")]
    [InlineData(5, "Connection error: Connection Refused: not authorised.\n", "311")]
    public async Task A_broker_that_wants_a_user_refuses(int expected, string words, string version)
    {
        using var mosquitto = await Mosquitto.StartAsync("allow_anonymous false");

        var (exitCode, _, errors) = await GodwitProcess.RunAsync("pub", "-p", $"{mosquitto.Port}", "-t", "a", "-m", "x", "-V", version);

        Assert.Equal((expected, words), (exitCode, errors));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("2")]
    public async Task Many_lines_arrive_at_the_other_end(string qos)
    {
        const int Count = 5000;
        using var mosquitto = await Mosquitto.StartAsync("allow_anonymous true", "max_queued_messages 0");
        using var sub = GodwitProcess.Start("sub", "-p", $"{mosquitto.Port}", "-t", "a", "-q", qos, "-C", $"{Count}", "-d");
        await sub.PrintsAsync("Subscribed");

        using var pub = GodwitProcess.StartByShell($"seq {Count} | \"$0\" pub -p {mosquitto.Port} -t a -l -q {qos}");

        Assert.Equal(0, await pub.ExitAsync());
        Assert.Equal(0, await sub.ExitAsync());
        var messages = sub.Output.Split('\n').Where(line => line.Length > 0 && char.IsAsciiDigit(line[0]));
        Assert.Equal(Enumerable.Range(1, Count).Select(i => $"{i}"), messages);
    }

    private static async Task WatchesAsync(Mosquitto mosquitto, GodwitProcess watcher)
    {
        while (!watcher.Output.Contains("gone/test"))
        {
            await mosquitto.RunAsync("mosquitto_pub", "-t", "gone/test", "-m", "x");
        }
    }
}
