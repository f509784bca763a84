using Godwit.Protocol;
using Godwit.Server.Hosting;
using Godwit.Server.Security.Acl;
using Godwit.Server.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Godwit.Server.Tests.Acl;

using static AclAsking;

/// <summary>Rules in a broker that runs: what clients see of them.</summary>
public sealed class AclOverSocketsTests
{
    private const string Rules = """
        "Rules": [
          { "Allow": "all", "Clients": ["boss"] },
          { "Deny": "all", "Topics": ["secret/#"] },
          { "Allow": "all", "Topics": ["#"] }
        ]
        """;

    private const string NotForReaders = """
        "Rules": [
          { "Deny": "read", "Topics": ["a/#"], "Clients": ["reader"] },
          { "Allow": "all" }
        ]
        """;

    private const string NotFromBoss = """
        "Rules": [
          { "Deny": "publish", "Topics": ["a/#"], "Clients": ["boss"] },
          { "Allow": "all" }
        ]
        """;

    public static TheoryData<TransportKind> Transports => TestServer.Transports;

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-39")]
    public async Task A_subscription_of_which_nothing_could_be_received_is_refused_and_so_is_a_publish(TransportKind transport)
    {
        await using var server = await StartAsync(transport, new AclPolicy(Snapshot(Rules)));
        using var reader = await server.ConnectAsync("reader");

        Assert.Equal(0x87, await SubackOf(reader, "secret/#"));
        Assert.Equal(0x87, await SubackOf(reader, "$share/g/secret/+"));
        Assert.Equal(0x00, await SubackOf(reader, "#"));
        await reader.SendAsync(Bytes.Publish("secret/x", default, QoS.AtLeastOnce, 7));
        Assert.Equal(0x87, (await reader.ReceiveAsync()).Body[2]);
    }

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-38")]
    public async Task Below_a_wide_filter_what_is_denied_does_not_arrive_live_retained_or_shared(TransportKind transport)
    {
        await using var server = await StartAsync(transport, new AclPolicy(Snapshot(Rules)));
        using var boss = await server.ConnectAsync("boss");
        await PublishAsync(boss, Retained("secret/kept"), Retained("open/kept"));
        using var reader = await server.ConnectAsync("reader");
        await reader.SubscribeAsync("$share/g/+/live");
        await reader.SubscribeAsync("#");

        await PublishAsync(boss, Bytes.Publish("secret/live", "x"), Bytes.Publish("open/live", "x"));

        Assert.Equal(["open/kept k", "open/live x", "open/live x"], await EverythingOf(reader));
    }

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-37")]
    public async Task Other_rules_hold_for_a_subscription_that_exists(TransportKind transport)
    {
        var policy = new AclPolicy(Snapshot(Rules));
        await using var server = await StartAsync(transport, policy);
        using var boss = await server.ConnectAsync("boss");
        using var reader = await server.ConnectAsync("reader");
        await reader.SubscribeAsync("a/#");

        await PublishAsync(boss, Bytes.Publish("a/1", "x"));
        Assert.Equal(["a/1 x"], await EverythingOf(reader));

        var before = policy.Replace(Snapshot(NotForReaders));
        await PublishAsync(boss, Bytes.Publish("a/2", "x"));
        Assert.Empty(await EverythingOf(reader));

        policy.Replace(before);
        await PublishAsync(boss, Bytes.Publish("a/3", "x"));
        Assert.Equal(["a/3 x"], await EverythingOf(reader));
    }

    [Theory, MemberData(nameof(Transports)), Spec("Hostile-36")]
    public async Task A_retained_message_is_not_delivered_while_its_publisher_may_not_publish_it(TransportKind transport)
    {
        var policy = new AclPolicy(Snapshot(Rules));
        await using var server = await StartAsync(transport, policy);
        using (var boss = await server.ConnectAsync("boss"))
        {
            await PublishAsync(boss, Retained("a/kept"));
        }

        using var reader = await server.ConnectAsync("reader");
        var before = policy.Replace(Snapshot(NotFromBoss));
        await reader.SubscribeAsync("a/#");
        Assert.Empty(await EverythingOf(reader));

        policy.Replace(before);
        await reader.SubscribeAsync("a/#");
        Assert.Equal(["a/kept k"], await EverythingOf(reader));
    }

    private static async Task<TestServer> StartAsync(TransportKind transport, AclPolicy policy)
    {
        var options = new ServerOptions { Port = 0, Transport = transport, Shards = 1 };
        return new TestServer(await GodwitServer.StartAsync(options, NullLoggerFactory.Instance, new ServerSecurity { Access = policy }));
    }

    private static async Task<int> SubackOf(RawClient client, string filter)
    {
        await client.SendAsync(Bytes.Subscribe(filter));
        var suback = await client.ReceiveAsync();
        Assert.Equal(PacketType.Suback, suback.Type);
        return suback.Body[^1];
    }

    /// <summary>Sends, and waits until the broker has taken it.</summary>
    private static async Task PublishAsync(RawClient client, params byte[][] packets)
    {
        await client.SendAsync([.. packets, Bytes.Pingreq()]);
        Assert.Equal(PacketType.Pingresp, (await client.ReceiveAsync()).Type);
    }

    /// <summary>What has arrived until now: with one shard the answer to a ping comes behind it.</summary>
    private static async Task<List<string>> EverythingOf(RawClient client)
    {
        await client.SendAsync(Bytes.Pingreq());
        var all = new List<string>();
        for (var packet = await client.ReceiveAsync(); packet.Type != PacketType.Pingresp; packet = await client.ReceiveAsync())
        {
            all.Add(packet.Text());
        }

        return all;
    }

    private static byte[] Retained(string topic)
    {
        var bytes = Bytes.Publish(topic, "k");
        bytes[0] |= 0x01;               // RETAIN (§3.3.1.3)
        return bytes;
    }
}
