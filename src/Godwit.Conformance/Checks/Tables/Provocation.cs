using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Checks.Tables;

/// <summary>Something after which a broker must close the connection.</summary>
/// <param name="Name">In words.</param>
/// <param name="Codes">The codes that a DISCONNECT of 5.0 may give.</param>
/// <param name="ActAsync">Does it on a connected client.</param>
internal sealed record Provocation(string Name, byte[] Codes, Func<Probe, WireClient, Task> ActAsync)
{
    /// <summary>What a client of any version can do.</summary>
    public static readonly IReadOnlyList<Provocation> OfAllVersions =
    [
        new("SUBSCRIBE with wrong flags", [0x81, 0x82], (probe, client) =>
            client.SendAsync([0x80, .. Packets.Subscribe(probe.Version, 1, new SubscribeOptions(), probe.Topic("x")).AsSpan(1)])),
        new("PUBLISH that ends inside its topic", [0x81, 0x82], (_, client) => client.SendAsync([0x30, 0x03, 0x00, 0x09, (byte)'a'])),
        new("PUBLISH with QoS 3", [0x81, 0x82], (_, client) => client.SendAsync([0x36, 0x06, 0x00, 0x01, (byte)'a', 0x00, 0x01, 0x00])),
        new("PUBLISH with a topic that is not UTF-8", [0x81, 0x82, 0x90], (_, client) => client.SendAsync([0x30, 0x05, 0x00, 0x02, 0xC0, 0x80, 0x00])),
        new("PUBLISH with a wildcard", [0x81, 0x82, 0x90], (probe, client) => client.SendPublishAsync(probe.Topic("#"), "text")),
        new("SUBSCRIBE without a filter", [0x81, 0x82], (probe, client) =>
            client.SendAsync(new PacketBuilder(PacketType.Subscribe, 2).UInt16(1).Properties(probe.Version).ToBytes())),
        new("a reserved packet type", [0x81, 0x82], (_, client) => client.SendAsync([0x00, 0x00])),
        new("a second CONNECT", [0x81, 0x82], (probe, client) =>
            client.SendAsync(Packets.Connect(probe.Complete(new ConnectOptions { ClientId = client.ClientId })))),
        new("the same client again", [0x8E], async (probe, client) => await probe.ConnectAsync(new ConnectOptions { ClientId = client.ClientId })),
    ];

    /// <summary>What only a client of 5.0 can do.</summary>
    private static readonly IReadOnlyList<Provocation> OfVersion5 =
    [
        new("a Property Identifier that does not exist", [0x81, 0x82], (_, client) => client.SendAsync([0x30, 0x06, 0x00, 0x01, (byte)'a', 0x02, 0x7F, 0x00])),
        new("a property twice", [0x81, 0x82], (probe, client) => client.SendPublishAsync(probe.Topic("x"), "text", new PublishOptions
        {
            Properties = [WireProperty.Text(PropertyId.ContentType, "a"), WireProperty.Text(PropertyId.ContentType, "b")],
        })),
        new("a Topic Alias above the maximum", [0x81, 0x82, 0x94], (probe, client) => client.SendPublishAsync(probe.Topic("x"), "text", new PublishOptions
        {
            Properties = [WireProperty.Number(PropertyId.TopicAlias, Math.Min(client.Connack!.NumberOr(PropertyId.TopicAliasMaximum, 0) + 1, ushort.MaxValue))],
        })),
        new("a Topic Alias of 0", [0x81, 0x82, 0x94], (probe, client) => client.SendPublishAsync(probe.Topic("x"), "text", new PublishOptions
        {
            Properties = [WireProperty.Number(PropertyId.TopicAlias, 0)],
        })),
        new("AUTH although no method was agreed", [0x81, 0x82, 0x8C], (_, client) =>
            client.SendAsync(Packets.Auth(0x19, WireProperty.Text(PropertyId.AuthenticationMethod, "method")))),
        new("DISCONNECT with a code of servers", [0x81, 0x82], (_, client) => client.SendAsync([0xE0, 0x02, 0x8E, 0x00])),
    ];

    /// <summary>Does it, and looks how the broker ends the connection.</summary>
    /// <returns>IsEnd false: it did not mind, which other checks judge. Null for the DISCONNECT: it just closed.</returns>
    public async Task<(bool IsEnd, Received? Disconnect)> EndAsync(Probe probe, WireClient client)
    {
        await ActAsync(probe, client);
        await client.SendAsync(Packets.Pingreq);            // a broker that did not mind answers
        var packet = await client.ReceiveOrEndAsync("DISCONNECT or the end of the connection");
        return (packet is null or { Type: PacketType.Disconnect }, packet is { Type: PacketType.Disconnect } ? packet : null);
    }

    /// <summary>What a client of this version can do.</summary>
    public static IEnumerable<Provocation> Of(ProtocolVersion version) => version == ProtocolVersion.Mqtt5 ? OfAllVersions.Concat(OfVersion5) : OfAllVersions;
}
