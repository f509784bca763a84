using Godwit.Cli.Tests.Support;

namespace Godwit.Cli.Tests;

/// <summary><c>godwit serve</c> as a process.</summary>
public sealed class ServeTests : IDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "godwit-" + Guid.NewGuid().ToString("N"));

    public static bool IsLinux => OperatingSystem.IsLinux();

    [Fact(SkipUnless = nameof(IsLinux), Skip = "sends POSIX signals")]
    public async Task It_prints_its_listeners_and_stops_cleanly_on_SIGTERM()
    {
        using var godwit = await GodwitProcess.ServeAsync();
        using var client = MqttSocket.Connect(godwit.Port, "client");
        await godwit.PrintsAsync($"godwit serve -p {godwit.Port} --bind 0.0.0.0 --allow-anonymous");
        await godwit.PrintsAsync("durability: sync");

        godwit.Signal("TERM");

        IsDisconnect(0x8B, client.Receive());
        client.Dispose();
        Assert.Equal(0, await godwit.ExitAsync());
        Assert.Matches(@"^mqtt  127\.0\.0\.1:\d+ +not encrypted  everyone on this machine\n", godwit.Output);
    }

    [Theory(SkipUnless = nameof(IsLinux), Skip = "sends POSIX signals")]
    [InlineData("epoll")]
    [InlineData("kestrel")]
    public async Task SIGINT_stops_it_too_over_each_transport(string transport)
    {
        using var godwit = await GodwitProcess.ServeAsync("--transport", transport);
        using (MqttSocket.Connect(godwit.Port, "client"))
        {
            await godwit.PrintsAsync($"transport {transport}");
        }

        godwit.Signal("INT");

        Assert.Equal(0, await godwit.ExitAsync());
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "sends POSIX signals")]
    public async Task A_second_SIGINT_ends_it_at_once()
    {
        using var godwit = await GodwitProcess.ServeAsync();
        using var client = MqttSocket.Connect(godwit.Port, "stays open");   // a clean stop waits a second for it

        godwit.Signal("INT");
        await godwit.PrintsAsync("stopping: SIGINT");
        godwit.Signal("INT");

        Assert.Equal(130, await godwit.ExitAsync());
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "sends POSIX signals")]
    public async Task SIGUSR1_prints_counters()
    {
        using var godwit = await GodwitProcess.ServeAsync();
        using var client = MqttSocket.Connect(godwit.Port, "client");

        godwit.Signal("USR1");

        await godwit.PrintsAsync("counters: connected 1, sessions 1, connects 1");
    }

    [Fact]
    public async Task With_v_each_event_is_a_line_without_control_characters()
    {
        using var godwit = await GodwitProcess.ServeAsync("-v");
        using var client = MqttSocket.Connect(godwit.Port, "\u001b[31mred");
        await godwit.PrintsAsync("connect \"\\u{1B}[31mred\" from 127.0.0.1:");
        await godwit.PrintsAsync("MQTT 5.0, keep-alive 60 s, clean yes, session new");

        client.Send(0x82, 0x07, 0x00, 0x01, 0x00, 0x00, 0x01, (byte)'a', 0x01);
        await godwit.PrintsAsync("subscribe \"\\u{1B}[31mred\": \"a\" granted QoS 1");

        client.Send(0x36, 0x05, 0x00, 0x01, (byte)'a', 0x00, 0x01);
        await godwit.PrintsAsync("refused PUBLISH of \"\\u{1B}[31mred\"");
        await godwit.PrintsAsync("the QoS is 3 [MQTT-3.3.1-4], 0x81 MalformedPacket");
        await godwit.PrintsAsync("a packet was refused, 0x81 MalformedPacket");
        Assert.DoesNotContain('\u001b', godwit.Errors);
    }

    [Fact]
    public async Task A_taken_port_is_exit_code_3()
    {
        using var first = await GodwitProcess.ServeAsync();

        var (exitCode, output, errors) = await GodwitProcess.RunAsync("serve", "-p", $"{first.Port}");

        Assert.Equal(3, exitCode);
        Assert.Equal("", output);
        Assert.Contains($"Another program uses port {first.Port}", errors);
    }

    [Fact]
    public async Task A_data_directory_in_use_is_exit_code_3_and_names_the_process()
    {
        using var first = await GodwitProcess.ServeAsync("--data", _directory);

        var (exitCode, _, errors) = await GodwitProcess.RunAsync("serve", "-p", "0", "--data", _directory);

        Assert.Equal(3, exitCode);
        Assert.Contains($"in use by another broker, process {first.Id}", errors);
    }

    [Theory]
    [InlineData("--bind 0.0.0.0 --allow-anonymous", "--bind", "0.0.0.0")]
    [InlineData("not an IP address", "--bind", "nowhere")]
    [InlineData("Did you mean Limits:PacketSizeBytesMax", "--set", "Limits:PacketSizeMax=5")]
    [InlineData("Broker:Shards takes a whole number of threads from 0 to 64", "--shards", "65")]
    [InlineData("Port 70000", "-p", "70000")]
    public async Task An_invalid_configuration_is_exit_code_2(string hint, params string[] args)
    {
        var (exitCode, output, errors) = await GodwitProcess.RunAsync(["serve", .. args]);

        Assert.Equal(2, exitCode);
        Assert.Equal("", output);
        Assert.Contains(hint, errors);
    }

    [Fact]
    public async Task A_limit_set_on_the_command_line_is_in_force()
    {
        using var godwit = await GodwitProcess.ServeAsync("--set", "Limits:PacketSizeBytesMax=1000", "--set", "MaximumQoS=1");
        using var client = MqttSocket.Connect(godwit.Port, "client");

        client.Send(0x30, 0xE8, 0x07);              // 1,003 bytes

        IsDisconnect(0x95, client.Receive());
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "limits descriptors with ulimit")]
    public async Task Without_file_descriptors_it_waits_and_goes_on()
    {
        using var godwit = GodwitProcess.StartByShell("ulimit -n 220; exec \"$0\" serve -p 0");
        await godwit.PrintsAsync("mqtt  127.0.0.1:");
        using var before = MqttSocket.Connect(godwit.Port, "before");
        var crowd = Enumerable.Range(0, 220).Select(_ => MqttSocket.Open(godwit.Port)).ToList();
        await godwit.PrintsAsync("cannot accept connections");

        before.Send(0xC0, 0x00);
        Assert.Equal([0xD0, 0x00], before.Receive());

        foreach (var socket in crowd)
        {
            socket.Dispose();
        }

        using var after = MqttSocket.Connect(godwit.Port, "after");
        Assert.Single(godwit.Errors.Split('\n'), line => line.Contains("cannot accept"));
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "limits descriptors with ulimit")]
    public async Task Too_few_file_descriptors_to_start_are_exit_code_3()
    {
        using var godwit = GodwitProcess.StartByShell("ulimit -n 130; exec \"$0\" serve -p 0 --shards 64");

        Assert.Equal(3, await godwit.ExitAsync());
        Assert.Contains("Cannot start:", godwit.Errors);
    }

    [Fact]
    public async Task A_refused_CONNECT_is_a_line()
    {
        using var godwit = await GodwitProcess.ServeAsync("-v");
        using var stranger = MqttSocket.Open(godwit.Port);

        stranger.Send([.. "GET / HTTP/1.1\r\n\r\n"u8]);      // G has the bits of PUBACK

        await godwit.PrintsAsync("refused PUBACK of a new connection from 127.0.0.1:");
        await godwit.PrintsAsync("the first packet is not CONNECT [MQTT-3.1.0-1], 0x82 ProtocolError");
    }

    [Fact]
    public async Task With_q_only_the_table_is_printed()
    {
        using var godwit = await GodwitProcess.ServeAsync("-q");
        using var client = MqttSocket.Connect(godwit.Port, "client");

        Assert.Equal("", godwit.Errors);
        Assert.All(godwit.Output.TrimEnd().Split('\n'), line => Assert.StartsWith("mqtt  ", line));
    }

    public void Dispose()
    {
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    /// <summary>DISCONNECT with a reason code; the reason in words follows it.</summary>
    private static void IsDisconnect(byte reasonCode, byte[] packet) => Assert.Equal((0xE0, reasonCode), (packet[0], packet[2]));
}
