using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;

namespace Godwit.Conformance.Checks.Tables;

/// <summary>A broker that waits for one packet of a client, e.g. for PUBCOMP after its PUBREL; the packet then comes right or wrong.</summary>
internal sealed class Situation
{
    private readonly WireClient? _watcher;
    private readonly ushort _packetId;

    private Situation(Probe probe, Place place, WireClient client, ushort packetId, WireClient? watcher = null) =>
        (Probe, Place, Client, _packetId, _watcher) = (probe, place, client, packetId, watcher);

    public Probe Probe { get; }

    /// <summary>The packet that is due.</summary>
    public Place Place { get; }

    /// <summary>The connection that it is due on.</summary>
    public WireClient Client { get; }

    /// <summary>A topic of this situation: its PUBLISH, its filters and its will go there.</summary>
    public string Topic => TopicOf(Probe, Client);

    /// <summary>Brings a new connection to where the packet is due.</summary>
    public static async Task<Situation> PrepareAsync(Probe probe, Place place)
    {
        if (place is Place.Connect or Place.Will)
        {
            return new Situation(probe, place, await probe.OpenAsync(), 0);
        }

        if (place == Place.Disconnect)
        {
            return await PrepareDisconnectAsync(probe);
        }

        var client = await probe.ConnectAsync();
        return new Situation(probe, place, client, await PreparePacketIdAsync(probe, place, client));
    }

    /// <summary>The packet that is due, with these properties; in 3.x without any.</summary>
    public byte[] Packet(params IEnumerable<WireProperty> properties)
    {
        var bytes = properties.SelectMany(property => property.Encoded).ToArray();
        return PacketWithBlock(Probe.IsVersion5 ? [(byte)bytes.Length, .. bytes] : []);
    }

    /// <summary>The packet that is due.</summary>
    /// <param name="block">Property Length and properties, right or wrong; nothing in 3.x.</param>
    public byte[] PacketWithBlock(byte[] block) => Place switch
    {
        Place.Connect => Connect(block, null),
        Place.Will => Connect(Probe.IsVersion5 ? [0] : [], block),
        Place.Publish => new PacketBuilder(PacketType.Publish, 2).String(Topic).UInt16(_packetId).Bytes(block).Bytes("text"u8).ToBytes(),
        Place.Puback => Ack(PacketType.Puback, block),
        Place.Pubrec => Ack(PacketType.Pubrec, block),
        Place.Pubrel => Ack(PacketType.Pubrel, block),
        Place.Pubcomp => Ack(PacketType.Pubcomp, block),
        Place.Subscribe => new PacketBuilder(PacketType.Subscribe, 2).UInt16(_packetId).Bytes(block).String(Topic).Byte(0).ToBytes(),
        Place.Unsubscribe => new PacketBuilder(PacketType.Unsubscribe, 2).UInt16(_packetId).Bytes(block).String(Topic).ToBytes(),
        Place.Disconnect => Probe.IsVersion5 ? new PacketBuilder(PacketType.Disconnect).Byte(0).Bytes(block).ToBytes() : [0xE0, 0],
        _ => [.. Packets.Pingreq],
    };

    /// <summary>
    /// Sends the packet; the broker must refuse it: CONNECT with CONNACK or by closing, another with DISCONNECT or by closing.
    /// A refused DISCONNECT shows in the will, which the broker then publishes.
    /// </summary>
    /// <returns>What came, for <see cref="Probe.Saw"/>.</returns>
    public async Task<string> IsRefusedAsync(byte[] packet)
    {
        if (Place is Place.Connect or Place.Will)
        {
            await Client.SendAsync(packet);
            return await Refusals.OfConnectAsync(Client);
        }

        await Client.SendAsync(Place == Place.Disconnect ? [packet] : [packet, Packets.Pingreq]);
        var answer = await Client.IsClosedAsync(0x81, 0x82);
        if (_watcher is not null)
        {
            await _watcher.ReceivePublishAsync("will");
        }

        return answer;
    }

    /// <summary>Sends the packet; the broker must take it.</summary>
    public async Task IsAcceptedAsync(byte[] packet)
    {
        var (accepted, answer) = await AnswerAsync(packet);
        Probe.Ensure(accepted, $"a broker that takes this {Place.NameOf()}", answer);
    }

