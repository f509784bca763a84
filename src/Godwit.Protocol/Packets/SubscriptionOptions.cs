namespace Godwit.Protocol.Packets;

/// <summary>Subscription Options, one byte behind each Topic Filter of SUBSCRIBE (5.0 §3.8.3.1); in 3.x only the QoS.</summary>
/// <param name="QoS">Maximum QoS of messages to the subscriber, bits 0 and 1.</param>
/// <param name="NoLocal">Messages of the same client are not sent back, bit 2.</param>
/// <param name="RetainAsPublished">Forwarded messages keep their RETAIN flag, bit 3.</param>
/// <param name="RetainHandling">When retained messages are sent, bits 4 and 5.</param>
public readonly record struct SubscriptionOptions(QoS QoS, bool NoLocal, bool RetainAsPublished, RetainHandling RetainHandling)
{
    /// <summary>The byte on the wire; legal in 3.x as long as only the QoS is set.</summary>
    public byte ToByte() =>
        (byte)((int)QoS | (NoLocal ? 0x04 : 0) | (RetainAsPublished ? 0x08 : 0) | ((int)RetainHandling << 4));

    /// <summary>Takes a byte apart that <see cref="Check"/> found good; the reserved bits are ignored.</summary>
    public static SubscriptionOptions FromByte(byte options) =>
        new((QoS)(options & 0x03), (options & 0x04) != 0, (options & 0x08) != 0, (RetainHandling)((options >> 4) & 0x03));

    /// <summary>Says whether a byte is legal in this version.</summary>
    /// <returns>SubscriptionOptionsReserved, SubscriptionQoSInvalid, RetainHandlingInvalid or None.</returns>
    public static PacketError Check(byte options, ProtocolVersion version)
    {
        var reserved = version == ProtocolVersion.Mqtt5 ? 0xC0 : 0xFC;
        if ((options & reserved) != 0)
        {
            return PacketError.SubscriptionOptionsReserved;     // [MQTT-3.8.3-5] [MQTT3-3-8.3-4]
        }

        if ((options & 0x03) == 0x03)
        {
            return PacketError.SubscriptionQoSInvalid;          // [MQTT3-3-8.3-4]
        }

        return (options & 0x30) == 0x30 ? PacketError.RetainHandlingInvalid : PacketError.None;
    }
}
