using Godwit.Protocol;
using Godwit.Server.Hosting;
using Godwit.Server.Tests.Support;

namespace Godwit.Server.Tests;

public sealed class PublishOverSocketsTests
{
    public static TheoryData<TransportKind> Transports => TestServer.Transports;

    [Theory, MemberData(nameof(Transports)), Spec("R1", "R15")]
    public async Task A_message_reaches_its_subscriber(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(transport);
        using var subscriber = await (await server.ConnectAsync("subscriber")).SubscribeAsync("a/+");
        using var publisher = await server.ConnectAsync("publisher");

        await publisher.SendAsync(Bytes.Publish("a/b", "hello"));

        Assert.Equal("a/b hello", (await subscriber.ReceiveAsync()).Text());
    }

    [Theory, MemberData(nameof(Transports)), Spec("R5", "R6")]
    public async Task Every_version_is_served_on_the_same_port(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(transport);

        foreach (var version in new[] { ProtocolVersion.Mqtt31, ProtocolVersion.Mqtt311, ProtocolVersion.Mqtt5 })
        {
            using var client = await RawClient.ConnectAsync(server.EndPoint, $"client{version}", version);
            await client.SubscribeAsync("v");
            await client.SendAsync(Bytes.Publish("v", "1"u8, version: version));
            Assert.Equal("v 1", (await client.ReceiveAsync()).Text(version));
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task The_default_listens_on_both_loopback_addresses(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(transport);

        Assert.Equal("127.0.0.1", server.EndPoint.Address.ToString());
        foreach (var listener in server.Server.Listeners)
        {
            Assert.Equal(server.EndPoint.Port, listener.EndPoint.Port);
            using var client = await RawClient.ConnectAsync(listener.EndPoint, "client");
        }
    }

    [Theory, MemberData(nameof(Transports)), Spec("R52")]
    public async Task Packets_may_arrive_in_segments_of_one_byte(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(transport);
        using var client = await server.OpenAsync();

        byte[] stream = [.. Bytes.Connect("slow"), .. Bytes.Subscribe("a"), .. Bytes.Publish("a", "one"), .. Bytes.Pingreq()];
        foreach (var single in stream)
        {
            await client.SendAsync([single]);
        }

        Assert.Equal(0, (await client.ReceiveAsync()).ConnackCode);
        Assert.Equal(PacketType.Suback, (await client.ReceiveAsync()).Type);
        Assert.Equal("a one", (await client.ReceiveAsync()).Text());
        Assert.Equal(PacketType.Pingresp, (await client.ReceiveAsync()).Type);
    }

    [Theory, MemberData(nameof(Transports)), Spec("MQTT-3.1.4-5")]
    public async Task A_client_need_not_wait_for_CONNACK(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(transport);
        using var client = await server.OpenAsync();

        // Everything in one segment, more than one read buffer long.
        byte[][] publishes = [.. Enumerable.Range(0, 3_000).Select(i => Bytes.Publish("a", $"message {i} {new string('x', 30)}"))];
        await client.SendAsync([Bytes.Connect("hasty"), Bytes.Subscribe("a"), .. publishes, Bytes.Pingreq()]);

        Assert.Equal(0, (await client.ReceiveAsync()).ConnackCode);
        Assert.Equal(PacketType.Suback, (await client.ReceiveAsync()).Type);
        for (var i = 0; i < publishes.Length; i++)
        {
            Assert.StartsWith($"a message {i} ", (await client.ReceiveAsync()).Text());
        }

        Assert.Equal(PacketType.Pingresp, (await client.ReceiveAsync()).Type);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_large_message_passes_unaltered(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(transport);
        using var subscriber = await (await server.ConnectAsync("subscriber")).SubscribeAsync("big");
        using var publisher = await server.ConnectAsync("publisher");
        var payload = new byte[1_900_000];
        new Random(7).NextBytes(payload);

        await publisher.SendAsync(Bytes.Publish("big", payload));

        var body = (await subscriber.ReceiveAsync()).Body;
        Assert.True(body.AsSpan(^payload.Length..).SequenceEqual(payload));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Messages_pass_between_shards_in_order(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(transport, options => options.Shards = 2);
        var handshake = server.Server.Core.Handshake;
        var names = Enumerable.Range(0, 100).Select(i => $"client{i}").ToLookup(name => handshake.TryRead(Bytes.Connect(name)).ShardIndex);
        using var publisher = await server.ConnectAsync(names[0].First());
        using var subscriber = await (await server.ConnectAsync(names[1].First())).SubscribeAsync("a");

        await publisher.SendAsync([.. Enumerable.Range(0, 1_000).Select(i => Bytes.Publish("a", $"{i}"))]);

        for (var i = 0; i < 1_000; i++)
        {
            Assert.Equal($"a {i}", (await subscriber.ReceiveAsync()).Text());
        }
    }

    [Theory, MemberData(nameof(Transports)), Spec("MQTT-3.12.4-1")]
    public async Task PINGREQ_is_answered_while_others_flood(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(transport, options => options.Shards = 1);
        using var flooder = await (await server.ConnectAsync("flooder")).SubscribeAsync("flood");
        using var quiet = await server.ConnectAsync("quiet");
        var burst = Enumerable.Repeat(Bytes.Publish("flood", new string('x', 1_000)), 2_000).ToArray();
        var flood = flooder.SendAsync(burst);

        for (var i = 0; i < 20; i++)
        {
            await quiet.SendAsync(Bytes.Pingreq());
            Assert.Equal(PacketType.Pingresp, (await quiet.ReceiveAsync()).Type);
        }

        for (var i = 0; i < burst.Length; i++)
        {
            await flooder.ReceiveAsync();
        }

        await flood;
    }
}
