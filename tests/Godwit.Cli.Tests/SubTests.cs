using System.Text;
using Godwit.Cli.Tests.Support;
using Godwit.Client.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Cli.Tests;

/// <summary><c>godwit sub</c> against a server that a test controls.</summary>
public sealed class SubTests
{
    public static bool IsLinux => OperatingSystem.IsLinux();

    [Theory, Spec("R46")]
    [InlineData("a 0", "-t", "a")]
    [InlineData("a/+ 1, b/# 1", "-t", "a/+", "-t", "b/#", "-q", "1")]
    [InlineData("a 2", "-vt", "a", "-q2")]
    [InlineData("$SYS/# 0", "-t", "$SYS/#")]
    [InlineData("$share/g/a 1", "--topic=$share/g/a", "--qos=1")]
    public async Task One_SUBSCRIBE_has_all_filters(string expected, params string[] args)
    {
        using var broker = TinyBroker.Start();
        using var godwit = Start(broker, args);

        var subscribe = (await broker.ReceivesAsync(PacketType.Subscribe))[0];

        var filters = new List<string>();
        foreach (var entry in subscribe.Subscribe().Filters)
        {
            filters.Add($"{Encoding.UTF8.GetString(entry.Filter)} {(int)entry.Options.QoS}");
        }

        Assert.Equal(expected, string.Join(", ", filters));
    }

    [Theory, Spec("R46")]
    [InlineData("hello\nworld\n\n")]
    [InlineData("a/b hello\na/b world\na/b (null)\n", "-v")]
    public async Task Messages_are_printed_one_a_line_and_it_ends_after_C_of_them(string expected, params string[] args)
    {
        using var broker = TinyBroker.Start();
        broker.Answer = AnswerSubscribe("hello", "world", "");

        using var godwit = Start(broker, ["-t", "a/b", "-C", "3", .. args]);

        Assert.Equal(0, await godwit.ExitAsync());
        Assert.Equal((expected, ""), (godwit.Output, godwit.Errors));
        await broker.ReceivesAsync(PacketType.Disconnect);
    }

    [Theory]
    [InlineData(QoS.AtLeastOnce, PacketType.Puback)]
    [InlineData(QoS.ExactlyOnce, PacketType.Pubrec)]
    public async Task Every_message_is_acknowledged_also_the_last(QoS qos, PacketType answer)
    {
        using var broker = TinyBroker.Start();
        broker.Answer = packet => packet.Type == PacketType.Subscribe
            ? [.. Bytes.Suback(packet.Version, packet.PacketId(), 2), .. Bytes.Publish(packet.Version, "a", "1", qos, 1), .. Bytes.Publish(packet.Version, "a", "2", qos, 2)]
            : null;

        using var godwit = Start(broker, "-t", "a", "-q", "2", "-C", "2");

        Assert.Equal(0, await godwit.ExitAsync());
        Assert.Equal([1, 2], (await broker.ReceivesAsync(answer, 2)).Select(packet => (int)packet.PacketId()));
    }

    [Fact(SkipUnless = nameof(IsLinux), Skip = "sends POSIX signals")]
    public async Task A_message_that_is_being_printed_when_Ctrl_C_comes_is_acknowledged_and_does_not_come_again()
    {
        using var broker = TinyBroker.Start();
        broker.Answer = packet => packet.Type == PacketType.Subscribe
            ? [.. Bytes.Suback(packet.Version, packet.PacketId(), 1), .. Bytes.Publish(packet.Version, "a", new string('x', 1_000_000), QoS.AtLeastOnce, 1)]
            : null;
        var pipe = Path.Combine(Path.GetTempPath(), "godwit-sub-" + Guid.NewGuid().ToString("N"));
        using var godwit = GodwitProcess.StartByShell($"mkfifo {pipe} && echo made >&2 && exec \"$0\" sub -h 127.0.0.1 -p {broker.Port} -i sub -c -q 1 -t a >{pipe}");
        await godwit.PrintsAsync("made");

        await using (var output = File.OpenRead(pipe))
        {
            await output.ReadExactlyAsync(new byte[1], TestContext.Current.CancellationToken);      // it prints, and cannot go on: a pipe holds 64 KB
            godwit.Signal("INT");
            await Task.Delay(200, TestContext.Current.CancellationToken);                           // nothing shows when the signal has been taken
            await output.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);
        }

