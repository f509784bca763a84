using Godwit.Protocol.Properties;

namespace Godwit.Protocol.Packets;

/// <summary>CONNECT, the first packet of a connection (5.0 §3.1). The spans are slices of the packet, owned by its owner.</summary>
public readonly ref partial struct ConnectPacket
{
    /// <summary>Bit 7 of the protocol level: the client is a bridge. Known from Mosquitto, in no specification.</summary>
    private const int BridgeBit = 0x80;

    /// <summary>Protocol version; decides the protocol name (§3.1.2.2).</summary>
    public ProtocolVersion Version { get; init; }

    /// <summary>
    /// The level byte as read, also after ProtocolVersionUnsupported, so that the server can choose the form of its refusal.
    /// Writing does not use it.
    /// </summary>
    public byte ProtocolLevel { get; init; }

    /// <summary>The client is another broker's bridge: level 0x83 or 0x84.</summary>
    public bool IsBridge { get; init; }

    /// <summary>Clean Start; Clean Session in 3.x (§3.1.2.4).</summary>
    public bool CleanStart { get; init; }

    /// <summary>Keep Alive in seconds; 0 switches it off (§3.1.2.10).</summary>
    public ushort KeepAliveSeconds { get; init; }

    /// <summary>Properties; empty in 3.x (§3.1.2.11).</summary>
    public PropertyBlock Properties { get; init; }

    /// <summary>Client Identifier, UTF-8; may be empty: what that means is the broker's question (§3.1.3.1).</summary>
    public ReadOnlySpan<byte> ClientId { get; init; }

    /// <summary>There is a Will Message; else the Will fields are 0 and empty (§3.1.2.5).</summary>
    public bool HasWill { get; init; }

    /// <summary>QoS of the Will Message (§3.1.2.6).</summary>
    public QoS WillQoS { get; init; }

    /// <summary>RETAIN of the Will Message (§3.1.2.7).</summary>
    public bool WillRetain { get; init; }

    /// <summary>Will Properties; empty in 3.x (§3.1.3.2).</summary>
    public PropertyBlock WillProperties { get; init; }

    /// <summary>Will Topic, UTF-8, not empty, without wildcards (§3.1.3.3).</summary>
    public ReadOnlySpan<byte> WillTopic { get; init; }

    /// <summary>Will Payload: any bytes, 0 to 65,535 (§3.1.3.4).</summary>
    public ReadOnlySpan<byte> WillPayload { get; init; }

    /// <summary>There is a User Name (§3.1.2.8).</summary>
    public bool HasUserName { get; init; }

    /// <summary>User Name, UTF-8; may be empty (§3.1.3.5).</summary>
    public ReadOnlySpan<byte> UserName { get; init; }

    /// <summary>There is a Password (§3.1.2.9).</summary>
    public bool HasPassword { get; init; }

    /// <summary>Password: any bytes, 0 to 65,535 (§3.1.3.6).</summary>
    public ReadOnlySpan<byte> Password { get; init; }

    private byte Level => (byte)((int)Version | (IsBridge ? BridgeBit : 0));

    private ConnectFlags Flags =>
        (CleanStart ? ConnectFlags.CleanStart : 0)
        | (HasWill ? ConnectFlags.Will : 0)
        | (HasWill ? (ConnectFlags)((int)WillQoS << 3) : 0)             // [MQTT-3.1.2-11] [MQTT3-3.1.2-13]
        | (HasWill && WillRetain ? ConnectFlags.WillRetain : 0)         // [MQTT-3.1.2-13] [MQTT3-3.1.2-15]
        | (HasPassword ? ConnectFlags.Password : 0)
        | (HasUserName ? ConnectFlags.UserName : 0);

    /// <summary>Size of the whole packet in bytes.</summary>
    public int Measure() => FixedHeader.MeasurePacket(MeasureBody());

    /// <summary>Writes the whole packet in the form of its <see cref="Version"/>; 3.x leaves the properties out.</summary>
    /// <param name="destination">At least <see cref="Measure"/> bytes.</param>
    /// <returns>The bytes written.</returns>
    public int Write(Span<byte> destination)
    {
        var writer = new PacketWriter(destination);
        writer.WriteFixedHeader(PacketType.Connect, 0, MeasureBody());
        writer.WriteBinary(Version == ProtocolVersion.Mqtt31 ? Name31 : Name);
        writer.WriteByte(Level);
        writer.WriteByte((byte)Flags);
        writer.WriteUInt16(KeepAliveSeconds);
        if (Version == ProtocolVersion.Mqtt5)
        {
            writer.WriteProperties(Properties.Bytes);
        }

        writer.WriteBinary(ClientId);                                   // [MQTT-3.1.3-1] [MQTT3-3.1.3-1] the order of the payload
        if (HasWill)
        {
            if (Version == ProtocolVersion.Mqtt5)
            {
                writer.WriteProperties(WillProperties.Bytes);
            }

            writer.WriteBinary(WillTopic);
            writer.WriteBinary(WillPayload);
        }

        if (HasUserName)
        {
            writer.WriteBinary(UserName);
        }

        if (HasPassword)
        {
            writer.WriteBinary(Password);
        }

        return writer.Position;
    }

    private int MeasureBody()
    {
        var isVersion5 = Version == ProtocolVersion.Mqtt5;
        var size = 2 + (Version == ProtocolVersion.Mqtt31 ? Name31 : Name).Length + 4;      // name, level, flags, Keep Alive
        size += isVersion5 ? Properties.EncodedSize : 0;
        size += 2 + ClientId.Length;
        if (HasWill)
        {
            size += isVersion5 ? WillProperties.EncodedSize : 0;
            size += 2 + WillTopic.Length + 2 + WillPayload.Length;
        }

        size += HasUserName ? 2 + UserName.Length : 0;
        return size + (HasPassword ? 2 + Password.Length : 0);
    }
}
