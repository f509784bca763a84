using System.Text;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Server.Tests.Support;

/// <summary>Packets as bytes, the way a client sends them.</summary>
internal static class Bytes
{
    public static byte[] Connect(
        string clientId,
        ProtocolVersion version = ProtocolVersion.Mqtt5,
        ushort keepAliveSeconds = 0,
        string? willTopic = null,
        bool cleanStart = true)
    {
        var connect = new ConnectPacket
        {
            Version = version,
            ClientId = Encoding.UTF8.GetBytes(clientId),
            CleanStart = cleanStart,
            KeepAliveSeconds = keepAliveSeconds,
            HasWill = willTopic is not null,
            WillTopic = Encoding.UTF8.GetBytes(willTopic ?? ""),
            WillPayload = "gone"u8,
        };
        var bytes = new byte[connect.Measure()];
        connect.Write(bytes);
        return bytes;
    }

    public static byte[] Subscribe(string filter, QoS qos = QoS.AtMostOnce, ushort packetId = 1, ProtocolVersion version = ProtocolVersion.Mqtt5)
    {
        using var filters = new SubscribeFilterWriter([]);
        filters.Add(filter, new SubscriptionOptions(qos, NoLocal: false, RetainAsPublished: false, RetainHandling.SendAtSubscribe));
        return Of(new SubscribePacket { PacketId = packetId, FilterBytes = filters.FilterBytes }, version);
    }

    public static byte[] Publish(
        string topic, ReadOnlySpan<byte> payload, QoS qos = QoS.AtMostOnce, ushort packetId = 0, ProtocolVersion version = ProtocolVersion.Mqtt5) =>
        Of(new PublishPacket { Topic = Encoding.UTF8.GetBytes(topic), Payload = payload, QoS = qos, PacketId = packetId }, version);

    public static byte[] Publish(string topic, string payload) => Publish(topic, Encoding.UTF8.GetBytes(payload));

    public static byte[] Pingreq() => [0xC0, 0x00];

    public static byte[] Disconnect() => [0xE0, 0x00];

    /// <summary>PUBLISH with QoS 3, which is malformed. [MQTT-3.3.1-4]</summary>
    public static byte[] Malformed() => [0x36, 0x05, 0x00, 0x01, (byte)'a', 0x00, 0x01];

    public static byte[] Puback(ushort packetId) => [0x40, 0x02, (byte)(packetId >> 8), (byte)packetId];

    public static bool IsDisconnect(this ReceivedPacket packet, DisconnectReasonCode reasonCode) =>
        packet.Type == PacketType.Disconnect && packet.Body.Length >= 1 && packet.Body[0] == (byte)reasonCode;

    private static byte[] Of<T>(T packet, ProtocolVersion version)
        where T : IPacket, allows ref struct
    {
        var bytes = new byte[packet.Measure(version)];
        packet.Write(bytes, version);
        return bytes;
    }
}
