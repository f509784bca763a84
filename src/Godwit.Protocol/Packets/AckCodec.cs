using Godwit.Protocol.Properties;

namespace Godwit.Protocol.Packets;

/// <summary>The common form of PUBACK, PUBREC, PUBREL and PUBCOMP (5.0 §3.4 to §3.7): packet id, reason code, properties.</summary>
internal static class AckCodec
{
    /// <summary>Reads the Packet Identifier and, when the body goes on, the reason code.</summary>
    /// <param name="reader">Stands at the start of the body; afterwards behind the reason code.</param>
    /// <param name="version">3.x ends behind the Packet Identifier.</param>
    /// <param name="packetId">1 to 65,535.</param>
    /// <param name="reasonCode">Not checked yet; 0 when it is absent.</param>
    /// <returns>FieldTruncated, PacketIdZero, TrailingBytes (3.x) or None.</returns>
    public static PacketError ReadHead(scoped ref PacketReader reader, ProtocolVersion version, out ushort packetId, out byte reasonCode)
    {
        reasonCode = 0;
        if (!reader.TryReadUInt16(out packetId))
        {
            return PacketError.FieldTruncated;
        }

        if (packetId == 0)
        {
            return PacketError.PacketIdZero;
        }

        if (version == ProtocolVersion.Mqtt5)
        {
            reader.TryReadByte(out reasonCode);             // length 2 means Success
            return PacketError.None;
        }

        return reader.AtEnd ? PacketError.None : PacketError.TrailingBytes;
    }

    /// <summary>Reads what follows the reason code: nothing (length 2 or 3), or the properties and the end.</summary>
    public static PacketError ReadTail(scoped ref PacketReader reader, PropertyOwner owner, out PropertyBlock properties)
    {
        properties = default;
        if (reader.AtEnd)
        {
            return PacketError.None;
        }

        var error = PropertyBlock.TryRead(ref reader, owner, out properties);
        return error == PacketError.None && !reader.AtEnd ? PacketError.TrailingBytes : error;
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
