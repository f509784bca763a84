using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Xml.Linq;
using Godwit.Cli.Tests.Support;

namespace Godwit.Cli.Tests;

/// <summary><c>godwit conformance</c> as a process.</summary>
public sealed class ConformanceTests : IDisposable
{
    private const string OneCheck = "PINGREQ is answered with PINGRESP";

    private readonly string _directory = Directory.CreateTempSubdirectory("godwit-").FullName;

    [Fact]
    public async Task A_broker_that_is_right_ends_with_exit_code_0()
    {
        using var broker = await GodwitProcess.ServeAsync();

        var (exitCode, output, errors) = await JudgeAsync(broker.Port, "--filter", OneCheck);

        Assert.Equal((0, "3 passed, 0 failed\n", ""), (exitCode, output, errors));
    }

    [Fact]
    public async Task A_broker_that_is_wrong_ends_with_exit_code_1_and_the_reason()
    {
        using var broker = new MuteBroker();

        var (exitCode, output, _) = await JudgeAsync(broker.Port, "--filter", OneCheck, "--version", "3.1.1", "-v");

        Assert.Equal(1, exitCode);
        Assert.Contains("FAILED  3.1.1 Each PINGREQ is answered with PINGRESP\n  MQTT3-3.12.4-1: ", output);
        Assert.Contains("  sent      client 1: PINGREQ C0 00\n  expected  PINGRESP\n  came      the end of the connection\n", output);
        Assert.Contains("    client 1 < CONNACK code 0x00\n", output);
        Assert.EndsWith("0 passed, 1 failed\n", output);
    }

    [Fact]
    public async Task JSON_has_a_line_for_each_check_and_one_with_the_numbers()
    {
        using var broker = await GodwitProcess.ServeAsync();

        var (exitCode, output, _) = await JudgeAsync(broker.Port, "--filter", OneCheck, "--version", "5", "--json");

        var lines = output.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(0, exitCode);
        Assert.Equal("passed", lines[0].GetProperty("outcome").GetString());
        Assert.Equal("MQTT-3.12.4-1", lines[0].GetProperty("ids")[0].GetString());
        Assert.Equal(1, lines[1].GetProperty("passed").GetInt32());
    }

    [Fact]
    public async Task JUnit_goes_to_a_file()
    {
        using var broker = await GodwitProcess.ServeAsync();
        var file = Path.Combine(_directory, "results.xml");

        var (exitCode, output, _) = await JudgeAsync(broker.Port, "--filter", OneCheck, "--junit", file);

        Assert.Equal((0, "3 passed, 0 failed\n"), (exitCode, output));
        Assert.Equal(3, XDocument.Load(file).Descendants("testcase").Count());
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_named_before_the_run()
    {
        var (exitCode, output, errors) = await JudgeAsync(1, "--junit", _directory);

        Assert.Equal((1, ""), (exitCode, output));
        Assert.StartsWith($"Error: --junit {_directory}: ", errors);
    }

    [Fact]
    public async Task No_broker_is_said_in_one_line()
    {
        var (exitCode, output, errors) = await JudgeAsync(1);

        Assert.Equal((1, "", "Error: no broker to judge at 127.0.0.1:1: expected a connection; came Connection refused\n"), (exitCode, output, errors));
    }

    [Fact]
    public async Task The_list_needs_no_broker()
    {
        var (exitCode, output, _) = await GodwitProcess.RunAsync("conformance", "--list", "--version", "5", "--filter", "MQTT-3.12.4-1");

        Assert.Equal(0, exitCode);
        Assert.Contains("5.0 Each PINGREQ is answered with PINGRESP [MQTT-3.12.4-1", output);
        Assert.DoesNotContain("3.1.1 ", output);
    }

    [Theory]
    [InlineData("there is no broker to judge: type HOST or HOST:PORT.")]
    [InlineData("no check has the id 'Trap-999' or these words in its name; --list shows all.", "localhost", "--filter", "Trap-999")]
    [InlineData("'4' is not a protocol version: 3.1, 3.1.1 or 5.", "localhost", "--version", "4")]
    [InlineData("'localhost:0': '0' is not a port: a number from 1 to 65535.", "localhost:0")]
    [InlineData("':1883' has no host: type HOST or HOST:PORT.", ":1883")]
    [InlineData("'mqtts://localhost': say mqtt://, or only the host; --tls and --ws choose another transport.", "mqtts://localhost")]
    [InlineData("'0' is not a time in seconds: a number from 1 to 600.", "localhost", "--timeout", "0")]
    [InlineData("a password (-P) needs a user name (-u) in MQTT 3.", "localhost", "-P", "secret")]
    [InlineData("'--filtre' is not a known option. Did you mean --filter?", "localhost", "--filtre", "x")]
    [InlineData("'two' is one word too many.", "one", "two")]
    public async Task A_mistake_is_named(string message, params string[] args)
    {
        var (exitCode, output, errors) = await GodwitProcess.RunAsync(["conformance", .. args]);

        Assert.Equal((1, ""), (exitCode, output));
        Assert.StartsWith($"godwit conformance: {message}\n", errors);
    }

    [Theory]
    [InlineData("127.0.0.1:{0}")]
    [InlineData("mqtt://127.0.0.1:{0}")]
    [InlineData("[::1]:{0}")]
    public async Task An_address_is_written_as_people_do(string address)
    {
        using var broker = await GodwitProcess.ServeAsync();

        var (exitCode, output, _) = await GodwitProcess.RunAsync("conformance", string.Format(address, broker.Port), "--filter", OneCheck);

        Assert.Equal((0, "3 passed, 0 failed\n"), (exitCode, output));
    }

    [Fact]
    public async Task User_name_and_password_are_sent()
    {
        using var broker = new MuteBroker();

        await JudgeAsync(broker.Port, "--filter", OneCheck, "--version", "3.1.1", "-u", "ada", "-P", "secret");

        Assert.Contains("ada", broker.Connect);
        Assert.Contains("secret", broker.Connect);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static Task<(int ExitCode, string Output, string Errors)> JudgeAsync(int port, params string[] args) =>
        GodwitProcess.RunAsync(["conformance", $"127.0.0.1:{port}", .. args]);

    /// <summary>Accepts every client and hangs up at its second packet.</summary>
    private sealed class MuteBroker : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public MuteBroker()
        {
            _listener.Start();
            _ = ServeAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public string Connect { get; private set; } = "";

        public void Dispose() => _listener.Dispose();

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    await ServeAsync(client.GetStream());
                }
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        private async Task ServeAsync(NetworkStream stream)
        {
            try
            {
                var buffer = new byte[1024];
                var count = await stream.ReadAsync(buffer);
                Connect = System.Text.Encoding.Latin1.GetString(buffer, 0, count);
                await stream.WriteAsync(new byte[] { 0x20, 0x02, 0x00, 0x00 });
                _ = await stream.ReadAsync(buffer);
            }
            catch (IOException)
            {
                // The client went away.
            }
        }
    }
}
