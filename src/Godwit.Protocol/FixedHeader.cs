namespace Godwit.Protocol;

/// <summary>The fixed header of a packet (5.0 §2.1): 2 to 5 bytes.</summary>
/// <param name="Type">High nibble of the first byte.</param>
/// <param name="Flags">Low nibble of the first byte, 0 to 15.</param>
/// <param name="RemainingLength">Bytes that follow the fixed header, 0 to 2^28 - 1.</param>
public readonly record struct FixedHeader(PacketType Type, byte Flags, int RemainingLength)
{
    /// <summary>The largest fixed header: one byte of type and flags, four of Remaining Length.</summary>
    public const int SizeMax = 5;

    /// <summary>Size of a whole packet with a body of <paramref name="remainingLength"/> bytes.</summary>
    public static int MeasurePacket(int remainingLength) =>
        1 + VariableByteInteger.Measure((uint)remainingLength) + remainingLength;

    /// <summary>Says whether type and flags may stand in this version (5.0 §2.1.3, 3.1.1 §2.2.2).</summary>
    /// <returns>ReservedPacketType, ReservedFlags, QoSInvalid or None. PUBLISH's other flags are its own business.</returns>
    public static PacketError Check(PacketType type, byte flags, ProtocolVersion version)
    {
        switch (type)
        {
            case PacketType.Reserved:
            case PacketType.Auth when version != ProtocolVersion.Mqtt5:
                return PacketError.ReservedPacketType;

            case PacketType.Publish:
                return (flags & 0x06) == 0x06 ? PacketError.QoSInvalid : PacketError.None;     // [MQTT-3.3.1-4] [MQTT3-3.3.1-4]

            case PacketType.Pubrel:
            case PacketType.Subscribe:
            case PacketType.Unsubscribe:
                // MQTT 3.1 repeats these three with DUP (bit 3).
                var required = version == ProtocolVersion.Mqtt31 ? flags & 0x07 : flags;
                return required == 0x02 ? PacketError.None : PacketError.ReservedFlags;        // [MQTT-2.1.3-1] [MQTT3-2.2.2-2]

            default:
                return flags == 0 ? PacketError.None : PacketError.ReservedFlags;              // [MQTT-2.1.3-1] [MQTT3-2.2.2-2]
        }
    }
}
