using System.Text;
using Godwit.Fuzz.Engine;
using Godwit.Protocol;
using Godwit.Protocol.Tests.Support;

namespace Godwit.Fuzz.Packets;

/// <summary>
/// The dictionary: packets that are right, made of few names and few packet ids, so that they have to do with each other. Written
/// byte by byte, without the product's writers.
/// </summary>
internal sealed class PacketMaker(FuzzRandom random, ProtocolVersion version)
{
    private const int PacketIdMax = 9;

    private static readonly string[] Topics = ["t", "a", "a/b", "a/b/c", "/", "a/", "$x/y", "温/度", "a//b"];

    private static readonly string[] BadTopics = ["", "a/+", "#", "$SYS/broker/x"];

    private static readonly string[] Filters =
    [
        "t", "a", "a/#", "+", "+/b", "#", "/", "+/+", "a/+/c", "$SYS/#", "$x/#", "温/#", "$share/g/t", "$share/g/#", "$share/h/a/+", "$share/g/+/b",
    ];

    private static readonly string[] BadFilters = ["", "a#", "a/#/b", "+a", "$share/g", "$share//a", "$share/g/", "$share/+/a"];

    private static readonly string[] ClientIds = ["a", "b", "c", "d", ""];

    /// <summary>Session Expiry Interval; Topic Alias Maximum; Receive Maximum; Maximum Packet Size; some together.</summary>
    private static readonly byte[][] Demands =
    [
        [0x11, 0, 0, 0, 100], [0x11, 0xFF, 0xFF, 0xFF, 0xFF], [0x11, 0, 0, 0, 100, 0x22, 0, 2], [0x11, 0, 0, 0, 5, 0x21, 0, 1], [0x27, 0, 0, 0, 40],
    ];

    private bool IsVersion5 => version == ProtocolVersion.Mqtt5;

    public byte[] FromClient() => random.Below(16) switch
    {
        0 when random.OneIn(10) => Connect(),
        0 or 1 or 2 => Subscribe(),
        3 => Unsubscribe(),
        4 or 5 or 6 or 7 or 8 => Publish(fromServer: false),
        9 or 10 => Ack(4),
        11 => Ack(5),
        12 => Ack(6),
        13 => Ack(7),
        14 => random.OneIn(4) ? Disconnect([0x00, 0x04, 0x80, 0x81]) : Raw.Packet(0xC0),
        _ => random.OneIn(8) ? Auth() : Raw.Packet(0xC0),
    };

    public byte[] FromServer() => random.Below(16) switch
    {
        0 => Connack(),
        1 or 2 or 3 => Answer(9, [0x00, 0x01, 0x02, 0x80]),
        4 or 5 => Answer(11, [0x00, 0x11]),
        6 or 7 or 8 or 9 => Publish(fromServer: true),
        10 or 11 => Ack(4),
        12 => Ack(5),
        13 => Ack(6),
        14 => random.OneIn(4) ? Disconnect([0x00, 0x8B, 0x8E, 0x98]) : Ack(7),
        _ => random.OneIn(8) ? Auth() : Raw.Packet(0xD0),
    };

    /// <summary>A CONNECT of the version; half of them keep their session, a third have a will.</summary>
    public byte[] Connect(string? clientId = null)
    {
        var hasWill = random.OneIn(3);
        var hasUser = random.OneIn(4);
        var hasPassword = hasUser && random.OneIn(2);
        var flags = (random.OneIn(2) ? 0x02 : 0) | (hasWill ? 0x04 | (random.Below(3) << 3) | (random.OneIn(3) ? 0x20 : 0) : 0)
            | (hasUser ? 0x80 : 0) | (hasPassword ? 0x40 : 0);
        List<byte> body =
        [
            .. Text(version == ProtocolVersion.Mqtt31 ? "MQIsdp" : "MQTT"), (byte)version, (byte)flags, 0, (byte)(random.OneIn(2) ? 0 : random.Below(60)),
            .. Properties("CONNECT", random.Pick(Demands)), .. Text(clientId ?? random.Pick(ClientIds)),
        ];
        if (hasWill)
        {
            body.AddRange([.. Properties("Will", [0x18, 0, 0, 0, (byte)random.Below(20)]), .. Text(random.Pick(Topics)), .. Raw.String(Payload())]);
        }

        body.AddRange(hasUser ? Text("user") : []);
        body.AddRange(hasPassword ? Text("word") : []);
        return Raw.Packet(0x10, [.. body]);
    }

