using Godwit.Protocol.Properties;

namespace Godwit.Protocol.Packets;

/// <summary>The common form of PUBACK, PUBREC, PUBREL and PUBCOMP (5.0 §3.4 to §3.7): packet id, reason code, properties.</summary>
internal static class AckCodec
{
    public static PacketError TryRead(
        ReadOnlySpan<byte> body,
        ProtocolVersion version,
        PropertyOwner owner,
        out ushort packetId,
        out byte reasonCode,
        out PropertyBlock properties)
    {
        reasonCode = 0;
        properties = default;
        var reader = new PacketReader(body);
        if (!reader.TryReadUInt16(out packetId))
        {
            return PacketError.FieldTruncated;
        }

        if (packetId == 0)
        {
            return PacketError.PacketIdZero;
        }

        if (version != ProtocolVersion.Mqtt5 || reader.AtEnd)
        {
            return reader.AtEnd ? PacketError.None : PacketError.TrailingBytes;
        }

        reader.TryReadByte(out reasonCode);
        if (reader.AtEnd)                                   // length 3: a reason code and no Property Length
        {
            return PacketError.None;
        }

        var error = PropertyBlock.TryRead(ref reader, owner, out properties);
        if (error != PacketError.None)
        {
            return error;
        }

        return reader.AtEnd ? PacketError.None : PacketError.TrailingBytes;
    }

    public static int Measure(byte reasonCode, PropertyBlock properties, ProtocolVersion version) =>
        FixedHeader.MeasurePacket(MeasureBody(reasonCode, properties, version));

    public static int Write(
        Span<byte> destination,
        ProtocolVersion version,
        PacketType type,
        int flags,
        ushort packetId,
        byte reasonCode,
        PropertyBlock properties)
    {
        var writer = new PacketWriter(destination);
        var size = MeasureBody(reasonCode, properties, version);
        writer.WriteFixedHeader(type, flags, size);
        writer.WriteUInt16(packetId);
        if (size > 2)
        {
            writer.WriteByte(reasonCode);
        }

        if (size > 3)
        {
            writer.WriteProperties(properties.Bytes);
        }

        return writer.Position;
    }

    /// <summary>The shortest form: Success without properties is left out, and so is an empty property block.</summary>
    private static int MeasureBody(byte reasonCode, PropertyBlock properties, ProtocolVersion version)
    {
        if (version != ProtocolVersion.Mqtt5)
        {
            return 2;
        }

        if (!properties.IsEmpty)
        {
            return 3 + properties.EncodedSize;
        }

        return reasonCode == 0 ? 2 : 3;
    }
}
