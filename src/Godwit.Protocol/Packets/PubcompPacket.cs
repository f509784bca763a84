using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Protocol.Packets;

/// <summary>PUBCOMP, the answer to PUBREL and the end of a QoS 2 exchange (5.0 §3.7).</summary>
public readonly ref struct PubcompPacket : IPacket
{
    /// <inheritdoc/>
    public PacketType Type => PacketType.Pubcomp;

    /// <summary>The Packet Identifier of the PUBLISH, 1 to 65,535. [MQTT-2.2.1-5]</summary>
    public ushort PacketId { get; init; }

    /// <summary>Reason code; always Success in 3.x.</summary>
    public PubcompReasonCode ReasonCode { get; init; }

    /// <summary>Reason String and User Properties; empty in 3.x.</summary>
    public PropertyBlock Properties { get; init; }

    /// <summary>Reads the bytes that follow the fixed header.</summary>
    /// <param name="body">Exactly Remaining Length bytes; 2 bytes mean Success (§3.7.2.1).</param>
    /// <param name="version">3.x has no reason code.</param>
    /// <param name="pubcomp">Meaningful only when None is returned.</param>
    /// <returns>FieldTruncated, PacketIdZero, TrailingBytes, ReasonCodeInvalid, or an error of the properties.</returns>
    public static PacketError TryRead(ReadOnlySpan<byte> body, ProtocolVersion version, out PubcompPacket pubcomp)
    {
        pubcomp = default;
        var reader = new PacketReader(body);
        var error = AckCodec.ReadHead(ref reader, version, out var packetId, out var code);
        if (error != PacketError.None)
        {
            return error;
        }

        var reasonCode = (PubcompReasonCode)code;
        if (!reasonCode.IsDefined())
        {
            return PacketError.ReasonCodeInvalid;           // [MQTT-3.7.2-1]
        }

        error = AckCodec.ReadTail(ref reader, PropertyOwner.Pubcomp, out var properties);
        pubcomp = new PubcompPacket { PacketId = packetId, ReasonCode = reasonCode, Properties = properties };
        return error;
    }

    /// <summary>Size of the whole packet in bytes.</summary>
    public int Measure(ProtocolVersion version) => AckCodec.Measure((byte)ReasonCode, Properties, version);

    /// <summary>Writes the whole packet.</summary>
    /// <param name="destination">At least <see cref="Measure"/> bytes.</param>
    /// <param name="version">3.x leaves reason code and properties out.</param>
    /// <returns>The bytes written.</returns>
    public int Write(Span<byte> destination, ProtocolVersion version) =>
        AckCodec.Write(destination, version, PacketType.Pubcomp, 0, PacketId, (byte)ReasonCode, Properties);
}
