using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Godwit.Cli.Tests.Support;

namespace Godwit.Cli.Tests;

/// <summary><c>godwit config</c>, and <c>godwit serve</c> with a file, as processes.</summary>
public sealed class ConfigTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("godwit-config-");

    private string Main => PathOf("godwit.json");

    [Fact]
    public async Task What_init_writes_starts_a_broker_and_is_not_overwritten()
    {
        var (exitCode, output, _) = await GodwitProcess.RunAsync("config", "init", Main);
        Assert.Equal((0, $"{Main} is written. To start: godwit serve -c {Main}\n"), (exitCode, output));

        var (valid, said, errors) = await GodwitProcess.RunAsync("serve", "-c", Main, "--test-config");
        Assert.Equal((0, "The configuration is valid.\n", ""), (valid, said, errors));

        var (again, _, refusal) = await GodwitProcess.RunAsync("config", "init", Main);
        Assert.Equal((3, $"{Main} is there already; --force replaces it.\n"), (again, refusal));

        using var godwit = await GodwitProcess.ServeAsync("-c", Main, "--durability", "memory");
        using var client = MqttSocket.Connect(godwit.Port, "client");
        Assert.Contains("mqtt  127.0.0.1:", godwit.Output);
    }

    [Fact, Spec("Hostile-46")]
    public async Task All_errors_are_said_before_anything_starts()
    {
        File.WriteAllText(Main, """
            {
              "Limit": { "SessionsMax": 5 },
              "Listeners": [ { "Addresses": ["0.0.0.0"] } ]
            }
            """);

        foreach (var arguments in (string[][])[["serve", "-c", Main], ["serve", "-c", Main, "--test-config"], ["config", "show", "-c", Main], ["config", "plan", Main]])
        {
            var (exitCode, output, errors) = await GodwitProcess.RunAsync(arguments);

            Assert.Equal((2, ""), (exitCode, output));
            Assert.Contains($"{Main}:2: Limit:SessionsMax is not a setting. Did you mean Limits:SessionsMax?\n", errors);
            Assert.Contains($"{Main}:3: Listeners:0 would be reached from other machines without encryption", errors);
        }
    }

    [Fact]
    public async Task Show_says_what_holds_and_why()
    {
        File.WriteAllText(Main, """{ "Limits": { "SessionsMax": 5, "HalfOpenMax": 6 } }""");

        var (exitCode, output, _) = await GodwitProcess.RunAsync("config", "show", "-c", Main, "--origin", "--set", "Limits:SessionsMax=7");

        Assert.Equal(0, exitCode);
        Assert.Matches(@"^Limits:HalfOpenMax = 6 +# .*godwit\.json:1\nLimits:SessionsMax = 7 +# --set Limits:SessionsMax\n$", output);
    }

    [Fact]
    public async Task Plan_says_what_would_become_of_connections()
    {
        File.WriteAllText(Main, """{ "Listeners": [ { "Port": 1885 }, { "Port": 1886 } ] }""");
        File.WriteAllText(PathOf("next.json"), """{ "Listeners": [ { "Port": 1885 } ] }""");

        var (exitCode, output, _) = await GodwitProcess.RunAsync("config", "plan", PathOf("next.json"), "-c", Main);

        Assert.Equal(0, exitCode);
        Assert.Contains("A reload would drop the connections of: port 1886 of this machine only. All others stay.\n", output);
        Assert.Contains("Clients that use port 1886 of this machine only do not come back", output);
    }

    [Fact]
    public async Task A_file_with_two_listeners_does_not_know_which_of_them_p_means()
    {
        File.WriteAllText(Main, """{ "Listeners": [ { "Port": 1885 }, { "Port": 1886 } ] }""");

        var (exitCode, _, errors) = await GodwitProcess.RunAsync("serve", "-c", Main, "-p", "0");

        Assert.Equal(2, exitCode);
        Assert.Contains("--set Listeners:0:Port=1883", errors);
    }

    [Fact]
    public async Task A_file_that_changes_is_read_again_where_that_was_asked_for()
    {
        File.WriteAllText(Main, """{ "Broker": { "ReloadOnChange": true }, "Limits": { "SessionsMax": 5 } }""");
        using var godwit = await GodwitProcess.ServeAsync("-c", Main, "--durability", "memory");

        File.WriteAllText(Main, """{ "Broker": { "ReloadOnChange": true }, "Limits": { "SessionsMax": 55 } }""");

        await godwit.PrintsAsync("reload: Limits:SessionsMax: 5 -> 55");
    }

    [Fact]
    public async Task A_file_of_Mosquitto_is_read_by_its_name()
    {
        File.WriteAllText(PathOf("mosquitto.conf"), "max_queued_messages 77\n");

        var (exitCode, output, _) = await GodwitProcess.RunAsync("config", "show", "-c", PathOf("mosquitto.conf"), "--origin");

        Assert.Equal(0, exitCode);
        Assert.Matches(@"Limits:QueueMessagesMax = 97 +# .*mosquitto\.conf:1\n", output);
    }

    /// <summary>The example of docs/configuration.md as it stands there, but for the ports.</summary>
    [Fact, Spec("Hostile-48")]
    public async Task The_LAN_broker_of_ten_lines_lets_in_who_has_a_password_and_encrypts_what_leaves_the_machine()
    {
        File.WriteAllText(Main, await ExampleAsync());
        WriteCertificate();
        Assert.Equal(0, (await GodwitProcess.RunAsync("passwd", "-c", "-b", PathOf("users"), "alice", "wonderland")).ExitCode);
        using var godwit = GodwitProcess.Start("serve", "-c", Main, "--set", "Listeners:0:Port=0", "--set", "Listeners:1:Port=0");
        await godwit.PrintsAsync("mqtts 0.0.0.0");
        var (plain, encrypted) = (PortOf(godwit.Output, "not encrypted"), PortOf(godwit.Output, "  encrypted"));

        Assert.Equal(0x00, ConnectByTls(encrypted, "alice", "wonderland"));
        Assert.Equal(0x86, ConnectByTls(encrypted, "alice", "looking-glass"));
        Assert.Equal(0x87, ConnectByTls(encrypted, null, null));
        using var anonymous = MqttSocket.Open(plain);
        anonymous.SendConnect("anonymous");
        Assert.Equal(0x87, anonymous.Receive()[3]);
        using var local = MqttSocket.Open(plain);
        local.Send(Connect("alice", "wonderland"));
        Assert.Equal(0x00, local.Receive()[3]);
        Assert.True(Directory.Exists(PathOf("state")));
    }

    [Theory]
    [InlineData("init")]
    [InlineData("show")]
    [InlineData("plan")]
    [InlineData("schema")]
    public async Task Every_command_has_examples(string command)
    {
        var (exitCode, output, _) = await GodwitProcess.RunAsync("config", command, "--help");

        Assert.Equal(0, exitCode);
        Assert.Contains($"Examples:\n  godwit config {command}", output);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static async Task<string> ExampleAsync()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Godwit.slnx")))
        {
            folder = folder.Parent!;
        }

        var page = await File.ReadAllTextAsync(Path.Combine(folder.FullName, "docs", "configuration.md"));
        return page.Split("```json\n")[1].Split("```")[0];
    }

    private void WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(90));
        File.WriteAllText(PathOf("server.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(PathOf("server.key"), key.ExportPkcs8PrivateKeyPem());
    }

    private static int PortOf(string table, string words)
    {
        var row = table.Split('\n').First(line => line.Contains(words, StringComparison.Ordinal));
        return int.Parse(row.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1].Split(':')[^1], CultureInfo.InvariantCulture);
    }

    /// <summary>CONNECT of MQTT 5.0 as client "c".</summary>
    private static byte[] Connect(string? userName, string? password)
    {
        byte[] body = [0, 4, .. "MQTT"u8, 5, (byte)(userName is null ? 0x02 : 0xC2), 0, 60, 0, 0, 1, (byte)'c', .. Field(userName), .. Field(password)];
        return [0x10, (byte)body.Length, .. body];

        static byte[] Field(string? text) => text is null ? [] : [0, (byte)text.Length, .. Encoding.UTF8.GetBytes(text)];
    }

    /// <summary>Connects, and tells the reason code of CONNACK.</summary>
    private static byte ConnectByTls(int port, string? userName, string? password)
    {
        using var client = new TcpClient("127.0.0.1", port) { ReceiveTimeout = 5_000 };
        using var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate?.Subject == "CN=localhost");
        tls.AuthenticateAsClient("localhost");
        tls.Write(Connect(userName, password));
        var connack = new byte[4];
        tls.ReadExactly(connack);
        return connack[3];
    }

    private string PathOf(string name) => Path.Combine(_directory.FullName, name);
}
