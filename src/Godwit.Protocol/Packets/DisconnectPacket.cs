using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Protocol.Packets;

/// <summary>DISCONNECT, the last packet of a connection; in 3.x only clients send it, and it is empty (5.0 §3.14).</summary>
public readonly ref struct DisconnectPacket : IPacket
{
    /// <inheritdoc/>
    public PacketType Type => PacketType.Disconnect;

    /// <summary>Reason code; always NormalDisconnection in 3.x (§3.14.2.1).</summary>
    public DisconnectReasonCode ReasonCode { get; init; }

    /// <summary>Session Expiry Interval, Reason String, User Properties, Server Reference; empty in 3.x (§3.14.2.2).</summary>
    public PropertyBlock Properties { get; init; }

    /// <summary>Reads the bytes that follow the fixed header.</summary>
    /// <param name="body">Exactly Remaining Length bytes; none mean NormalDisconnection, 1 byte is a code without properties.</param>
    /// <param name="version">3.x has an empty body.</param>
    /// <param name="sender">Some codes and the Session Expiry Interval belong to one side.</param>
    /// <param name="disconnect">Meaningful only when None is returned.</param>
    /// <returns>ReasonCodeInvalid, SessionExpiryFromServer, TrailingBytes, or an error of the properties.</returns>
    public static PacketError TryRead(ReadOnlySpan<byte> body, ProtocolVersion version, PacketSender sender, out DisconnectPacket disconnect)
    {
        disconnect = default;
        if (body.IsEmpty)
        {
            return PacketError.None;
        }

        if (version != ProtocolVersion.Mqtt5)
        {
            return PacketError.TrailingBytes;
        }

        var reader = new PacketReader(body);
        reader.TryReadByte(out var code);
        var reasonCode = (DisconnectReasonCode)code;
        if (!reasonCode.IsDefined(sender))
        {
            return PacketError.ReasonCodeInvalid;               // [MQTT-3.14.2-1]
        }

        PropertyBlock properties = default;
        if (!reader.AtEnd)
        {
            var error = PropertyBlock.TryRead(ref reader, PropertyOwner.Disconnect, out properties);
            if (error != PacketError.None)
            {
                return error;
            }
        }

        if (sender == PacketSender.Server && properties.TryGet(PropertyId.SessionExpiryInterval, out _))
        {
            return PacketError.SessionExpiryFromServer;         // [MQTT-3.14.2-2]
        }

        disconnect = new DisconnectPacket { ReasonCode = reasonCode, Properties = properties };
        return reader.AtEnd ? PacketError.None : PacketError.TrailingBytes;
    }

    /// <summary>Size of the whole packet in bytes.</summary>
    public int Measure(ProtocolVersion version) => FixedHeader.MeasurePacket(MeasureBody(version));

    /// <summary>Writes the whole packet in its shortest form.</summary>
    /// <param name="destination">At least <see cref="Measure"/> bytes.</param>
    /// <param name="version">3.x leaves reason code and properties out.</param>
    /// <returns>The bytes written.</returns>
    public int Write(Span<byte> destination, ProtocolVersion version)
    {
        var writer = new PacketWriter(destination);
        var size = MeasureBody(version);
        writer.WriteFixedHeader(PacketType.Disconnect, 0, size);
        if (size > 0)
        {
            writer.WriteByte((byte)ReasonCode);
        }

        if (size > 1)
        {
            writer.WriteProperties(Properties.Bytes);
        }

        return writer.Position;
    }

    private int MeasureBody(ProtocolVersion version)
    {
        if (version != ProtocolVersion.Mqtt5)
        {
            return 0;
        }

        if (!Properties.IsEmpty)
        {
            return 1 + Properties.EncodedSize;
        }

        return ReasonCode == DisconnectReasonCode.NormalDisconnection ? 0 : 1;
    }
}
