using System.Net;
using System.Net.WebSockets;
using System.Text;
using Godwit.Protocol;
using Godwit.Server.Listeners.WebSockets;
using Godwit.Server.Tests.Support;

namespace Godwit.Server.Tests.Listen;

public sealed class WebSocketTests
{
    private const string Request = "GET /mqtt HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

    [Fact, Spec("MQTT-6.0.0-1", "MQTT3-6.0.0-1", "MQTT-6.0.0-2", "MQTT3-6.0.0-2", "Trap-98", "Hostile-25", "R1", "R3")]
    public async Task Packets_may_be_spread_over_frames_and_share_one()
    {
        await using var server = await ListenServer.StartAsync(ListenServer.WebSocket());
        using var client = await WebSocketClient.OpenAsync(server[0]);

        foreach (var single in Bytes.Connect("split"))
        {
            await SendAsync(client, [single]);
        }

        await SendAsync(client, []);                                                        // an empty frame
        await SendAsync(client, [.. Bytes.Subscribe("a"), .. Bytes.Publish("a", "1"), .. Bytes.Publish("a", "2")[..3]]);
        await client.Socket.SendAsync(Bytes.Publish("a", "2").AsMemory(3, 1), WebSocketMessageType.Binary, endOfMessage: false, TestContext.Current.CancellationToken);
        await client.Socket.SendAsync(Bytes.Publish("a", "2").AsMemory(4), WebSocketMessageType.Binary, endOfMessage: true, TestContext.Current.CancellationToken);

        Assert.Equal(0, (await client.Packets.ReceiveAsync()).ConnackCode);
        Assert.Equal(PacketType.Suback, (await client.Packets.ReceiveAsync()).Type);
        Assert.Equal("a 1", (await client.Packets.ReceiveAsync()).Text());
        Assert.Equal("a 2", (await client.Packets.ReceiveAsync()).Text());
    }

    [Fact, Spec("Hostile-25")]
    public async Task A_packet_that_promises_more_than_its_frame_holds_waits_for_the_next_frame()
    {
        await using var server = await ListenServer.StartAsync(ListenServer.WebSocket());
        using var client = await WebSocketClient.OpenAsync(server[0]);
        await client.Packets.ConnectAsync("large");
        await client.Packets.SubscribeAsync("large");
        var payload = new byte[100_000];
        new Random(1).NextBytes(payload);
        var publish = Bytes.Publish("large", payload);

        for (var at = 0; at < publish.Length; at += 30_000)
        {
            await SendAsync(client, publish[at..Math.Min(at + 30_000, publish.Length)]);
        }

        Assert.True((await client.Packets.ReceiveAsync()).Body.AsSpan().EndsWith(payload));
    }

    [Fact, Spec("MQTT-6.0.0-1", "MQTT3-6.0.0-1", "Trap-98", "Hostile-25", "R3")]
    public async Task A_text_frame_ends_the_connection_with_1003()
    {
        await using var server = await ListenServer.StartAsync(ListenServer.WebSocket(), ListenServer.Plain());
        using var watcher = await RawClient.ConnectAsync(server[1], "watcher");
        await watcher.SubscribeAsync("will");
        using var client = await WebSocketClient.OpenAsync(server[0]);
        await client.Packets.ConnectCodeAsync(Bytes.Connect("text", willTopic: "will"));

        await client.Socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);
        var result = await client.Socket.ReceiveAsync(new byte[10].AsMemory(), TestContext.Current.CancellationToken).AsTask().WaitAsync(RawClient.Patience, TestContext.Current.CancellationToken);

