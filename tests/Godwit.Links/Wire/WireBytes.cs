using System.Text;
using Godwit.Interop.Clients;

namespace Godwit.Links.Wire;

/// <summary>Packets of a client, written by hand: nothing of Godwit's own codec stands between these tests and the broker.</summary>
public static class WireBytes
{
    /// <summary>Session Expiry Interval of 3600 seconds.</summary>
    private static readonly byte[] AnHour = [0x11, 0x00, 0x00, 0x0E, 0x10];

    public static byte[] Pingreq { get; } = [0xC0, 0x00];

    public static byte[] Disconnect { get; } = [0xE0, 0x00];

    /// <summary>CONNECT; without a clean start the session lasts an hour in 5.0.</summary>
    /// <param name="version">Protocol name and level.</param>
    /// <param name="clientId">Client Identifier.</param>
    /// <param name="cleanStart">Clean Start, or Clean Session.</param>
    /// <param name="keepAliveSeconds">Keep Alive; 0 is off.</param>
    /// <param name="willTopic">Null: no will; else a will of QoS 1 with the payload <c>gone</c>.</param>
    /// <param name="properties">More properties, 5.0 only.</param>
    public static byte[] Connect(
        MqttVersion version, string clientId, bool cleanStart = true, ushort keepAliveSeconds = 0, string? willTopic = null, byte[]? properties = null)
    {
        var (name, level) = version switch
        {
            MqttVersion.Mqtt31 => ("MQIsdp", (byte)3),
            MqttVersion.Mqtt311 => ("MQTT", (byte)4),
            _ => ("MQTT", (byte)5),
        };
        var flags = (byte)((cleanStart ? 0x02 : 0) | (willTopic is null ? 0 : 0x0C));
        byte[] all = [.. cleanStart ? [] : AnHour, .. properties ?? []];
        byte[] will = willTopic is null ? [] : [.. Properties(version, []), .. Text(willTopic), .. Text("gone")];

        return Packet(0x10, [.. Text(name), level, flags, .. Number(keepAliveSeconds), .. Properties(version, all), .. Text(clientId), .. will]);
    }

    public static byte[] Subscribe(MqttVersion version, ushort id, string filter, int qos) =>
        Packet(0x82, [.. Number(id), .. Properties(version, []), .. Text(filter), (byte)qos]);

    public static byte[] Unsubscribe(MqttVersion version, ushort id, string filter) =>
        Packet(0xA2, [.. Number(id), .. Properties(version, []), .. Text(filter)]);

    /// <summary>PUBLISH; the id is left out at QoS 0.</summary>
    public static byte[] Publish(MqttVersion version, string topic, byte[] payload, int qos, ushort id, bool dup = false, byte[]? properties = null) =>
        Packet(
            (byte)(0x30 | (dup ? 0x08 : 0) | (qos << 1)),
            [.. Text(topic), .. qos > 0 ? Number(id) : [], .. Properties(version, properties ?? []), .. payload]);

    /// <summary>PUBACK, PUBREC, PUBREL or PUBCOMP; two bytes are a success in every version.</summary>
    public static byte[] Acknowledge(WireType type, ushort id) => Packet((byte)((int)type | (type == WireType.Pubrel ? 0x02 : 0)), Number(id));

    private static byte[] Packet(byte header, byte[] body)
    {
        List<byte> packet = [header];
        var length = body.Length;
        do
        {
            packet.Add((byte)((length & 0x7F) | (length > 0x7F ? 0x80 : 0)));
            length >>= 7;
        }
        while (length > 0);

        return [.. packet, .. body];
    }

    private static byte[] Properties(MqttVersion version, byte[] properties) =>
        version == MqttVersion.Mqtt5 ? [(byte)properties.Length, .. properties] : [];

    private static byte[] Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [.. Number((ushort)bytes.Length), .. bytes];
    }

    private static byte[] Number(ushort number) => [(byte)(number >> 8), (byte)number];
}
