using System.Text;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;

namespace Godwit.Kills.Wire;

/// <summary>Packets of a client as bytes, in one protocol version.</summary>
internal sealed class Packets(ProtocolVersion version)
{
    public static readonly byte[] Pingreq = [0xC0, 0x00];

    public static readonly byte[] Disconnect = [0xE0, 0x00];

    /// <summary>The version that all of them are written in.</summary>
    public ProtocolVersion Version => version;

    /// <summary>CONNECT; without a clean start the session never expires.</summary>
    public byte[] Connect(string clientId, bool cleanStart = false, WillOptions? will = null, ushort receiveMaximum = 0, ushort keepAliveSeconds = 0)
    {
        using var properties = new PropertyWriter([]);
        if (!cleanStart)
        {
            properties.Add(PropertyId.SessionExpiryInterval, uint.MaxValue);
        }

        if (receiveMaximum > 0)
        {
            properties.Add(PropertyId.ReceiveMaximum, receiveMaximum);
        }

        using var willProperties = new PropertyWriter([]);
        if (will is { DelaySeconds: > 0 })
        {
            willProperties.Add(PropertyId.WillDelayInterval, will.DelaySeconds);
        }

        var connect = new ConnectPacket
        {
            Version = version,
            ClientId = Encoding.UTF8.GetBytes(clientId),
            CleanStart = cleanStart,
            KeepAliveSeconds = keepAliveSeconds,
            Properties = properties.Block,
            HasWill = will is not null,
            WillQoS = will?.QoS ?? QoS.AtMostOnce,
            WillTopic = Encoding.UTF8.GetBytes(will?.Topic ?? ""),
            WillPayload = will?.Payload,
            WillProperties = willProperties.Block,
        };
        var bytes = new byte[connect.Measure()];
        connect.Write(bytes);
        return bytes;
    }

    public byte[] Subscribe(ushort packetId, QoS qos, params IEnumerable<string> filters)
    {
        using var writer = new SubscribeFilterWriter([]);
        foreach (var filter in filters)
        {
            writer.Add(filter, new SubscriptionOptions(qos, NoLocal: false, RetainAsPublished: false, RetainHandling.SendAtSubscribe));
        }

        return Of(new SubscribePacket { PacketId = packetId, FilterBytes = writer.FilterBytes });
    }

    public byte[] Unsubscribe(ushort packetId, string filter)
    {
        using var writer = new UnsubscribeFilterWriter([]);
        writer.Add(filter);
        return Of(new UnsubscribePacket { PacketId = packetId, FilterBytes = writer.FilterBytes });
    }

    public byte[] Publish(string topic, ReadOnlySpan<byte> payload, QoS qos, ushort packetId, bool dup = false, bool retain = false) => Of(new PublishPacket
    {
        Topic = Encoding.UTF8.GetBytes(topic),
        Payload = payload,
        QoS = qos,
        PacketId = packetId,
        Dup = dup,
        Retain = retain,
    });

    /// <summary>PUBACK, PUBREC, PUBREL or PUBCOMP without a reason code.</summary>
    public static byte[] Acknowledge(PacketType type, ushort packetId) =>
        [(byte)(((int)type << 4) | (type == PacketType.Pubrel ? 0x02 : 0)), 2, (byte)(packetId >> 8), (byte)packetId];

    private byte[] Of<T>(T packet)
        where T : IPacket, allows ref struct
    {
        var bytes = new byte[packet.Measure(version)];
        packet.Write(bytes, version);
        return bytes;
    }
}
