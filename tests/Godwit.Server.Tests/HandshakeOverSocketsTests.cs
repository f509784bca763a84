using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Godwit.Protocol;
using Godwit.Server.Hosting;
using Godwit.Server.Tests.Support;

namespace Godwit.Server.Tests;

public sealed class HandshakeOverSocketsTests
{
    public static TheoryData<TransportKind> Transports => TestServer.Transports;

    [Theory, MemberData(nameof(Transports)), Spec("MQTT-3.1.0-1", "Trap-17")]
    public async Task Who_sends_nothing_is_closed_when_the_time_for_CONNECT_is_over(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(transport, options => options.Limits.ConnectTimeoutMs = 200);
        var started = Stopwatch.GetTimestamp();
        using var client = await server.OpenAsync();

        Assert.Equal(ConnectionEnd.Closed, await client.ReceiveEndAsync());
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalMilliseconds, 150, 3_000);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Half_a_CONNECT_does_not_buy_more_time(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(transport, options => options.Limits.ConnectTimeoutMs = 300);
        using var client = await server.OpenAsync();
        var end = client.ReceiveEndAsync();

        foreach (var single in Bytes.Connect("trickle")[..^1])
        {
            await client.SendAsync([single]);
        }

        Assert.Equal(ConnectionEnd.Closed, await end);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_connection_that_has_sent_CONNECT_may_stay_silent(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(transport, options => options.Limits.ConnectTimeoutMs = 100);
        using var client = await server.ConnectAsync("silent");
        using var late = await server.OpenAsync();
        await late.ReceiveEndAsync();               // so much for 100 ms

        await client.SendAsync(Bytes.Pingreq());

        Assert.Equal(PacketType.Pingresp, (await client.ReceiveAsync()).Type);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Beyond_the_limit_of_half_open_connections_the_newest_is_closed(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(transport, options => options.Limits.HalfOpenMax = 2);
        using var first = await server.OpenAsync();
        using var second = await server.OpenAsync();
        await first.SendAsync([0x10]);              // one byte each: accepted for certain
        await second.SendAsync([0x10]);
        using var third = await server.OpenAsync();

        Assert.Equal(ConnectionEnd.Closed, await third.ReceiveEndAsync());

        await first.SendAsync(Bytes.Connect("first")[1..]);
        Assert.Equal(0, (await first.ReceiveAsync()).ConnackCode);
        using var fourth = await server.ConnectAsync("fourth");     // the first made room
    }

    [Theory, MemberData(nameof(Transports)), Spec("R52")]
    public async Task Beyond_the_limit_of_half_open_bytes_who_sends_more_is_closed(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(transport, options => options.Limits.HalfOpenBytesMax = 200_000);
        var connect = Bytes.Connect(new string('c', 60_000));
        var patient = new List<RawClient>();
        var closed = 0;
        for (var i = 0; i < 10; i++)
        {
            var client = await server.OpenAsync();
            await client.SendAsync(connect[..40_000]);
            patient.Add(client);
            await server.ConnectAsync($"whole {i}");        // what comes whole is not held
        }

        await Eventually.IsTrueAsync(
            () => (closed = patient.Count(client => client.Socket.Poll(0, SelectMode.SelectRead))) >= 5, "those beyond the limit are closed");
        Assert.InRange(closed, 5, 8);                       // 40,000 to 80,000 bytes each

        patient.ForEach(client => client.Dispose());        // and that makes room
        var isIn = false;
        for (var attempt = 0; attempt < 20 && !isIn; attempt++)
        {
            using var late = await server.OpenAsync();
            await late.SendAsync(connect[..40_000]);
            isIn = !late.Socket.Poll(100_000, SelectMode.SelectRead);
        }

        Assert.True(isIn, "there is no room again");
    }

    [Theory, MemberData(nameof(Transports)), Spec("MQTT-3.1.0-1", "R49")]
    public async Task What_is_not_MQTT_is_closed_without_an_answer(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(transport);
        var random = new byte[512];
        new Random(3).NextBytes(random);
        random[0] = 0xFF;
        byte[][] strangers =
        [
            Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
            [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03, .. random],    // TLS ClientHello
            random,
            Bytes.Pingreq(),
            Bytes.Publish("a", "before CONNECT"),
        ];

        foreach (var stranger in strangers)
        {
            using var client = await server.OpenAsync();
            await client.SendAsync(stranger);
            await client.ReceiveEndAsync();         // fails when a byte comes
        }
    }

    [Theory, MemberData(nameof(Transports)), Spec("MQTT-3.1.2-2", "R7")]
    public async Task The_code_of_a_refused_CONNECT_reaches_a_client_with_much_unread_input_behind_it(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(transport);
        using var client = await server.OpenAsync();
        var connect = Bytes.Connect("future");
        connect[8] = 6;                             // protocol level

        await client.SendAsync(connect, new byte[300_000]);

        Assert.Equal(0x84, (await client.ReceiveAsync()).ConnackCode);
        Assert.Equal(ConnectionEnd.Closed, await client.ReceiveEndAsync());
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Two_thousand_clients_connect_and_are_served(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(transport);

        // One after another within each of 8 lanes, all kept open.
        var lanes = await Task.WhenAll(Enumerable.Range(0, 8).Select(lane => Task.Run(async () =>
        {
            var clients = new List<RawClient>();
            for (var i = 0; i < 250; i++)
            {
                clients.Add(await server.ConnectAsync($"lane{lane}-{i}"));
            }

            return clients;
        })));

        Assert.Equal(2_000, server.Server.Core.ConnectedCount);
        foreach (var client in lanes.SelectMany(clients => clients))
        {
            client.Dispose();
        }

        await Eventually.IsTrueAsync(() => server.Server.Core.ConnectedCount == 0, "every loss is noticed");
    }
}
