using System.Text;
using Godwit.Cli.Tests.Support;
using Godwit.Client.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Cli.Tests;

/// <summary><c>godwit pub</c> against a server that a test controls.</summary>
public sealed class PubTests
{
    [Theory, Spec("R46")]
    [InlineData("one\\ntwo\\n", "one|two")]
    [InlineData("one\\ntwo", "one|two")]
    [InlineData("one\\n\\ntwo\\r\\n", "one||two\r")]
    [InlineData("", "")]
    public async Task Each_line_of_the_input_is_a_message(string input, string expected)
    {
        using var broker = TinyBroker.Start();
        using var godwit = GodwitProcess.StartByShell($"printf '{input}' | \"$0\" pub -h 127.0.0.1 -p {broker.Port} -t a -l");

        Assert.Equal(0, await godwit.ExitAsync());

        Assert.Equal(expected, string.Join('|', Payloads(broker)));
    }

    [Fact]
    public async Task All_of_the_input_is_one_message()
    {
        using var broker = TinyBroker.Start();
        using var godwit = GodwitProcess.StartByShell($"printf 'one\\ntwo\\n' | \"$0\" pub -h 127.0.0.1 -p {broker.Port} -t a -s");

        Assert.Equal(0, await godwit.ExitAsync());

        Assert.Equal(["one\ntwo\n"], Payloads(broker));
    }

    [Fact]
    public async Task An_empty_input_is_no_message()
    {
        using var broker = TinyBroker.Start();
        using var godwit = GodwitProcess.StartByShell($"\"$0\" pub -h 127.0.0.1 -p {broker.Port} -t a -s </dev/null");

        Assert.Equal(1, await godwit.ExitAsync());

        Assert.Equal("Error: Standard input is empty; -n publishes an empty message.\n", godwit.Errors);
        Assert.Empty(broker.Packets);
    }

    [Theory, Spec("R12", "R17")]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Many_lines_arrive_in_order_within_the_servers_window(int qos)
    {
        const int Count = 3000;
        using var broker = TinyBroker.Start();
        broker.Answer = packet => packet.Type == PacketType.Connect
            ? Bytes.Connack(packet.Version, properties: (ref PropertyWriter writer) => writer.Add(PropertyId.ReceiveMaximum, 20))
            : null;
        using var godwit = GodwitProcess.StartByShell($"seq {Count} | \"$0\" pub -h 127.0.0.1 -p {broker.Port} -t a -l -q {qos}");

        Assert.Equal(0, await godwit.ExitAsync());

        Assert.Equal(Enumerable.Range(1, Count).Select(i => $"{i}"), Payloads(broker));
    }

    [Fact, Spec("R17")]
    public async Task A_connection_that_breaks_between_lines_is_made_again_and_nothing_is_lost()
    {
        const int Count = 50;
        using var broker = TinyBroker.Start();
        var published = 0;
        broker.Answer = packet => packet.Type == PacketType.Publish && Interlocked.Increment(ref published) == 20 ? [] : null;
        using var godwit = GodwitProcess.StartByShell($"seq {Count} | \"$0\" pub -h 127.0.0.1 -p {broker.Port} -t a -l -q 1");

        Assert.Equal(0, await godwit.ExitAsync());

        Assert.Equal(2, broker.Of(PacketType.Connect).Count);
        Assert.Equal(Enumerable.Range(1, Count), Payloads(broker).Select(int.Parse).Distinct().Order());
    }

    [Theory]
    [InlineData(135, "Connection error: Not authorized.", ConnackReasonCode.NotAuthorized)]
    [InlineData(134, "Connection error: Bad User Name or Password.", ConnackReasonCode.BadUserNameOrPassword)]
    [InlineData(5, "Connection error: Connection Refused: not authorised.", ConnackReasonCode.NotAuthorized, "-V", "311")]
    [InlineData(4, "Connection error: Connection Refused: bad user name or password.", ConnackReasonCode.BadUserNameOrPassword, "-V", "31")]
    [InlineData(3, "Connection error: Connection Refused: broker unavailable.", ConnackReasonCode.ServerUnavailable, "-V", "311")]
    [InlineData(2, "Connection error: Connection Refused: identifier rejected.", ConnackReasonCode.ClientIdentifierNotValid, "-V", "311")]
    [InlineData(1, "Connection error: Connection Refused: unacceptable protocol version.", ConnackReasonCode.UnsupportedProtocolVersion, "-V", "311")]
    public async Task A_refused_connection_is_the_exit_code(int expected, string words, ConnackReasonCode code, params string[] args)
    {
        using var broker = TinyBroker.Start();
        broker.Answer = packet => Bytes.Connack(packet.Version, code: code);

        var (exitCode, output, errors) = await GodwitProcess.RunAsync(["pub", "-h", "127.0.0.1", "-p", $"{broker.Port}", "-t", "a", "-m", "x", .. args]);

        Assert.Equal((expected, "", words + "\n"), (exitCode, output, errors));
    }

