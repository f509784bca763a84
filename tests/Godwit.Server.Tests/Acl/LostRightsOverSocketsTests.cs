using System.Text;
using Godwit.Protocol;
using Godwit.Server.Hosting;
using Godwit.Server.Security.Acl;
using Godwit.Server.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Godwit.Server.Tests.Acl;

using static AclAsking;

/// <summary>Rights that end while something is on its way: a will, a queue, an exchange. Both transports, and each version where it says it differently.</summary>
public sealed class LostRightsOverSocketsTests
{
    private const string Open = """ "Rules": [ { "Deny": "publish", "Topics": ["closed/#"], "Clients": ["writer"] }, { "Allow": "all" } ] """;
    private const string NotToReader = """ "Rules": [ { "Deny": "read", "Topics": ["a/#"], "Clients": ["reader"] }, { "Allow": "all" } ] """;
    private const string NotFromWriter = """ "Rules": [ { "Deny": "publish", "Topics": ["a/#"], "Clients": ["writer"] }, { "Allow": "all" } ] """;
    private const string OnlyOne = """ "Rules": [ { "Allow": "all", "Topics": ["a/b"], "Clients": ["reader"] }, { "Allow": "all", "Clients": ["writer"] } ] """;

    public static TheoryData<TransportKind, ProtocolVersion> Versions => new(
        from transport in TestServer.Transports.Select(row => row.Data)
        from version in (ProtocolVersion[])[ProtocolVersion.Mqtt5, ProtocolVersion.Mqtt311]
        select (transport, version));

    [Theory, MemberData(nameof(Versions)), Spec("Hostile-41")]
    public async Task A_will_on_a_denied_topic_is_refused_with_its_CONNECT(TransportKind transport, ProtocolVersion version)
    {
        var (server, _) = await StartAsync(transport);
        await using var running = server;
        using var writer = await RawClient.OpenAsync(server.EndPoint, version);

        await writer.SendAsync(Connect("writer", version, "closed/will"));

        Assert.Equal(version == ProtocolVersion.Mqtt5 ? 0x87 : 5, (await writer.ReceiveAsync()).ConnackCode);
        await writer.ReceiveEndAsync();
        using var reader = await server.ConnectAsync("reader");
        await reader.SubscribeAsync("closed/#");
        Assert.Empty(await EverythingOf(reader));
    }

    [Theory, MemberData(nameof(Versions)), Spec("Hostile-41")]
    public async Task A_will_whose_right_has_gone_is_neither_published_nor_retained(TransportKind transport, ProtocolVersion version)
    {
        var (server, policy) = await StartAsync(transport);
        await using var running = server;
        using var reader = await server.ConnectAsync("reader");
        await reader.SubscribeAsync("a/#");
        foreach (var (rules, isPublished) in (IEnumerable<(string, bool)>)[(Open, true), (NotFromWriter, false)])
        {
            policy.Replace(Snapshot(Open));
            var writer = await RawClient.OpenAsync(server.EndPoint, version);
            await writer.SendAsync(Connect("writer", version, "a/will"));
            Assert.Equal(0, (await writer.ReceiveAsync()).ConnackCode);

            policy.Replace(Snapshot(rules));
            writer.Reset();
            using var next = await RawClient.ConnectAsync(server.EndPoint, "writer", version);      // the old connection is over

            Assert.Equal(isPublished ? ["a/will gone"] : [], await EverythingOf(reader));
            await next.SendAsync(Bytes.Disconnect());
        }

        policy.Replace(Snapshot(NotFromWriter));
        using var late = await server.ConnectAsync("late");
        await late.SubscribeAsync("a/#");
        Assert.Empty(await EverythingOf(late));             // the one of before was retained, and its publisher has lost the right since
    }

    [Theory, MemberData(nameof(Versions)), Spec("Hostile-38", "Hostile-37")]
    public async Task What_waits_for_a_client_is_not_delivered_once_its_right_has_gone(TransportKind transport, ProtocolVersion version)
    {
        var (server, policy) = await StartAsync(transport);
        await using var running = server;
        using (var reader = await ReturnAsync(server, version, isKnown: false))
        {
            await reader.SubscribeAsync("#", QoS.ExactlyOnce);
            await reader.SendAsync(Bytes.Disconnect());
            await reader.ReceiveEndAsync();
        }

        using var writer = await server.ConnectAsync("writer");
        await PublishAsync(writer, "a/queued", QoS.AtLeastOnce, 1);
        await PublishAsync(writer, "b/queued", QoS.AtLeastOnce, 2);
        await PublishAsync(writer, "a/queued", QoS.ExactlyOnce, 3);

        policy.Replace(Snapshot(NotToReader));
        using var back = await ReturnAsync(server, version, isKnown: true);

        Assert.Equal(["b/queued m"], await EverythingOf(back, version));
    }