        File.Delete(pipe);
        Assert.Equal(130, await godwit.ExitAsync());
        Assert.Single(await broker.ReceivesAsync(PacketType.Puback));
    }

    [Fact]
    public async Task Payloads_pass_byte_for_byte()
    {
        using var broker = TinyBroker.Start();
        var payload = Enumerable.Range(0, 70_000).Select(i => (byte)(i * 7)).ToArray();
        broker.Answer = packet => packet.Type == PacketType.Subscribe
            ? [.. Bytes.Suback(packet.Version, packet.PacketId(), 0), .. Large(payload)]
            : null;
        var path = Path.GetTempFileName();

        using var godwit = GodwitProcess.StartByShell($"(echo before; \"$0\" sub -h 127.0.0.1 -p {broker.Port} -t a -C 1; echo after) >{path}");
        Assert.Equal(0, await godwit.ExitAsync());

        var written = await File.ReadAllBytesAsync(path);
        Assert.Equal([.. "before\n"u8, .. payload, .. "\nafter\n"u8], written);
        File.Delete(path);
    }

    [Fact]
    public async Task A_message_is_printed_at_once()
    {
        using var broker = TinyBroker.Start();
        using var godwit = Start(broker, "-t", "a");
        await broker.ReceivesAsync(PacketType.Subscribe);

        await broker.SendAsync(Bytes.Publish(ProtocolVersion.Mqtt5, "a", "now"));

        await godwit.PrintsAsync("now\n");
    }

    [Fact]
    public async Task It_ends_when_nobody_reads_its_output()
    {
        using var broker = TinyBroker.Start();
        using var godwit = GodwitProcess.StartByShell($"\"$0\" sub -h 127.0.0.1 -p {broker.Port} -t a | head -1");
        await broker.ReceivesAsync(PacketType.Subscribe);

        while (broker.Of(PacketType.Disconnect).Count == 0)
        {
            await broker.SendAsync(Bytes.Publish(ProtocolVersion.Mqtt5, "a", "x"));
            await Task.Delay(20);
        }

        Assert.Equal(0, await godwit.ExitAsync());      // of head
        Assert.Equal(("x\n", ""), (godwit.Output, godwit.Errors));
    }

    [Fact]
    public async Task After_W_seconds_it_ends_with_27()
    {
        using var broker = TinyBroker.Start();
        using var godwit = Start(broker, "-t", "a", "-W", "1");

        Assert.Equal(27, await godwit.ExitAsync());

        Assert.Equal(("", "Timed out\n"), (godwit.Output, godwit.Errors));
        await broker.ReceivesAsync(PacketType.Disconnect);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task A_signal_ends_it_with_DISCONNECT(string signal, int expected)
    {
        using var broker = TinyBroker.Start();
        broker.Answer = AnswerSubscribe("ready");
        using var godwit = Start(broker, "-t", "a");
        await godwit.PrintsAsync("ready");

        godwit.Signal(signal);

        Assert.Equal(expected, await godwit.ExitAsync());
        await broker.ReceivesAsync(PacketType.Disconnect);
    }

    [Fact]
    public async Task A_lost_connection_is_made_again_and_subscribed()
    {
        using var broker = TinyBroker.Start();
        broker.Answer = AnswerSubscribe("one");
        using var godwit = Start(broker, "-t", "a", "-C", "2");
        await godwit.PrintsAsync("one\n");

        broker.Answer = AnswerSubscribe("two");
        broker.Drop();

        Assert.Equal(0, await godwit.ExitAsync());
        Assert.Equal("one\ntwo\n", godwit.Output);
        Assert.StartsWith("Warning: the connection failed:", godwit.Errors);
        Assert.EndsWith("; connecting again.\n", godwit.Errors);
        Assert.Equal(2, broker.Of(PacketType.Subscribe).Count);
    }

    [Fact]
    public async Task When_another_client_takes_the_session_it_ends_with_142()
    {
        using var broker = TinyBroker.Start();
        broker.Answer = AnswerSubscribe("one");
        using var godwit = Start(broker, "-t", "a");
        await godwit.PrintsAsync("one\n");

        await broker.SendAsync(Bytes.Disconnect(DisconnectReasonCode.SessionTakenOver));

        Assert.Equal(142, await godwit.ExitAsync());
        Assert.Equal("Error: The connection ended: the server disconnected: Session taken over.\n", godwit.Errors);
    }

    [Theory]
    [InlineData(135, 0x87, 0x87, "-V", "5")]
    [InlineData(128, 0x80, 0x80, "-V", "311")]
    public async Task When_every_filter_is_refused_that_is_the_exit_code(int expected, byte first, byte second, params string[] args)
    {
        using var broker = TinyBroker.Start();
        broker.Answer = packet => packet.Type == PacketType.Subscribe ? Bytes.Suback(packet.Version, packet.PacketId(), first, second) : null;

        using var godwit = Start(broker, ["-t", "a", "-t", "b", .. args]);

        Assert.Equal(expected, await godwit.ExitAsync());
        Assert.EndsWith("All subscription requests were denied.\n", godwit.Errors);
    }

    [Fact]
    public async Task A_filter_that_is_refused_is_named_and_the_others_go_on()
    {
        using var broker = TinyBroker.Start();
        broker.Answer = packet => packet.Type == PacketType.Subscribe
            ? [.. Bytes.Suback(packet.Version, packet.PacketId(), 0, 0x87), .. Bytes.Publish(packet.Version, "a", "x")]
            : null;

        using var godwit = Start(broker, "-t", "a", "-t", "b", "-C", "1");

        Assert.Equal(0, await godwit.ExitAsync());
        Assert.Equal(("x\n", "Warning: Subscription to 'b' failed: Not authorized.\n"), (godwit.Output, godwit.Errors));
    }

    [Fact]
    public async Task Debug_prints_a_line_for_each_packet_in_mosquittos_words()
    {
        using var broker = TinyBroker.Start();
        broker.Answer = packet => packet.Type == PacketType.Subscribe
            ? [.. Bytes.Suback(packet.Version, packet.PacketId(), 1, 1), .. Bytes.Publish(packet.Version, "a", "hello", QoS.AtLeastOnce, 1)]
            : null;

        using var godwit = Start(broker, "-t", "a", "-t", "b/#", "-q", "1", "-C", "1", "-d", "-v");

        Assert.Equal(0, await godwit.ExitAsync());
        Assert.Equal(
            """
            Client (null) sending CONNECT
            Client (null) received CONNACK (0)
            Client (null) sending SUBSCRIBE (Mid: 1, Topic: a, QoS: 1, Options: 0x00)
            Client (null) sending SUBSCRIBE (Mid: 1, Topic: b/#, QoS: 1, Options: 0x00)
            Client (null) received SUBACK
            Subscribed (mid: 1): 1, 1
            Client (null) received PUBLISH (d0, q1, r0, m1, 'a', ... (5 bytes))
            a hello
            Client (null) sending PUBACK (m1, rc0)
            Client (null) sending DISCONNECT

            """,
            godwit.Output);
    }

    private static GodwitProcess Start(TinyBroker broker, params string[] args) =>
        GodwitProcess.Start(["sub", "-h", "127.0.0.1", "-p", $"{broker.Port}", .. args]);

    private static Func<ServerPacket, byte[]?> AnswerSubscribe(params string[] payloads) => packet => packet.Type == PacketType.Subscribe
        ? [.. Bytes.Suback(packet.Version, packet.PacketId(), 0), .. payloads.SelectMany(payload => Bytes.Publish(packet.Version, "a/b", payload))]
        : null;

    private static byte[] Large(byte[] payload)
    {
        var packet = new Godwit.Protocol.Packets.PublishPacket { Topic = "a"u8, Payload = payload };
        var bytes = new byte[packet.Measure(ProtocolVersion.Mqtt5)];
        packet.Write(bytes, ProtocolVersion.Mqtt5);
        return bytes;
    }
}