    [Theory]
    [InlineData(1, PacketType.Puback)]
    [InlineData(2, PacketType.Pubrec)]
    public async Task A_refused_message_is_the_exit_code(int qos, PacketType answer)
    {
        using var broker = TinyBroker.Start();
        broker.Answer = packet => packet.Type == PacketType.Publish ? Bytes.Ack(answer, packet.PacketId(), 0x87) : null;

        var (exitCode, _, errors) = await GodwitProcess.RunAsync("pub", "-h", "127.0.0.1", "-p", $"{broker.Port}", "-t", "a", "-m", "x", "-q", $"{qos}");

        Assert.Equal((135, "Warning: Publish 1 failed: Not authorized.\n"), (exitCode, errors));
    }

    [Fact]
    public async Task A_message_too_large_for_the_server_is_not_sent()
    {
        using var broker = TinyBroker.Start();
        broker.Answer = packet => packet.Type == PacketType.Connect
            ? Bytes.Connack(packet.Version, properties: (ref PropertyWriter writer) => writer.Add(PropertyId.MaximumPacketSize, 100))
            : null;

        var (exitCode, _, errors) = await GodwitProcess.RunAsync("pub", "-h", "127.0.0.1", "-p", $"{broker.Port}", "-t", "a", "-m", new string('x', 200));

        Assert.Equal((149, "Error: The packet has 207 bytes; the server takes 100.\n"), (exitCode, errors));
        Assert.Empty(broker.Of(PacketType.Publish));
    }

    [Theory]
    [InlineData("20020001")]        // the refusal of a server that knows only 3.1.1
    [InlineData("2003008400")]      // 0x84
    [InlineData("")]                // closed without a word
    public async Task A_server_without_5_0_is_spoken_to_in_3_1_1(string answer)
    {
        using var broker = TinyBroker.Start();
        broker.Answer = packet => packet is { Type: PacketType.Connect, Version: ProtocolVersion.Mqtt5 } ? Convert.FromHexString(answer) : null;

        var (exitCode, _, errors) = await GodwitProcess.RunAsync("pub", "-h", "127.0.0.1", "-p", $"{broker.Port}", "-t", "a", "-m", "x");

        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Equal([ProtocolVersion.Mqtt5, ProtocolVersion.Mqtt311], broker.Of(PacketType.Connect).Select(packet => packet.Version));
        Assert.Equal(["x"], Payloads(broker));
    }

    [Fact]
    public async Task A_version_that_was_typed_is_the_only_one()
    {
        using var broker = TinyBroker.Start();
        broker.Answer = _ => [];

        var (exitCode, _, errors) = await GodwitProcess.RunAsync("pub", "-h", "127.0.0.1", "-p", $"{broker.Port}", "-t", "a", "-m", "x", "-V", "5");

        Assert.Equal(1, exitCode);
        Assert.StartsWith("Error: No CONNACK: the server closed the connection", errors);
        Assert.Single(broker.Of(PacketType.Connect));
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task A_signal_ends_it_with_DISCONNECT(string signal, int expected)
    {
        using var broker = TinyBroker.Start();
        using var godwit = GodwitProcess.Start("pub", "-h", "127.0.0.1", "-p", $"{broker.Port}", "-t", "a", "-l");
        await godwit.TypeAsync("first\n");
        await broker.ReceivesAsync(PacketType.Publish);

        godwit.Signal(signal);

        Assert.Equal(expected, await godwit.ExitAsync());
        await broker.ReceivesAsync(PacketType.Disconnect);
    }

    [Fact]
    public async Task Debug_prints_a_line_for_each_packet_in_mosquittos_words()
    {
        using var broker = TinyBroker.Start();

        var (exitCode, output, _) = await GodwitProcess.RunAsync(
            "pub", "-h", "127.0.0.1", "-p", $"{broker.Port}", "-t", "a/b", "-m", "hello", "-q", "2", "-r", "-d", "-i", "me");

        Assert.Equal(0, exitCode);
        Assert.Equal(
            """
            Client me sending CONNECT
            Client me received CONNACK (0)
            Client me sending PUBLISH (d0, q2, r1, m1, 'a/b', ... (5 bytes))
            Client me received PUBREC (Mid: 1)
            Client me sending PUBREL (m1)
            Client me received PUBCOMP (Mid: 1, RC:0)
            Client me sending DISCONNECT

            """,
            output);
    }

    private static List<string> Payloads(TinyBroker broker) =>
        [.. broker.Of(PacketType.Publish).Select(packet => Encoding.UTF8.GetString(packet.Publish().Payload))];
}
