using System.CommandLine.Invocation;
using Godwit.Cli.Commands;
using Godwit.Cli.Tests.Support;

namespace Godwit.Cli.Tests;

/// <summary>What pub and sub say when what is typed makes no sense.</summary>
public sealed class ClientUsageTests
{
    [Theory]
    [InlineData("there is no topic (-t).", "pub", "-m", "x")]
    [InlineData("there is no message: -m, -f, -l, -n or -s says what to publish.", "pub", "-t", "a")]
    [InlineData("only one kind of message can be published at once: -m, -f, -l, -n or -s.", "pub", "-t", "a", "-m", "x", "-n")]
    [InlineData("only one kind of message can be published at once: -m, -f, -l, -n or -s.", "pub", "-t", "a", "-m", "x", "-m", "y")]
    [InlineData("only one kind of message can be published at once: -m, -f, -l, -n or -s.", "pub", "-t", "a", "-l", "-s")]
    [InlineData("the topic is empty.", "pub", "-t", "", "-m", "x")]
    [InlineData("'a/#' is not a valid topic: it contains '+' or '#', which stand for other topics only in sub.", "pub", "-t", "a/#", "-m", "x")]
    [InlineData("'w/+' is not a valid will topic: it contains '+' or '#', which stand for other topics only in sub.", "pub", "-t", "a", "-m", "x", "--will-topic", "w/+")]
    [InlineData("there is a --will-payload or --will-retain, but no --will-topic.", "pub", "-t", "a", "-m", "x", "--will-retain")]
    [InlineData("there is a --will-payload or --will-retain, but no --will-topic.", "sub", "-t", "a", "--will-payload", "x")]
    [InlineData("'3' is not a QoS: 0, 1 or 2.", "pub", "-t", "a", "-m", "x", "-q", "3")]
    [InlineData("'0' is not a port: a number from 1 to 65535.", "pub", "-t", "a", "-m", "x", "-p", "0")]
    [InlineData("'65536' is not a port: a number from 1 to 65535.", "sub", "-t", "a", "-p", "65536")]
    [InlineData("'abc' is not a port: a number from 1 to 65535.", "sub", "-t", "a", "-p", "abc")]
    [InlineData("'4' is not a keep-alive: a number from 5 to 65535.", "sub", "-t", "a", "-k", "4")]
    [InlineData("'4' is not a protocol version: 5, 311, 31, mqttv5, mqttv311 or mqttv31.", "sub", "-t", "a", "-V", "4")]
    [InlineData("-c needs a client id (-i): without one the session cannot be found again.", "sub", "-t", "a", "-c")]
    [InlineData("the client id is empty; without --id the server chooses one.", "sub", "-t", "a", "-i", "")]
    [InlineData("the host is empty.", "sub", "-t", "a", "-h", "")]
    [InlineData("a password (-P) needs a user name (-u) in MQTT 3.", "sub", "-t", "a", "-P", "x", "-V", "311")]
    [InlineData("there is no topic (-t) to subscribe to.", "sub")]
    [InlineData("the subscription topic is empty.", "sub", "-t", "")]
    [InlineData("'a+' is not a valid subscription topic: '+' stands alone between slashes, '#' alone and last, and a shared one is $share/GROUP/FILTER.", "sub", "-t", "a", "-t", "a+")]
    [InlineData("'$share/g' is not a valid subscription topic: '+' stands alone between slashes, '#' alone and last, and a shared one is $share/GROUP/FILTER.", "sub", "-t", "$share/g")]
    [InlineData("'0' is not a message count: a number from 1 to 2147483647.", "sub", "-t", "a", "-C", "0")]
    [InlineData("'-1' is not a timeout: a number from 1 to 4294967.", "sub", "-t", "a", "-W", "-1")]
    [InlineData("Required argument missing for option: '-m'.", "pub", "-t", "a", "-m")]
    [InlineData("'--retian' is not a known option. Did you mean --retain?", "pub", "-t", "a", "-m", "x", "--retian")]
    [InlineData("'--hosts' is not a known option. Did you mean --host?", "sub", "-t", "a", "--hosts", "f")]
    [InlineData("'-C' is not a known option. Did you mean -c?", "pub", "-t", "a", "-m", "x", "-C", "1")]
    [InlineData("'-T' is not a known option. Did you mean -t?", "sub", "-t", "a", "-T", "x")]
    [InlineData("'-x' is not a known option.", "sub", "-t", "a", "-x", "5")]
    [InlineData("'-n' is not a known option.", "sub", "-t", "a", "-n")]
    [InlineData("'extra' is one word too many.", "pub", "-t", "a", "-m", "x", "extra")]
    public void A_mistake_is_named(string message, params string[] args) => Assert.Equal(message, MistakeOf(args));

    [Fact]
    public async Task A_mistake_is_a_line_on_standard_error_and_exit_code_1()
    {
        var (exitCode, output, errors) = await GodwitProcess.RunAsync("pub", "-t", "a", "-m", "x", "-q", "3");

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Equal("godwit pub: '3' is not a QoS: 0, 1 or 2.\nType 'godwit pub --help' for all that is possible.\n", errors);
    }

    [Theory]
    [InlineData("pub", "--stdin-line")]
    [InlineData("sub", "-W")]
    public async Task The_help_has_flags_and_examples(string command, string flag)
    {
        var (exitCode, output, _) = await GodwitProcess.RunAsync(command, "--help");

        Assert.Equal(0, exitCode);
        Assert.Contains("-h, --host", output.Replace("--host, -h", "-h, --host"));
        Assert.Contains(flag, output);
        Assert.Contains($"Examples:\n  godwit {command}", output);
        Assert.Contains("Exit codes:", output);
    }

    [Theory]
    [InlineData(1, "Error: Connection refused: nothing listens on 127.0.0.1 port 1.", "-h", "127.0.0.1", "-p", "1", "-m", "x")]
    [InlineData(1, "Error: Host not found: 'nohost.invalid' has no address.", "-h", "nohost.invalid", "-m", "x")]
    [InlineData(1, "Error: Unable to read file \"/no/such/file\": there is no such file.", "-f", "/no/such/file")]
    [InlineData(1, "Error: Unable to read file \"/\": it is a directory.", "-f", "/")]
    public async Task What_cannot_be_reached_is_named(int expectedExitCode, string expected, params string[] args)
    {
        var (exitCode, output, errors) = await GodwitProcess.RunAsync(["pub", "-t", "a", .. args]);

        Assert.Equal((expectedExitCode, "", expected + "\n"), (exitCode, output, errors));
    }

    private static string MistakeOf(string[] args)
    {
        var pub = new PubCommand();
        var sub = new SubCommand();
        var result = GodwitCommandLine.Parse(args, pub.Command, sub.Command);
        if (result.Action is ParseErrorAction)
        {
            return UsageError.Describe(result).Split(Environment.NewLine)[0].Split(": ", 2)[1];
        }

        return Assert.Throws<UsageException>(() => { _ = args[0] == "pub" ? (object)pub.Read(result) : sub.Read(result); }).Message;
    }
}
