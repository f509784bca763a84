using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Interop.Tests;

/// <summary>The command lines that people know from Mosquitto, with its tools and with ours in every combination.</summary>
public sealed class Everyday_command_lines(BrokerUnderTest broker)
{
    private const string Mosquitto = "mosquitto";
    private const string Godwit = "godwit";

    public static MatrixTheoryData<string, string> Tools => new([Mosquitto, Godwit], [Mosquitto, Godwit]);

    [Theory, MemberData(nameof(Tools)), Spec("R24", "R46")]
    public async Task Subscribe_to_a_plus_filter_and_publish(string subscriber, string publisher)
    {
        await using var sub = Start(subscriber, "sub", "-t", "a/b/+", "-q", "1");

        // The line has no -d, so nothing tells of the SUBACK: publish until a message is there.
        for (var attempt = 0; attempt < 80 && sub.Output.Lines.Count == 0; attempt++)
        {
            await RunAsync(publisher, "pub", "-t", "a/b/c", "-m", "hello", "-q", "1");
            await sub.Output.FindAsync(line => line is "hello", 1, TimeSpan.FromSeconds(0.2));
        }

        Assert.NotEmpty(sub.Output.Lines);
        Assert.All(sub.Output.Lines, line => Assert.Equal("hello", line));
    }

    [Theory, MemberData(nameof(Tools)), Spec("R43", "R44", "R47")]
    public async Task Retain_a_message_see_it_later_and_clear_it(string subscriber, string publisher)
    {
        var topic = Unique.Name("a") + "/b/c";

        await RunAsync(publisher, "pub", "-r", "-q", "1", "-t", topic, "-m", "hello");
        await using var first = Start(subscriber, "sub", "-t", topic, "-q", "1", "-C", "1");
        Assert.Equal(0, await first.EndAsync(Deadlines.StartUp));
        Assert.Equal(["hello"], first.Output.Lines);

        await RunAsync(publisher, "pub", "-r", "-q", "1", "-t", topic, "-m", "");
        await using var second = Start(subscriber, "sub", "-t", topic, "-q", "1", "-W", "1");
        Assert.Equal(27, await second.EndAsync(Deadlines.StartUp));
        Assert.Empty(second.Output.Lines);
    }

    /// <summary>Starts a tool with the host left to its default, localhost.</summary>
    private ProgramRun Start(string family, string command, params string[] line)
    {
        string[] options = ["-p", broker.Address.PortText, .. line];
        if (family is Godwit)
        {
            return ProgramRun.Start(GodwitProgram.Require(), [command, .. options]);
        }

        // Into a pipe mosquitto_sub writes by the block; stdbuf makes that by the line.
        var tool = Programs.Require($"mosquitto_{command}", "mosquitto-clients");
        return ProgramRun.Start(Programs.Require("stdbuf", "coreutils"), ["-oL", tool, .. options]);
    }

    private async Task RunAsync(string family, string command, params string[] line)
    {
        await using var run = Start(family, command, line);

        Assert.True(await run.EndAsync(Deadlines.StartUp) == 0, run.Transcript());
        Assert.Empty(run.Output.Lines);
        Assert.Empty(run.Errors.Lines);
    }
}