        Assert.Equal(WebSocketMessageType.Close, result.MessageType);
        Assert.Equal(WebSocketCloseStatus.InvalidMessageType, client.Socket.CloseStatus);
        Assert.Equal("will gone", (await watcher.ReceiveAsync()).Text());
    }

    [Fact, Spec("Trap-98")]
    public async Task A_close_frame_is_answered_and_ends_the_connection()
    {
        await using var server = await ListenServer.StartAsync(ListenServer.WebSocket());
        using var client = await WebSocketClient.OpenAsync(server[0]);
        await client.Packets.ConnectAsync("closing");

        await client.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", TestContext.Current.CancellationToken).WaitAsync(RawClient.Patience, TestContext.Current.CancellationToken);

        Assert.Equal(WebSocketState.Closed, client.Socket.State);
        await Eventually.IsTrueAsync(() => server.Log.Any(line => line.Contains("disconnect \"closing\"", StringComparison.Ordinal)), "the connection ends");
    }

    [Fact]
    public async Task The_last_packet_comes_before_the_close_frame()
    {
        await using var server = await ListenServer.StartAsync(ListenServer.WebSocket());
        using var first = await WebSocketClient.OpenAsync(server[0]);
        await first.Packets.ConnectAsync("same");
        using var second = await WebSocketClient.OpenAsync(server[0]);
        await second.Packets.ConnectAsync("same");

        Assert.Equal(PacketType.Disconnect, (await first.Packets.ReceiveAsync()).Type);
        await first.Packets.ReceiveEndAsync();

        Assert.Equal(WebSocketCloseStatus.NormalClosure, first.Socket.CloseStatus);
    }

    [Fact, Spec("Trap-98")]
    public async Task A_ping_is_answered()
    {
        await using var server = await ListenServer.StartAsync(ListenServer.WebSocket());
        using var raw = await StreamClient.OpenAsync(server[0]);
        await raw.SendAsync(Encoding.ASCII.GetBytes(Request + "Sec-WebSocket-Protocol: mqtt\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 101", await HeadAsync(raw.Stream), StringComparison.Ordinal);

        await raw.SendAsync([0x89, 0x82, 0, 0, 0, 0, 7, 9]);          // ping with a mask of zeros

        var pong = new byte[4];
        await raw.Stream.ReadExactlyAsync(pong, TestContext.Current.CancellationToken).AsTask().WaitAsync(RawClient.Patience, TestContext.Current.CancellationToken);
        Assert.Equal([0x8A, 0x02, 7, 9], pong);
    }

    [Fact, Spec("Hostile-24")]
    public async Task Compression_is_never_agreed_and_a_compressed_frame_ends_the_connection()
    {
        await using var server = await ListenServer.StartAsync(ListenServer.WebSocket());
        using var raw = await StreamClient.OpenAsync(server[0]);
        await raw.SendAsync(Encoding.ASCII.GetBytes(Request + "Sec-WebSocket-Protocol: mqtt\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n"));
        Assert.DoesNotContain("Sec-WebSocket-Extensions", await HeadAsync(raw.Stream), StringComparison.OrdinalIgnoreCase);

        await raw.SendAsync([0xC2, 0x81, 0, 0, 0, 0, 0x10]);          // RSV1: compressed

        var close = new byte[4];
        await raw.Stream.ReadExactlyAsync(close, TestContext.Current.CancellationToken).AsTask().WaitAsync(RawClient.Patience, TestContext.Current.CancellationToken);
        Assert.Equal([0x88, 0x02, 0x03, 0xEA], close);                // 1002, protocol error
    }

    [Theory, Spec("MQTT-6.0.0-3", "MQTT3-6.0.0-3", "MQTT-6.0.0-4", "MQTT3-6.0.0-4", "Trap-98", "R4")]
    [InlineData("mqtt", "mqtt")]
    [InlineData("mqttv3.1", "mqttv3.1")]
    [InlineData("mqttv3.1, mqtt", "mqtt")]
    [InlineData("soap ,mqttv3.1.1,mqttv3.1", "mqttv3.1.1")]
    [InlineData("mqttv3.1|mqtt", "mqtt")]
    [InlineData("MQTT", "MQTT")]
    [InlineData("soap", null)]
    [InlineData("", null)]
    [InlineData("mqtt\u00e9", null)]
    public void The_subprotocol_mqtt_is_chosen_or_else_the_first_that_begins_so(string offered, string? chosen) =>
        Assert.Equal(chosen, Subprotocols.Choose(offered.Split('|')));

    [Theory]
    [InlineData(false, "HTTP/1.1 101")]
    [InlineData(true, "HTTP/1.1 400")]
    public async Task A_client_without_a_subprotocol_comes_in_unless_it_is_demanded(bool isDemanded, string answer)
    {
        await using var server = await ListenServer.StartAsync(ListenServer.WebSocket(listener => listener.RequireSubprotocol = isDemanded));

        Assert.StartsWith(answer, await AskAsync(server[0], Request), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "/anything/at?all", "HTTP/1.1 101")]
    [InlineData("/mqtt", "/mqtt", "HTTP/1.1 101")]
    [InlineData("/mqtt", "/mqtt?token=1", "HTTP/1.1 101")]
    [InlineData("/mqtt", "/", "HTTP/1.1 404")]
    [InlineData("/mqtt", "/mqtt/x", "HTTP/1.1 404")]
    public async Task Only_the_path_that_is_configured_is_served(string? path, string asked, string answer)
    {
        await using var server = await ListenServer.StartAsync(ListenServer.WebSocket(listener => listener.Path = path));

        Assert.StartsWith(answer, await AskAsync(server[0], Request.Replace("/mqtt ", asked + " ", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://good.example", "HTTP/1.1 101")]
    [InlineData("https://evil.example", "HTTP/1.1 403")]
    [InlineData("https://good.example.evil.example", "HTTP/1.1 403")]
    [InlineData("null", "HTTP/1.1 403")]
    [InlineData(null, "HTTP/1.1 101")]
    public async Task Pages_of_other_origins_may_not_connect(string? origin, string answer)
    {
        await using var server = await ListenServer.StartAsync(ListenServer.WebSocket(listener => listener.Origins = ["https://good.example"]));

        Assert.StartsWith(answer, await AskAsync(server[0], Request + (origin is null ? "" : $"Origin: {origin}\r\n")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n", "HTTP/1.1 426")]
    [InlineData("POST /mqtt HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n", "HTTP/1.1 426")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n", "HTTP/1.1 400")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 8\r\n", "HTTP/1.1 426")]
    [InlineData("nonsense\r\n", "HTTP/1.1 400")]
    public async Task A_request_that_is_no_WebSocket_is_answered_with_the_reason(string request, string answer)
    {
        await using var server = await ListenServer.StartAsync(ListenServer.WebSocket());

        Assert.StartsWith(answer, await AskAsync(server[0], request), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.1", "", "8.8.8.8", "8.8.8.8")]
    [InlineData("10.0.0.1", "", "6.6.6.6, 8.8.8.8, 10.0.0.2", "8.8.8.8")]
    [InlineData("9.9.9.9", "", "8.8.8.8", "9.9.9.9")]
    [InlineData("10.0.0.1", "for=\"[2001:db8::7]:4711\";proto=https", "8.8.8.8", "2001:db8::7")]
    [InlineData("10.0.0.1", "for=8.8.4.4:99;by=10.0.0.1", "", "8.8.4.4")]
    [InlineData("10.0.0.1", "for=_hidden", "8.8.8.8", "10.0.0.1")]
    [InlineData("10.0.0.1", "", "", "10.0.0.1")]
    [InlineData("10.0.0.1", "", "rubbish", "10.0.0.1")]
    public void The_word_of_trusted_proxies_about_an_address_is_taken_and_no_other(string peer, string forwarded, string forwardedFor, string client) =>
        Assert.Equal(IPAddress.Parse(client), ForwardedFor.Resolve(
            IPAddress.Parse(peer), [forwarded], [forwardedFor], address => IPNetwork.Parse("10.0.0.0/8").Contains(address!)));

    [Theory]
    [InlineData("127.0.0.0/8", "203.0.113.7", "HTTP/1.1 403")]
    [InlineData("127.0.0.0/8", "198.51.100.7", "HTTP/1.1 101")]
    [InlineData("192.0.2.0/24", "203.0.113.7", "HTTP/1.1 101")]
    public async Task Behind_a_trusted_proxy_the_address_that_it_names_is_judged(string proxies, string forwardedFor, string answer)
    {
        await using var server = await ListenServer.StartAsync(ListenServer.WebSocket(listener =>
        {
            listener.TrustedProxies = [IPNetwork.Parse(proxies)];
            listener.Deny = [IPNetwork.Parse("203.0.113.0/24")];
        }));

        Assert.StartsWith(answer, await AskAsync(server[0], Request + $"X-Forwarded-For: {forwardedFor}\r\n"), StringComparison.Ordinal);
    }

    private static ValueTask SendAsync(WebSocketClient client, byte[] frame) =>
        client.Socket.SendAsync(frame.AsMemory(), WebSocketMessageType.Binary, endOfMessage: true, TestContext.Current.CancellationToken);

    private static async Task<string> AskAsync(IPEndPoint server, string request)
    {
        using var client = await StreamClient.OpenAsync(server);
        await client.SendAsync(Encoding.ASCII.GetBytes(request + "\r\n"));
        return await HeadAsync(client.Stream);
    }

    private static async Task<string> HeadAsync(Stream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one).AsTask().WaitAsync(RawClient.Patience, TestContext.Current.CancellationToken) > 0)
        {
            head.Append((char)one[0]);
        }

        return head.ToString();
    }
}