    /// <summary>Sends the packet and looks whether the broker takes it.</summary>
    public async Task<(bool Accepted, string Answer)> AnswerAsync(byte[] packet)
    {
        if (_watcher is not null)
        {
            return await DisconnectAnswerAsync(packet, _watcher);
        }

        // Nothing answers PUBACK and PUBCOMP, so that PINGRESP tells.
        var expected = Place switch
        {
            Place.Connect or Place.Will => PacketType.Connack,
            Place.Publish => PacketType.Puback,
            Place.Pubrec => PacketType.Pubrel,
            Place.Pubrel => PacketType.Pubcomp,
            Place.Subscribe => PacketType.Suback,
            Place.Unsubscribe => PacketType.Unsuback,
            _ => PacketType.Pingresp,
        };
        await Client.SendAsync(Place is Place.Puback or Place.Pubcomp ? [packet, Packets.Pingreq] : [packet]);
        var answer = await Client.ReceiveOrEndAsync(PacketText.NameOf(expected));
        return answer is null
            ? (false, "the end of the connection")
            : (answer.Type == expected && answer.ReasonCode < 0x80 && answer.ReasonCodes.All(code => code < 0x80) && (answer.Type != PacketType.Connack || answer.ReasonCode == 0), answer.ToString());
    }

    private static string TopicOf(Probe probe, WireClient client) => probe.Topic(client.Name);

    private static async Task<Situation> PrepareDisconnectAsync(Probe probe)
    {
        var clientId = probe.Complete(new ConnectOptions()).ClientId!;
        var topic = probe.Topic("will/" + clientId);
        var watcher = await probe.ConnectSubscriberAsync(topic);
        var client = await probe.ConnectAsync(new ConnectOptions { ClientId = clientId, Will = new WillOptions(topic) });
        return new Situation(probe, Place.Disconnect, client, 0, watcher);
    }

    /// <summary>Starts the exchange that the packet belongs to.</summary>
    /// <returns>The Packet Identifier of the packet that is due.</returns>
    private static async Task<ushort> PreparePacketIdAsync(Probe probe, Place place, WireClient client)
    {
        Needs.QoS(client, place is Place.Publish or Place.Puback ? 1 : Place.Acks.HasFlag(place) ? 2 : 0);
        var packetId = client.NextPacketId();
        var topic = TopicOf(probe, client);
        if (place == Place.Pubrel)
        {
            await client.SendPublishAsync(topic, "text", new PublishOptions { QoS = 2, PacketId = packetId });
            await client.ReceiveAnswerAsync(PacketType.Pubrec, packetId);
        }

        if (!Place.Acks.HasFlag(place) || place == Place.Pubrel)
        {
            return packetId;
        }

        await client.SubscribeAsync(topic, place == Place.Puback ? 1 : 2);
        await (await probe.ConnectAsync()).PublishAsync(topic, "text", qos: place == Place.Puback ? 1 : 2);
        packetId = (await client.ReceivePublishAsync("text")).PacketId;
        if (place == Place.Pubcomp)
        {
            await client.SendAsync(Packets.Ack(probe.Version, PacketType.Pubrec, packetId));
            await client.ReceiveAnswerAsync(PacketType.Pubrel, packetId);
        }

        return packetId;
    }

    private byte[] Ack(PacketType type, byte[] block)
    {
        var packet = new PacketBuilder(type, type == PacketType.Pubrel ? 2 : 0).UInt16(_packetId);
        return Probe.IsVersion5 ? packet.Byte(0).Bytes(block).ToBytes() : packet.ToBytes();
    }

    private byte[] Connect(byte[] block, byte[]? willBlock)
    {
        var options = Probe.Complete(new ConnectOptions());
        var flags = 0x02 | (willBlock is null ? 0 : 0x04) | (options.Password is null ? 0 : 0x40) | (options.UserName is null ? 0 : 0x80);
        var packet = new PacketBuilder(PacketType.Connect)
            .String(Probe.Version == ProtocolVersion.Mqtt31 ? "MQIsdp" : "MQTT").Byte((int)Probe.Version).Byte(flags).UInt16(60)
            .Bytes(block).String(options.ClientId!);
        if (willBlock is not null)
        {
            packet.Bytes(willBlock).String(Topic).String("will");
        }

        foreach (var field in new[] { options.UserName, options.Password }.OfType<string>())
        {
            packet.String(field);
        }

        return packet.ToBytes();
    }

    /// <summary>The broker took the DISCONNECT when the next message on the will's topic is not the will.</summary>
    private async Task<(bool Accepted, string Answer)> DisconnectAnswerAsync(byte[] packet, WireClient watcher)
    {
        await Client.SendAsync(packet);
        var last = await Ending.PacketAsync(Client);
        var topic = Probe.Topic("will/" + Client.ClientId);
        var next = await Probe.ConnectAsync(new ConnectOptions { ClientId = Client.ClientId });
        await next.PublishAsync(topic, "marker", qos: 1);
        var message = await watcher.ReceivePublishAsync();
        return (last is null && string.Equals(message.Text, "marker", StringComparison.Ordinal), last?.ToString() ?? message.ToString());
    }
}