    public byte[] Connack()
    {
        var code = random.OneIn(4) ? random.Pick((byte[])[0x01, 0x02, 0x05, 0x80, 0x87, 0x9F]) : (byte)0;
        return Raw.Packet(0x20, [(byte)random.Below(2), code, .. Properties("CONNACK", [0x21, 0, (byte)random.Between(1, 5)])]);
    }

    public byte[] Publish(bool fromServer)
    {
        var qos = random.Below(3);
        var flags = (qos << 1) | (random.OneIn(4) ? 1 : 0) | (qos > 0 && random.OneIn(6) ? 8 : 0);
        var alias = (byte)random.Between(1, 3);
        byte[] usual = fromServer && random.OneIn(2) ? [0x0B, alias] : [0x23, 0, alias];
        var properties = Properties("PUBLISH", usual);
        var topic = random.OneIn(40) ? random.Pick(BadTopics) : properties.Length > 1 && random.OneIn(4) ? "" : random.Pick(Topics);
        return Raw.Packet((byte)(0x30 | flags), [.. Text(topic), .. qos == 0 ? [] : PacketId(), .. properties, .. Payload()]);
    }

    public byte[] Subscribe()
    {
        var body = new List<byte>([.. PacketId(), .. Properties("SUBSCRIBE", [0x0B, (byte)random.Between(1, 200)])]);
        for (var count = random.Size(4); count > 0; count--)
        {
            var options = random.Below(3) | (IsVersion5 && random.OneIn(3) ? (random.Below(2) << 3) | (random.Below(3) << 4) : 0) | (IsVersion5 && random.OneIn(10) ? 4 : 0);
            body.AddRange([.. Filter(), (byte)options]);
        }

        return Raw.Packet(0x82, [.. body]);
    }

    public byte[] Unsubscribe()
    {
        var filters = Enumerable.Range(0, random.Size(3)).SelectMany(_ => Filter());
        return Raw.Packet(0xA2, [.. PacketId(), .. Properties("UNSUBSCRIBE", []), .. filters]);
    }

    /// <summary>PUBACK (4) to PUBCOMP (7).</summary>
    public byte[] Ack(int type)
    {
        var first = (byte)((type << 4) | (type == 6 ? 2 : 0));
        byte[] codes = type is 4 or 5 ? [0x00, 0x10, 0x80, 0x97] : [0x00, 0x92];
        return IsVersion5 && random.OneIn(3)
            ? Raw.Packet(first, [.. PacketId(), random.Pick(codes), .. random.OneIn(2) ? Properties("PUBACK", []) : []])
            : Raw.Packet(first, PacketId());
    }

    private byte[] Answer(int type, byte[] codes)
    {
        var list = Enumerable.Range(0, random.Below(5)).Select(_ => random.Pick(codes));
        return Raw.Packet((byte)(type << 4), [.. PacketId(), .. Properties("SUBACK", []), .. type == 11 && !IsVersion5 ? [] : list]);
    }

    private byte[] Disconnect(byte[] codes) =>
        IsVersion5 && random.OneIn(2) ? Raw.Packet(0xE0, [random.Pick(codes), .. Properties("DISCONNECT", [])]) : Raw.Packet(0xE0);

    private byte[] Auth() => Raw.Packet(0xF0, [0x18, .. Raw.Block([.. Hex.Parse("15 0001 'm'")])]);

    /// <summary>Property Length and properties in 5.0; nothing in 3.x.</summary>
    /// <param name="place">Name in table 2-4.</param>
    /// <param name="usual">What this packet often has; may be empty.</param>
    private byte[] Properties(string place, byte[] usual) => !IsVersion5 ? [] : random.Below(4) switch
    {
        0 => Raw.Block(usual),
        1 => Raw.Block([.. usual, .. PropertyMaker.AllowedIn(place, random)]),
        _ => [0],
    };

    private byte[] Filter() => Text(random.Pick(random.OneIn(40) ? BadFilters : Filters));

    private byte[] PacketId() => [0, (byte)random.Between(1, PacketIdMax)];

    private byte[] Payload() => random.Bytes(random.OneIn(3) ? 0 : random.Size(40));

    private static byte[] Text(string text) => Raw.String(Encoding.UTF8.GetBytes(text));
}
