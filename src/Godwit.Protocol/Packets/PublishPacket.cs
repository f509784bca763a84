using Godwit.Protocol.Properties;
using Godwit.Protocol.Topics;

namespace Godwit.Protocol.Packets;

/// <summary>PUBLISH, an Application Message on its way (5.0 §3.3). The spans are slices of the packet, owned by its owner.</summary>
public readonly ref struct PublishPacket : IPacket
{
    /// <inheritdoc/>
    public PacketType Type => PacketType.Publish;

    /// <summary>The message is sent again (§3.3.1.1).</summary>
    public bool Dup { get; init; }

    /// <summary>Quality of Service of this hop (§3.3.1.2).</summary>
    public QoS QoS { get; init; }

    /// <summary>RETAIN (§3.3.1.3).</summary>
    public bool Retain { get; init; }

    /// <summary>Topic Name, UTF-8 without wildcards; empty only when a Topic Alias stands for it (§3.3.2.1).</summary>
    public ReadOnlySpan<byte> Topic { get; init; }

    /// <summary>Packet Identifier, 1 to 65,535; 0 with QoS 0 (§3.3.2.2).</summary>
    public ushort PacketId { get; init; }

    /// <summary>Properties; empty in 3.x (§3.3.2.3).</summary>
    public PropertyBlock Properties { get; init; }

    /// <summary>The payload: any bytes, may be empty (§3.3.3).</summary>
    public ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>The low nibble of the first byte.</summary>
    public byte Flags => (byte)((Dup ? 0x08 : 0) | ((int)QoS << 1) | (Retain ? 0x01 : 0));

    /// <summary>Reads the bytes that follow the fixed header.</summary>
    /// <param name="flags">Low nibble of the first byte; QoS 3 was refused by <see cref="FixedHeader.Check"/>.</param>
    /// <param name="body">Exactly Remaining Length bytes.</param>
    /// <param name="version">3.x has no properties and no empty topic.</param>
    /// <param name="publish">Meaningful only when None is returned.</param>
    /// <returns>
    /// DupOnQoS0, FieldTruncated, StringIllFormed, StringHasNull, TopicNameHasWildcard, TopicNameEmpty, PacketIdZero,
    /// ResponseTopicInvalid, or an error of the properties.
    /// </returns>
    public static PacketError TryRead(byte flags, ReadOnlySpan<byte> body, ProtocolVersion version, out PublishPacket publish)
    {
        publish = default;
        var qos = (QoS)((flags >> 1) & 0x03);
        if ((flags & 0x08) != 0 && qos == QoS.AtMostOnce)
        {
            return PacketError.DupOnQoS0;                   // [MQTT-3.3.1-2] [MQTT3-3.3.1-2]
        }

        var reader = new PacketReader(body);
        var error = reader.ReadString(out var topic);
        if (error != PacketError.None)
        {
            return error;
        }

        if (TopicName.HasWildcard(topic))
        {
            return PacketError.TopicNameHasWildcard;        // [MQTT-3.3.2-2] [MQTT3-3.3.2-2]
        }

        error = ReadPacketId(ref reader, qos, out var packetId);
        if (error != PacketError.None)
        {
            return error;
        }

        PropertyBlock properties = default;
        if (version == ProtocolVersion.Mqtt5)
        {
            error = ReadProperties(ref reader, out properties);
            if (error != PacketError.None)
            {
                return error;
            }
        }

        if (topic.IsEmpty && (version != ProtocolVersion.Mqtt5 || !properties.TryGet(PropertyId.TopicAlias, out _)))
        {
            return PacketError.TopicNameEmpty;              // [MQTT-4.7.3-1] [MQTT3-4.7.3-1]
        }

        publish = new PublishPacket
        {
            Dup = (flags & 0x08) != 0,
            QoS = qos,
            Retain = (flags & 0x01) != 0,
            Topic = topic,
            PacketId = packetId,
            Properties = properties,
            Payload = reader.Rest,
        };
        return PacketError.None;
    }

    /// <summary>Size of the whole packet in bytes.</summary>
    public int Measure(ProtocolVersion version) => FixedHeader.MeasurePacket(MeasureBody(version));

    /// <summary>Writes the whole packet.</summary>
    /// <param name="destination">At least <see cref="Measure"/> bytes.</param>
    /// <param name="version">3.x leaves the properties out.</param>
    /// <returns>The bytes written.</returns>
    public int Write(Span<byte> destination, ProtocolVersion version)
    {
        var writer = new PacketWriter(destination);
        writer.WriteFixedHeader(PacketType.Publish, Flags, MeasureBody(version));
        writer.WriteBinary(Topic);
        if (QoS != QoS.AtMostOnce)
        {
            writer.WriteUInt16(PacketId);
        }

        if (version == ProtocolVersion.Mqtt5)
        {
            writer.WriteProperties(Properties.Bytes);
        }

        writer.WriteBytes(Payload);
        return writer.Position;
    }

    private static PacketError ReadPacketId(scoped ref PacketReader reader, QoS qos, out ushort packetId)
    {
        packetId = 0;
        if (qos == QoS.AtMostOnce)                          // [MQTT-2.2.1-2] [MQTT3-2.3.1-5]
        {
            return PacketError.None;
        }

        if (!reader.TryReadUInt16(out packetId))
        {
            return PacketError.FieldTruncated;
        }

        return packetId == 0 ? PacketError.PacketIdZero : PacketError.None;     // [MQTT-2.2.1-4] [MQTT3-2.3.1-1]
    }

    private static PacketError ReadProperties(scoped ref PacketReader reader, out PropertyBlock properties)
    {
        var error = PropertyBlock.TryRead(ref reader, PropertyOwner.Publish, out properties);
        if (error == PacketError.None
            && properties.TryGet(PropertyId.ResponseTopic, out var responseTopic)
            && !TopicName.IsValid(responseTopic.Value))
        {
            return PacketError.ResponseTopicInvalid;        // [MQTT-3.3.2-14]
        }

        return error;
    }

    private int MeasureBody(ProtocolVersion version) =>
        2 + Topic.Length
        + (QoS == QoS.AtMostOnce ? 0 : 2)
        + (version == ProtocolVersion.Mqtt5 ? Properties.EncodedSize : 0)
        + Payload.Length;
}
