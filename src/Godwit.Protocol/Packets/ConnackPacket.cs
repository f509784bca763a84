using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Protocol.Packets;

/// <summary>CONNACK, the server's answer to CONNECT (5.0 §3.2).</summary>
public readonly ref struct ConnackPacket : IPacket
{
    /// <inheritdoc/>
    public PacketType Type => PacketType.Connack;

    /// <summary>The server goes on with a stored session; false with every error, and always in 3.1 (§3.2.2.1.1).</summary>
    public bool SessionPresent { get; init; }

    /// <summary>Reason code; 3.x return codes are translated by <see cref="ConnackCodes"/> (§3.2.2.2).</summary>
    public ConnackReasonCode ReasonCode { get; init; }

    /// <summary>What the server allows and has chosen; empty in 3.x (§3.2.2.3).</summary>
    public PropertyBlock Properties { get; init; }

    /// <summary>Reads the bytes that follow the fixed header.</summary>
    /// <param name="body">Exactly Remaining Length bytes; in 3.x 2 bytes.</param>
    /// <param name="version">3.x has return codes 0 to 5 and no properties; in 3.1 the first byte is reserved and ignored.</param>
    /// <param name="connack">Meaningful only when None is returned.</param>
    /// <returns>FieldTruncated, ConnackFlagsReserved, ReasonCodeInvalid, TrailingBytes, or an error of the properties.</returns>
    public static PacketError TryRead(ReadOnlySpan<byte> body, ProtocolVersion version, out ConnackPacket connack)
    {
        connack = default;
        var reader = new PacketReader(body);
        if (!reader.TryReadByte(out var flags))
        {
            return PacketError.FieldTruncated;
        }

        if ((flags & 0xFE) != 0 && version != ProtocolVersion.Mqtt31)
        {
            return PacketError.ConnackFlagsReserved;            // [MQTT-3.2.2-1]
        }

        if (!reader.TryReadByte(out var code))
        {
            return PacketError.FieldTruncated;
        }

        var isDefined = version == ProtocolVersion.Mqtt5
            ? ((ConnackReasonCode)code).IsDefined()
            : code <= (byte)ConnackReturnCode.NotAuthorized;
        if (!isDefined)
        {
            return PacketError.ReasonCodeInvalid;               // [MQTT-3.2.2-8]
        }

        PropertyBlock properties = default;
        if (version == ProtocolVersion.Mqtt5)
        {
            var error = PropertyBlock.TryRead(ref reader, PropertyOwner.Connack, out properties);
            if (error != PacketError.None)
            {
                return error;
            }
        }

        connack = new ConnackPacket
        {
            SessionPresent = (flags & 0x01) != 0 && version != ProtocolVersion.Mqtt31,
            ReasonCode = version == ProtocolVersion.Mqtt5 ? (ConnackReasonCode)code : ((ConnackReturnCode)code).ToReasonCode(),
            Properties = properties,
        };
        return reader.AtEnd ? PacketError.None : PacketError.TrailingBytes;
    }

    /// <summary>Size of the whole packet in bytes.</summary>
    public int Measure(ProtocolVersion version) => FixedHeader.MeasurePacket(MeasureBody(version));

    /// <summary>Writes the whole packet.</summary>
    /// <param name="destination">At least <see cref="Measure"/> bytes.</param>
    /// <param name="version">3.x leaves the properties out and gets the nearest return code; 3.1 has no Session Present.</param>
    /// <returns>The bytes written.</returns>
    public int Write(Span<byte> destination, ProtocolVersion version)
    {
        var writer = new PacketWriter(destination);
        writer.WriteFixedHeader(PacketType.Connack, 0, MeasureBody(version));
        writer.WriteByte((byte)(SessionPresent && version != ProtocolVersion.Mqtt31 ? 0x01 : 0x00));
        if (version == ProtocolVersion.Mqtt5)
        {
            writer.WriteByte((byte)ReasonCode);
            writer.WriteProperties(Properties.Bytes);
        }
        else
        {
            writer.WriteByte((byte)ReasonCode.ToReturnCode());
        }

        return writer.Position;
    }

    private int MeasureBody(ProtocolVersion version) =>
        2 + (version == ProtocolVersion.Mqtt5 ? Properties.EncodedSize : 0);
}
