using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Protocol.Packets;

/// <summary>AUTH, one step of an extended authentication; 5.0 only, both directions (5.0 §3.15).</summary>
public readonly ref struct AuthPacket : IPacket
{
    /// <inheritdoc/>
    public PacketType Type => PacketType.Auth;

    /// <summary>Reason code (§3.15.2.1).</summary>
    public AuthReasonCode ReasonCode { get; init; }

    /// <summary>Authentication Method (always), Authentication Data, Reason String, User Properties (§3.15.2.2).</summary>
    public PropertyBlock Properties { get; init; }

    /// <summary>Reads the bytes that follow the fixed header.</summary>
    /// <param name="body">
    /// Exactly Remaining Length bytes. None would mean Success without properties (§3.15.2.1), but the Authentication Method must
    /// not be left out (§3.15.2.2.2).
    /// </param>
    /// <param name="version">3.x does not have this packet.</param>
    /// <param name="sender">Success belongs to the server, Reauthenticate to the client.</param>
    /// <param name="auth">Meaningful only when None is returned.</param>
    /// <returns>
    /// ReservedPacketType (3.x), ReasonCodeInvalid, AuthenticationMethodMissing, TrailingBytes, or an error of the properties.
    /// </returns>
    public static PacketError TryRead(ReadOnlySpan<byte> body, ProtocolVersion version, PacketSender sender, out AuthPacket auth)
    {
        auth = default;
        if (version != ProtocolVersion.Mqtt5)
        {
            return PacketError.ReservedPacketType;
        }

        var reader = new PacketReader(body);
        reader.TryReadByte(out var code);                       // stays 0, Success, in an empty body
        var reasonCode = (AuthReasonCode)code;
        if (!reasonCode.IsDefined(sender))
        {
            return PacketError.ReasonCodeInvalid;               // [MQTT-3.15.2-1]
        }

        PropertyBlock properties = default;
        if (!reader.AtEnd)
        {
            var error = PropertyBlock.TryRead(ref reader, PropertyOwner.Auth, out properties);
            if (error != PacketError.None)
            {
                return error;
            }
        }

        if (!properties.TryGet(PropertyId.AuthenticationMethod, out _))
        {
            return PacketError.AuthenticationMethodMissing;     // [MQTT-4.12.0-5]
        }

        auth = new AuthPacket { ReasonCode = reasonCode, Properties = properties };
        return reader.AtEnd ? PacketError.None : PacketError.TrailingBytes;
    }

    /// <summary>Size of the whole packet in bytes.</summary>
    public int Measure(ProtocolVersion version) => FixedHeader.MeasurePacket(MeasureBody());

    /// <summary>Writes the whole packet.</summary>
    /// <param name="destination">At least <see cref="Measure"/> bytes.</param>
    /// <param name="version">Must be 5.0.</param>
    /// <returns>The bytes written.</returns>
    public int Write(Span<byte> destination, ProtocolVersion version)
    {
        var writer = new PacketWriter(destination);
        writer.WriteFixedHeader(PacketType.Auth, 0, MeasureBody());
        writer.WriteByte((byte)ReasonCode);
        writer.WriteProperties(Properties.Bytes);
        return writer.Position;
    }

    private int MeasureBody() => 1 + Properties.EncodedSize;
}
