using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Protocol.Packets;

/// <summary>UNSUBACK, the server's answer to UNSUBSCRIBE (5.0 §3.11). The spans are slices of the packet, owned by its owner.</summary>
public readonly ref struct UnsubackPacket : IPacket
{
    /// <inheritdoc/>
    public PacketType Type => PacketType.Unsuback;

    /// <summary>The Packet Identifier of the UNSUBSCRIBE, 1 to 65,535. [MQTT-2.2.1-6] [MQTT3-2.3.1-7]</summary>
    public ushort PacketId { get; init; }

    /// <summary>Reason String and User Properties; empty in 3.x (§3.11.2.1).</summary>
    public PropertyBlock Properties { get; init; }

    /// <summary>
    /// One <see cref="UnsubackReasonCode"/> a byte, in the order of the Topic Filters, at least one [MQTT-3.11.3-1]; empty when
    /// read from 3.x, and not written there.
    /// </summary>
    public ReadOnlySpan<byte> ReasonCodes { get; init; }

    /// <summary>Reads the bytes that follow the fixed header.</summary>
    /// <param name="body">Exactly Remaining Length bytes; in 3.x 2 bytes.</param>
    /// <param name="version">3.x has neither properties nor codes.</param>
    /// <param name="unsuback">Meaningful only when None is returned.</param>
    /// <returns>
    /// FieldTruncated: also when no code follows in 5.0; PacketIdZero, TrailingBytes: anything behind the Packet Identifier in
    /// 3.x; ReasonCodeInvalid, or an error of the properties.
    /// </returns>
    public static PacketError TryRead(ReadOnlySpan<byte> body, ProtocolVersion version, out UnsubackPacket unsuback)
    {
        unsuback = default;
        var reader = new PacketReader(body);
        if (!reader.TryReadUInt16(out var packetId))
        {
            return PacketError.FieldTruncated;
        }

        if (packetId == 0)
        {
            return PacketError.PacketIdZero;
        }

        if (version != ProtocolVersion.Mqtt5)
        {
            unsuback = new UnsubackPacket { PacketId = packetId };
            return reader.AtEnd ? PacketError.None : PacketError.TrailingBytes;
        }

        var error = PropertyBlock.TryRead(ref reader, PropertyOwner.Unsuback, out var properties);
        if (error != PacketError.None)
        {
            return error;
        }

        if (reader.AtEnd)
        {
            return PacketError.FieldTruncated;
        }

        foreach (var code in reader.Rest)
        {
            if (!((UnsubackReasonCode)code).IsDefined())
            {
                return PacketError.ReasonCodeInvalid;           // [MQTT-3.11.3-2]
            }
        }

        unsuback = new UnsubackPacket { PacketId = packetId, Properties = properties, ReasonCodes = reader.Rest };
        return PacketError.None;
    }

    /// <summary>Size of the whole packet in bytes.</summary>
    public int Measure(ProtocolVersion version) => FixedHeader.MeasurePacket(MeasureBody(version));

    /// <summary>Writes the whole packet.</summary>
    /// <param name="destination">At least <see cref="Measure"/> bytes.</param>
    /// <param name="version">3.x leaves properties and codes out.</param>
    /// <returns>The bytes written.</returns>
    public int Write(Span<byte> destination, ProtocolVersion version)
    {
        var writer = new PacketWriter(destination);
        writer.WriteFixedHeader(PacketType.Unsuback, 0, MeasureBody(version));
        writer.WriteUInt16(PacketId);
        if (version == ProtocolVersion.Mqtt5)
        {
            writer.WriteProperties(Properties.Bytes);
            writer.WriteBytes(ReasonCodes);
        }

        return writer.Position;
    }

    private int MeasureBody(ProtocolVersion version) =>
        version == ProtocolVersion.Mqtt5 ? 2 + Properties.EncodedSize + ReasonCodes.Length : 2;
}
