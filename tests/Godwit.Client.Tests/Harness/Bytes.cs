using System.Text;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Client.Tests.Harness;

/// <summary>Packets that a server sends, as bytes.</summary>
public static class Bytes
{
    public delegate void AddProperties(ref PropertyWriter writer);

    public static byte[] Connack(
        ProtocolVersion version, bool sessionPresent = false, ConnackReasonCode code = ConnackReasonCode.Success, AddProperties? properties = null)
    {
        var writer = new PropertyWriter([]);
        properties?.Invoke(ref writer);
        var packet = new ConnackPacket { SessionPresent = sessionPresent, ReasonCode = code, Properties = writer.Block };
        var bytes = new byte[packet.Measure(version)];
        packet.Write(bytes, version);
        return bytes;
    }

    public static byte[] Publish(
        ProtocolVersion version, string topic, string payload, QoS qos = QoS.AtMostOnce, ushort id = 0, bool dup = false, bool retain = false, AddProperties? properties = null)
    {
        var writer = new PropertyWriter([]);
        properties?.Invoke(ref writer);
        var packet = new PublishPacket
        {
            Topic = Encoding.UTF8.GetBytes(topic),
            Payload = Encoding.UTF8.GetBytes(payload),
            QoS = qos,
            PacketId = id,
            Dup = dup,
            Retain = retain,
            Properties = writer.Block,
        };
        var bytes = new byte[packet.Measure(version)];
        packet.Write(bytes, version);
        return bytes;
    }

    public static byte[] Ack(PacketType type, ushort id, byte? code = null)
    {
        var first = (byte)(((int)type << 4) | (type == PacketType.Pubrel ? 2 : 0));
        return code is null
            ? [first, 2, (byte)(id >> 8), (byte)id]
            : [first, 3, (byte)(id >> 8), (byte)id, code.Value];
    }

    public static byte[] Suback(ProtocolVersion version, ushort id, params byte[] codes)
    {
        var packet = new SubackPacket { PacketId = id, ReasonCodes = codes };
        var bytes = new byte[packet.Measure(version)];
        packet.Write(bytes, version);
        return bytes;
    }

    public static byte[] Unsuback(ProtocolVersion version, ushort id, params byte[] codes)
    {
        var packet = new UnsubackPacket { PacketId = id, ReasonCodes = codes };
        var bytes = new byte[packet.Measure(version)];
        packet.Write(bytes, version);
        return bytes;
    }

    public static byte[] Disconnect(DisconnectReasonCode code) => [0xE0, 1, (byte)code];

    public static byte[] Pingresp { get; } = [0xD0, 0];
}
