using System.Text;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;

namespace Godwit.Floods.Support;

/// <summary>Packets of 5.0 as bytes.</summary>
internal static class Bytes
{
    public static readonly byte[] Pingreq = [0xC0, 0x00];

    public static readonly byte[] Disconnect = [0xE0, 0x00];

    /// <summary>CONNECT.</summary>
    /// <param name="clientId">May be empty.</param>
    /// <param name="cleanStart">A session is kept for an hour when false.</param>
    /// <param name="userProperties">How many of 4 bytes each.</param>
    public static byte[] Connect(string clientId, bool cleanStart = true, int userProperties = 0)
    {
        var properties = new PropertyWriter([]);
        if (!cleanStart)
        {
            properties.Add(PropertyId.SessionExpiryInterval, 3600);
        }

        for (var i = 0; i < userProperties; i++)
        {
            properties.AddUserProperty("ab"u8, "cd"u8);
        }

        var connect = new ConnectPacket
        {
            Version = ProtocolVersion.Mqtt5,
            ClientId = Encoding.UTF8.GetBytes(clientId),
            CleanStart = cleanStart,
            Properties = properties.Block,
        };
        var bytes = new byte[connect.Measure()];
        connect.Write(bytes);
        properties.Dispose();
        return bytes;
    }

    public static byte[] Subscribe(ushort packetId, QoS qos, params IEnumerable<string> filters)
    {
        using var writer = new SubscribeFilterWriter([]);
        foreach (var filter in filters)
        {
            writer.Add(filter, new SubscriptionOptions(qos, NoLocal: false, RetainAsPublished: false, RetainHandling.SendAtSubscribe));
        }

        return Of(new SubscribePacket { PacketId = packetId, FilterBytes = writer.FilterBytes });
    }

    public static byte[] Unsubscribe(ushort packetId, params IEnumerable<string> filters)
    {
        using var writer = new UnsubscribeFilterWriter([]);
        foreach (var filter in filters)
        {
            writer.Add(filter);
        }

        return Of(new UnsubscribePacket { PacketId = packetId, FilterBytes = writer.FilterBytes });
    }

    public static byte[] Publish(string topic, ReadOnlySpan<byte> payload, QoS qos = QoS.AtMostOnce, ushort packetId = 0, bool retain = false) =>
        Of(new PublishPacket { Topic = Encoding.UTF8.GetBytes(topic), Payload = payload, QoS = qos, PacketId = packetId, Retain = retain });

    /// <summary>PUBLISH many times, each with a packet id of its own.</summary>
    /// <param name="count">How many.</param>
    /// <param name="topic">Of the message with this number, from 0.</param>
    /// <param name="payload">Of all of them.</param>
    /// <param name="qos">0 or 1.</param>
    /// <param name="retain">RETAIN.</param>
    public static IEnumerable<byte[]> Publishes(int count, Func<int, string> topic, byte[] payload, QoS qos, bool retain = false) =>
        Enumerable.Range(0, count).Select(i => Publish(topic(i), payload, qos, qos == QoS.AtMostOnce ? (ushort)0 : (ushort)(1 + (i % ushort.MaxValue)), retain));

    /// <summary>PUBACK, PUBREC, PUBREL or PUBCOMP without a reason code.</summary>
    public static byte[] Acknowledge(PacketType type, ushort packetId) =>
        [(byte)(((int)type << 4) | (type == PacketType.Pubrel ? 0x02 : 0)), 2, (byte)(packetId >> 8), (byte)packetId];

    /// <summary>One packet many times in a row.</summary>
    public static byte[] Repeat(byte[] packet, int count) => [.. Enumerable.Repeat(packet, count).SelectMany(bytes => bytes)];

    private static byte[] Of<T>(T packet)
        where T : IPacket, allows ref struct
    {
        var bytes = new byte[packet.Measure(ProtocolVersion.Mqtt5)];
        packet.Write(bytes, ProtocolVersion.Mqtt5);
        return bytes;
    }
}