    [Theory, MemberData(nameof(Versions)), Spec("Hostile-38", "Hostile-44")]
    public async Task What_was_sent_and_not_acknowledged_is_not_sent_again_without_the_right(TransportKind transport, ProtocolVersion version)
    {
        var (server, policy) = await StartAsync(transport);
        await using var running = server;
        using var writer = await server.ConnectAsync("writer");
        var reader = await ReturnAsync(server, version, isKnown: false);
        await reader.SubscribeAsync("a/1", QoS.AtLeastOnce);
        await reader.SubscribeAsync("a/2", QoS.ExactlyOnce);
        await PublishAsync(writer, "a/1", QoS.AtLeastOnce, 1);
        await PublishAsync(writer, "a/2", QoS.ExactlyOnce, 2);
        Assert.Equal(["a/1 m", "a/2 m"], (await TakeAsync(reader, 2)).Select(packet => packet.Text(version)));
        reader.Reset();

        policy.Replace(Snapshot(NotToReader));
        using var back = await ReturnAsync(server, version, isKnown: true);

        // The packet id of the QoS 2 message has to become free: the client may have it.
        var pubrel = await back.ReceiveAsync();
        Assert.Equal((PacketType.Pubrel, 2), (pubrel.Type, (pubrel.Body[0] << 8) | pubrel.Body[1]));
        await back.SendAsync([0x70, 0x02, 0, 2]);
        Assert.Empty(await EverythingOf(back, version));
    }

    [Theory, MemberData(nameof(Versions)), Spec("Hostile-44")]
    public async Task A_right_to_publish_that_ends_between_PUBREC_and_PUBREL_lets_nothing_more_through(TransportKind transport, ProtocolVersion version)
    {
        var (server, policy) = await StartAsync(transport);
        await using var running = server;
        using var reader = await server.ConnectAsync("reader");
        await reader.SubscribeAsync("a/#");
        var writer = await RawClient.OpenAsync(server.EndPoint, version);
        await writer.SendAsync(Connect("writer", version, willTopic: null, cleanStart: false));
        Assert.Equal(0, (await writer.ReceiveAsync()).ConnackCode);
        await writer.SendAsync(Bytes.Publish("a/x", "m"u8, QoS.ExactlyOnce, 7, version));
        Assert.Equal(PacketType.Pubrec, (await writer.ReceiveAsync()).Type);
        Assert.Equal(["a/x m"], await EverythingOf(reader));           // it is delivered when it comes, and had the right then
        writer.Reset();

        policy.Replace(Snapshot(NotFromWriter));
        using var back = await RawClient.OpenAsync(server.EndPoint, version);
        await back.SendAsync(Connect("writer", version, willTopic: null, cleanStart: false));
        Assert.Equal(0, (await back.ReceiveAsync()).ConnackCode);
        var again = Bytes.Publish("a/x", "m"u8, QoS.ExactlyOnce, 7, version);
        again[0] |= 0x08;               // DUP
        await back.SendAsync(again, [0x62, 0x02, 0, 7]);

        Assert.Equal(PacketType.Pubrec, (await back.ReceiveAsync()).Type);
        Assert.Equal(PacketType.Pubcomp, (await back.ReceiveAsync()).Type);
        Assert.Empty(await EverythingOf(reader));
    }

    [Theory, MemberData(nameof(Versions)), Spec("Hostile-43", "Hostile-39")]
    public async Task Wide_filters_bring_what_may_be_received_and_others_are_refused(TransportKind transport, ProtocolVersion version)
    {
        var (server, policy) = await StartAsync(transport);
        await using var running = server;
        policy.Replace(Snapshot(OnlyOne));
        using var reader = await RawClient.ConnectAsync(server.EndPoint, "reader", version);
        var refusal = version == ProtocolVersion.Mqtt5 ? 0x87 : 0x80;

        foreach (var (filter, code) in (IEnumerable<(string, int)>)[("#", 0), ("+/+", 0), ("a/#", 0), ("a/c", refusal), ("c/#", refusal), ("$share/g/c/#", refusal), ("$SYS/#", refusal)])
        {
            await reader.SendAsync(Bytes.Subscribe(filter, version: version));
            Assert.Equal((filter, code), (filter, (await reader.ReceiveAsync()).Body[^1]));
        }

        using var writer = await server.ConnectAsync("writer");
        await PublishAsync(writer, "a/c", QoS.AtLeastOnce, 1);
        await PublishAsync(writer, "a/b", QoS.AtLeastOnce, 2);
        Assert.Equal(["a/b m"], await EverythingOf(reader, version));
    }

