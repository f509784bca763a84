using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Protocol.Packets;

/// <summary>SUBACK, the server's answer to SUBSCRIBE (5.0 §3.9). The spans are slices of the packet, owned by its owner.</summary>
public readonly ref struct SubackPacket : IPacket
{
    /// <inheritdoc/>
    public PacketType Type => PacketType.Suback;

    /// <summary>The Packet Identifier of the SUBSCRIBE, 1 to 65,535. [MQTT-2.2.1-6] [MQTT3-2.3.1-7]</summary>
    public ushort PacketId { get; init; }

    /// <summary>Reason String and User Properties; empty in 3.x (§3.9.2.1).</summary>
    public PropertyBlock Properties { get; init; }

    /// <summary>
    /// One <see cref="SubackReasonCode"/> a byte, in the order of the Topic Filters, at least one. [MQTT-3.9.3-1] [MQTT3-3.9.3-1]
    /// </summary>
    public ReadOnlySpan<byte> ReasonCodes { get; init; }

    /// <summary>Reads the bytes that follow the fixed header.</summary>
    /// <param name="body">Exactly Remaining Length bytes.</param>
    /// <param name="version">3.x has no properties; 3.1.1 has only the failure code 0x80, and 3.1 none.</param>
    /// <param name="suback">Meaningful only when None is returned.</param>
    /// <returns>FieldTruncated: also when no code follows; PacketIdZero, ReasonCodeInvalid, or an error of the properties.</returns>
    public static PacketError TryRead(ReadOnlySpan<byte> body, ProtocolVersion version, out SubackPacket suback)
    {
        suback = default;
        var reader = new PacketReader(body);
        if (!reader.TryReadUInt16(out var packetId))
        {
            return PacketError.FieldTruncated;
        }

        if (packetId == 0)
        {
            return PacketError.PacketIdZero;
        }

        PropertyBlock properties = default;
        if (version == ProtocolVersion.Mqtt5)
        {
            var error = PropertyBlock.TryRead(ref reader, PropertyOwner.Suback, out properties);
            if (error != PacketError.None)
            {
                return error;
            }
        }

        if (reader.AtEnd)
        {
            return PacketError.FieldTruncated;
        }

        foreach (var code in reader.Rest)
        {
            if (!((SubackReasonCode)code).IsDefined(version))
            {
                return PacketError.ReasonCodeInvalid;           // [MQTT-3.9.3-2] [MQTT3-3.9.3-2]
            }
        }

        suback = new SubackPacket { PacketId = packetId, Properties = properties, ReasonCodes = reader.Rest };
        return PacketError.None;
    }

    /// <summary>Size of the whole packet in bytes.</summary>
    public int Measure(ProtocolVersion version) => FixedHeader.MeasurePacket(MeasureBody(version));

    /// <summary>Writes the whole packet.</summary>
    /// <param name="destination">At least <see cref="Measure"/> bytes.</param>
    /// <param name="version">
    /// 3.x leaves the properties out, and every error becomes 0x80. 3.1 does not know that one either: a broker that must refuse
    /// a 3.1 client closes the connection.
    /// </param>
    /// <returns>The bytes written.</returns>
    public int Write(Span<byte> destination, ProtocolVersion version)
    {
        var writer = new PacketWriter(destination);
        writer.WriteFixedHeader(PacketType.Suback, 0, MeasureBody(version));
        writer.WriteUInt16(PacketId);
        if (version == ProtocolVersion.Mqtt5)
        {
            writer.WriteProperties(Properties.Bytes);
            writer.WriteBytes(ReasonCodes);
            return writer.Position;
        }

        foreach (var code in ReasonCodes)
        {
            var isError = ((SubackReasonCode)code).IsError();
            writer.WriteByte(isError ? (byte)SubackReasonCode.UnspecifiedError : code);     // [MQTT3-3.9.3-2]
        }

        return writer.Position;
    }

    private int MeasureBody(ProtocolVersion version) =>
        2 + (version == ProtocolVersion.Mqtt5 ? Properties.EncodedSize : 0) + ReasonCodes.Length;
}
