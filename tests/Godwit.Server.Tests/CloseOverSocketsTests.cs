using System.Diagnostics;
using System.Net.Sockets;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Hosting;
using Godwit.Server.Tests.Support;

namespace Godwit.Server.Tests;

public sealed class CloseOverSocketsTests
{
    public static TheoryData<TransportKind> Transports => TestServer.Transports;

    [Theory, MemberData(nameof(Transports)), Spec("MQTT-4.13.1-1", "R49")]
    public async Task The_reason_of_a_close_reaches_a_client_with_unread_input_behind_the_mistake(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(transport);
        using var client = await server.ConnectAsync("mistaken");

        await client.SendAsync(Bytes.Malformed(), new byte[1_000_000]);

        Assert.True((await client.ReceiveAsync()).IsDisconnect(DisconnectReasonCode.MalformedPacket));
        Assert.Equal(ConnectionEnd.Closed, await client.ReceiveEndAsync());
    }

    [Theory, MemberData(nameof(Transports)), Spec("MQTT-3.2.2-15")]
    public async Task A_packet_that_is_too_large_is_refused_from_its_header_alone(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(transport);
        using var client = await server.ConnectAsync("large");

        await client.SendAsync([0x30, 0xFF, 0xFF, 0xFF, 0x7F]);

        Assert.True((await client.ReceiveAsync()).IsDisconnect(DisconnectReasonCode.PacketTooLarge));
        Assert.Equal(ConnectionEnd.Closed, await client.ReceiveEndAsync());
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_client_that_ignores_the_close_is_cut_off_after_a_second(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(transport);
        using var client = await server.ConnectAsync("stubborn");
        await client.SendAsync(Bytes.Malformed());
        await client.ReceiveAsync();
        await client.ReceiveEndAsync();

        var started = Stopwatch.GetTimestamp();
        await Eventually.IsTrueAsync(() => IsCutOff(client.Socket), "the server cuts the connection");
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalMilliseconds, 500, 3_000);
    }

    /// <summary>What waits for it would wait for ever, and its socket with it.</summary>
    [Theory, MemberData(nameof(Transports)), Spec("R52")]
    public async Task A_client_that_never_reads_is_cut_off_after_the_stall_time(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(transport, options => options.Limits.WriteStallMs = 200);
        using var sleeper = await (await server.ConnectAsync("sleeper", receiveBufferSize: 4_096)).SubscribeAsync("flood");
        using var publisher = await server.ConnectAsync("publisher");

        await publisher.SendAsync([.. Enumerable.Repeat(Bytes.Publish("flood", new string('x', 10_000)), 1_000)]);

        await Eventually.IsTrueAsync(() => IsCutOff(sleeper.Socket), "the server cuts the connection");
    }

    [Theory, MemberData(nameof(Transports)), Spec("R41")]
    public async Task A_reset_in_the_middle_of_a_packet_publishes_the_will(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(transport);
        using var watcher = await (await server.ConnectAsync("watcher")).SubscribeAsync("status");
        var client = await server.ConnectAsync("cut", willTopic: "status");

        await client.SendAsync(Bytes.Publish("a", new string('x', 500))[..100]);
        client.Reset();

        Assert.Equal("status gone", (await watcher.ReceiveAsync()).Text());
    }

    [Theory, MemberData(nameof(Transports)), Spec("R41")]
    public async Task What_was_sent_before_the_end_of_the_stream_is_still_handled(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(transport);
        using var watcher = await (await server.ConnectAsync("watcher")).SubscribeAsync("#");
        using var client = await server.ConnectAsync("brief", willTopic: "status");

        await client.SendAsync(Bytes.Publish("a", "last words"));
        client.Socket.Shutdown(SocketShutdown.Send);

        Assert.Equal("a last words", (await watcher.ReceiveAsync()).Text());
        Assert.Equal("status gone", (await watcher.ReceiveAsync()).Text());
    }

    [Theory, MemberData(nameof(Transports)), Spec("MQTT-3.1.4-3", "R13")]
    public async Task A_second_CONNECT_with_the_same_identifier_closes_the_first_connection(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(transport);
        using var first = await server.ConnectAsync("same");

        using var second = await server.ConnectAsync("same");

        Assert.True((await first.ReceiveAsync()).IsDisconnect(DisconnectReasonCode.SessionTakenOver));
        Assert.Equal(ConnectionEnd.Closed, await first.ReceiveEndAsync());
        await second.SendAsync(Bytes.Pingreq());
        Assert.Equal(PacketType.Pingresp, (await second.ReceiveAsync()).Type);
    }

    [Theory, MemberData(nameof(Transports)), Spec("MQTT-3.14.4-2")]
    public async Task DISCONNECT_closes_the_connection_without_an_answer(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(transport);
        using var client = await server.ConnectAsync("polite");

        await client.SendAsync(Bytes.Disconnect());

        Assert.Equal(ConnectionEnd.Closed, await client.ReceiveEndAsync());
        await Eventually.IsTrueAsync(() => server.Server.Core.ConnectedCount == 0, "the client is gone");
    }

    [Theory, MemberData(nameof(Transports)), Spec("MQTT-3.1.2-22", "R35")]
    public async Task A_silent_client_is_closed_after_one_and_a_half_keep_alive_times(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(transport);
        using var client = await server.ConnectAsync("silent", keepAliveSeconds: 1);
        var started = Stopwatch.GetTimestamp();

        Assert.True((await client.ReceiveAsync()).IsDisconnect(DisconnectReasonCode.KeepAliveTimeout));
        Assert.Equal(ConnectionEnd.Closed, await client.ReceiveEndAsync());
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalMilliseconds, 1_400, 3_000);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_stopping_server_tells_its_clients_and_closes_its_port(TransportKind transport)
    {
        var server = await TestServer.StartAsync(transport);
        using var watcher = await (await server.ConnectAsync("watcher")).SubscribeAsync("status");
        using var client = await server.ConnectAsync("client", willTopic: "status");
        using var halfOpen = await server.OpenAsync();
        var started = Stopwatch.GetTimestamp();

        var stopped = server.Server.StopAsync();

        Assert.True((await client.ReceiveAsync()).IsDisconnect(DisconnectReasonCode.ServerShuttingDown));
        Assert.Equal(ConnectionEnd.Closed, await client.ReceiveEndAsync());
        Assert.True((await watcher.ReceiveAsync()).IsDisconnect(DisconnectReasonCode.ServerShuttingDown));     // and no will
        await halfOpen.ReceiveEndAsync();
        client.Dispose();
        watcher.Dispose();
        await Eventually.EndsAsync(stopped);
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalMilliseconds, 0, 900);    // nobody had to be waited for
        await Assert.ThrowsAsync<SocketException>(() => server.OpenAsync());
    }

    private static bool IsCutOff(Socket socket)
    {
        try
        {
            return socket.Send([0xC0, 0x00]) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
