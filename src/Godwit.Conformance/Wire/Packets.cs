using System.Text;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Wire;

/// <summary>The packets of a client, well-formed unless the arguments are not.</summary>
public static class Packets
{
    /// <summary>PINGREQ.</summary>
    public static byte[] Pingreq { get; } = [0xC0, 0x00];

    /// <summary>CONNECT; ClientId and version must be given.</summary>
    public static byte[] Connect(ConnectOptions options)
    {
        var version = options.Version ?? throw new ArgumentException("The version is missing.", nameof(options));
        var will = options.Will;
        var flags = (options.CleanStart ? 0x02 : 0)
            | (will is null ? 0 : 0x04 | (will.QoS << 3) | (will.Retain ? 0x20 : 0))
            | (options.Password is null ? 0 : 0x40)
            | (options.UserName is null ? 0 : 0x80);
        var packet = new PacketBuilder(PacketType.Connect)
            .String(version == ProtocolVersion.Mqtt31 ? "MQIsdp" : "MQTT")
            .Byte((int)version)
            .Byte(flags)
            .UInt16(options.KeepAliveSeconds)
            .Properties(version, [.. Numbers(options), .. options.Properties])
            .String(options.ClientId ?? "");
        if (will is not null)
        {
            IEnumerable<WireProperty> delay = will.DelaySeconds is { } seconds ? [WireProperty.Number(PropertyId.WillDelayInterval, seconds)] : [];
            packet.Properties(version, [.. delay, .. will.Properties]).String(will.Topic).String(will.Payload);
        }

        if (options.UserName is { } userName)
        {
            packet.String(userName);
        }

        return options.Password is { } password ? packet.String(password).ToBytes() : packet.ToBytes();
    }

    /// <summary>PUBLISH.</summary>
    public static byte[] Publish(ProtocolVersion version, string topic, ReadOnlySpan<byte> payload, PublishOptions options, ushort packetId)
    {
        var packet = new PacketBuilder(PacketType.Publish, (options.Dup ? 8 : 0) | (options.QoS << 1) | (options.Retain ? 1 : 0)).String(topic);
        if (options.QoS != 0)
        {
            packet.UInt16(packetId);
        }

        return packet.Properties(version, options.Properties).Bytes(payload).ToBytes();
    }

    /// <summary>PUBLISH with a text.</summary>
    public static byte[] Publish(ProtocolVersion version, string topic, string payload, PublishOptions options, ushort packetId) =>
        Publish(version, topic, Encoding.UTF8.GetBytes(payload), options, packetId);

    /// <summary>PUBACK, PUBREC, PUBREL or PUBCOMP; in 5.0 without code and properties when both are nothing.</summary>
    public static byte[] Ack(ProtocolVersion version, PacketType type, ushort packetId, byte reasonCode = 0, params WireProperty[] properties)
    {
        var packet = new PacketBuilder(type, type == PacketType.Pubrel ? 2 : 0).UInt16(packetId);
        if (version != ProtocolVersion.Mqtt5 || (reasonCode == 0 && properties.Length == 0))
        {
            return packet.ToBytes();
        }

        packet.Byte(reasonCode);
        return properties.Length == 0 ? packet.ToBytes() : packet.Properties(version, properties).ToBytes();
    }

    /// <summary>SUBSCRIBE with the same options for all filters.</summary>
    public static byte[] Subscribe(ProtocolVersion version, ushort packetId, SubscribeOptions options, params IEnumerable<string> filters) =>
        Subscribe(version, packetId, filters.Select(filter => (filter, options)));

    /// <summary>SUBSCRIBE; the Subscription Identifier of the first entry is that of the packet.</summary>
    public static byte[] Subscribe(ProtocolVersion version, ushort packetId, params IEnumerable<(string Filter, SubscribeOptions Options)> entries)
    {
        var list = entries.ToList();
        var identifier = list.Count > 0 ? list[0].Options.Identifier : null;
        IEnumerable<WireProperty> properties = identifier is { } id ? [WireProperty.Number(PropertyId.SubscriptionIdentifier, id)] : [];
        var packet = new PacketBuilder(PacketType.Subscribe, 2).UInt16(packetId).Properties(version, properties);
        foreach (var (filter, options) in list)
        {
            packet.String(filter).Byte(options.ToByte());
        }

        return packet.ToBytes();
    }

    /// <summary>UNSUBSCRIBE.</summary>
    public static byte[] Unsubscribe(ProtocolVersion version, ushort packetId, params IEnumerable<string> filters)
    {
        var packet = new PacketBuilder(PacketType.Unsubscribe, 2).UInt16(packetId).Properties(version);
        foreach (var filter in filters)
        {
            packet.String(filter);
        }

        return packet.ToBytes();
    }

    /// <summary>DISCONNECT; in 5.0 empty when code and properties are nothing.</summary>
    public static byte[] Disconnect(ProtocolVersion version, byte reasonCode = 0, params WireProperty[] properties)
    {
        var packet = new PacketBuilder(PacketType.Disconnect);
        if (version != ProtocolVersion.Mqtt5 || (reasonCode == 0 && properties.Length == 0))
        {
            return packet.ToBytes();
        }

        packet.Byte(reasonCode);
        return properties.Length == 0 ? packet.ToBytes() : packet.Properties(version, properties).ToBytes();
    }

    /// <summary>AUTH.</summary>
    public static byte[] Auth(byte reasonCode, params WireProperty[] properties) =>
        new PacketBuilder(PacketType.Auth).Byte(reasonCode).Properties(ProtocolVersion.Mqtt5, properties).ToBytes();

    private static IEnumerable<WireProperty> Numbers(ConnectOptions options)
    {
        (PropertyId Id, uint? Value)[] numbers =
        [
            (PropertyId.SessionExpiryInterval, options.SessionExpirySeconds),
            (PropertyId.ReceiveMaximum, options.ReceiveMaximum),
            (PropertyId.MaximumPacketSize, options.MaximumPacketSize),
            (PropertyId.TopicAliasMaximum, options.TopicAliasMaximum),
        ];
        return numbers.Where(number => number.Value is not null).Select(number => WireProperty.Number(number.Id, number.Value!.Value));
    }
}