    [Theory, MemberData(nameof(Versions)), Spec("Hostile-40", "Trap-100")]
    public async Task Below_SYS_nobody_writes_and_only_who_may_reads(TransportKind transport, ProtocolVersion version)
    {
        var (server, policy) = await StartAsync(transport);
        await using var running = server;
        using var writer = await RawClient.ConnectAsync(server.EndPoint, "writer", version);
        using var reader = await server.ConnectAsync("reader");
        await reader.SubscribeAsync("$SYS/broker/forged");
        await reader.SubscribeAsync("a/$SYS/x");

        await PublishAsync(writer, "$SYS/broker/forged", QoS.AtLeastOnce, 1, version);
        await PublishAsync(writer, "a/$SYS/x", QoS.AtLeastOnce, 2, version);           // in another level it is a letter like any
        Assert.Equal(["a/$SYS/x m"], await EverythingOf(reader));

        policy.Replace(Snapshot(OnlyOne));
        await reader.SendAsync(Bytes.Subscribe("$SYS/broker/version"));
        Assert.Equal(0x87, (await reader.ReceiveAsync()).Body[^1]);
    }

    private static async Task<(TestServer Server, AclPolicy Policy)> StartAsync(TransportKind transport)
    {
        var policy = new AclPolicy(Snapshot(Open));
        var options = new ServerOptions { Port = 0, Transport = transport, Shards = 1 };
        var server = await GodwitServer.StartAsync(options, NullLoggerFactory.Instance, new ServerSecurity { Access = policy });
        return (new TestServer(server), policy);
    }

    private static async Task<RawClient> ReturnAsync(TestServer server, ProtocolVersion version, bool isKnown)
    {
        var reader = await RawClient.OpenAsync(server.EndPoint, version);
        await reader.SendAsync(Connect("reader", version, willTopic: null, cleanStart: false));
        var connack = await reader.ReceiveAsync();
        Assert.Equal((0, isKnown), (connack.ConnackCode, (connack.Body[0] & 1) == 1));
        return reader;
    }

    /// <summary>Publishes, takes the acknowledgements, and ends the exchange of QoS 2; so the broker has taken it.</summary>
    private static async Task PublishAsync(RawClient client, string topic, QoS qos, ushort packetId, ProtocolVersion version = ProtocolVersion.Mqtt5)
    {
        await client.SendAsync(Bytes.Publish(topic, "m"u8, qos, packetId, version));
        Assert.Equal(qos == QoS.AtLeastOnce ? PacketType.Puback : PacketType.Pubrec, (await client.ReceiveAsync()).Type);
        if (qos == QoS.ExactlyOnce)
        {
            await client.SendAsync([0x62, 0x02, 0, (byte)packetId]);
            Assert.Equal(PacketType.Pubcomp, (await client.ReceiveAsync()).Type);
        }
    }

    private static async Task<List<ReceivedPacket>> TakeAsync(RawClient client, int count)
    {
        var packets = new List<ReceivedPacket>();
        while (packets.Count < count)
        {
            packets.Add(await client.ReceiveAsync());
        }

        return packets;
    }

    /// <summary>What has arrived until now: with one shard the answer to a ping comes behind it.</summary>
    private static async Task<List<string>> EverythingOf(RawClient client, ProtocolVersion version = ProtocolVersion.Mqtt5)
    {
        await client.SendAsync(Bytes.Pingreq());
        var all = new List<string>();
        for (var packet = await client.ReceiveAsync(); packet.Type != PacketType.Pingresp; packet = await client.ReceiveAsync())
        {
            all.Add(packet.Text(version));
        }

        return all;
    }

    /// <summary>A session that stays for 1000 seconds or, in 3.1.1, for ever; with a will that is retained.</summary>
    private static byte[] Connect(string clientId, ProtocolVersion version, string? willTopic, bool cleanStart = true)
    {
        var isNew = version == ProtocolVersion.Mqtt5;
        var flags = (cleanStart ? 0x02 : 0) | (willTopic is null ? 0 : 0x24);
        byte[] properties = isNew ? [5, 0x11, 0, 0, 0x03, 0xE8] : [];
        byte[] will = willTopic is null ? [] : [.. isNew ? (byte[])[0] : [], .. Field(willTopic), .. Field("gone")];
        byte[] body = [0, 4, .. "MQTT"u8, (byte)(isNew ? 5 : 4), (byte)flags, 0, 0, .. properties, .. Field(clientId), .. will];
        return [0x10, (byte)body.Length, .. body];

        static byte[] Field(string text) => [0, (byte)text.Length, .. Encoding.UTF8.GetBytes(text)];
    }
}
