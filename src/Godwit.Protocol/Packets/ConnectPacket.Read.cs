using Godwit.Protocol.Properties;
using Godwit.Protocol.Topics;

namespace Godwit.Protocol.Packets;

/// <content>Reading. The checks follow wire order.</content>
public readonly ref partial struct ConnectPacket
{
    private static ReadOnlySpan<byte> Name => "MQTT"u8;

    private static ReadOnlySpan<byte> Name31 => "MQIsdp"u8;

    /// <summary>Reads the bytes that follow the fixed header.</summary>
    /// <param name="body">Exactly Remaining Length bytes.</param>
    /// <param name="connect">
    /// Meaningful when None is returned; with ProtocolVersionUnsupported only <see cref="ProtocolLevel"/>.
    /// </param>
    /// <returns>
    /// FieldTruncated, ProtocolNameInvalid, ProtocolVersionUnsupported, ConnectReservedFlag, WillQoSInvalid,
    /// WillFlagsWithoutWill, PasswordWithoutUserName (3.x), AuthenticationDataWithoutMethod, WillTopicInvalid,
    /// ResponseTopicInvalid, StringIllFormed, StringHasNull, TrailingBytes, or an error of the properties.
    /// </returns>
    public static PacketError TryRead(ReadOnlySpan<byte> body, out ConnectPacket connect)
    {
        connect = default;
        var reader = new PacketReader(body);
        var error = ReadVersion(ref reader, out var level, out var version);
        if (error != PacketError.None)
        {
            connect = new ConnectPacket { ProtocolLevel = level };
            return error;
        }

        if (!reader.TryReadByte(out var flagByte))
        {
            return PacketError.FieldTruncated;
        }

        var flags = (ConnectFlags)flagByte;
        error = CheckFlags(flags, version);
        if (error != PacketError.None)
        {
            return error;
        }

        if (!reader.TryReadUInt16(out var keepAliveSeconds))
        {
            return PacketError.FieldTruncated;
        }

        error = ReadProperties(ref reader, version, out var properties);
        if (error != PacketError.None)
        {
            return error;
        }

        error = reader.ReadString(out var clientId);                    // [MQTT-3.1.3-4] [MQTT3-3.1.3-4]
        if (error != PacketError.None)
        {
            return error;
        }

        var head = new ConnectPacket
        {
            Version = version,
            ProtocolLevel = level,
            IsBridge = (level & BridgeBit) != 0,
            CleanStart = (flags & ConnectFlags.CleanStart) != 0,
            KeepAliveSeconds = keepAliveSeconds,
            Properties = properties,
            ClientId = clientId,
        };
        error = ReadWill(ref reader, flags, head, out var withWill);
        if (error != PacketError.None)
        {
            return error;
        }

        error = ReadCredentials(ref reader, flags, withWill, out connect);
        return error == PacketError.None && !reader.AtEnd ? PacketError.TrailingBytes : error;
    }

    private static PacketError ReadVersion(scoped ref PacketReader reader, out byte level, out ProtocolVersion version)
    {
        level = 0;
        version = default;
        var error = reader.ReadString(out var name);
        if (error != PacketError.None)
        {
            return error;
        }

        var isName31 = name.SequenceEqual(Name31);
        if (!isName31 && !name.SequenceEqual(Name))
        {
            return PacketError.ProtocolNameInvalid;                     // [MQTT-3.1.2-1] [MQTT3-3.1.2-1]
        }

        if (!reader.TryReadByte(out level))
        {
            return PacketError.FieldTruncated;
        }

        version = level switch
        {
            3 or (3 | BridgeBit) when isName31 => ProtocolVersion.Mqtt31,
            4 or (4 | BridgeBit) when !isName31 => ProtocolVersion.Mqtt311,
            5 when !isName31 => ProtocolVersion.Mqtt5,
            _ => default,
        };
        return version == default ? PacketError.ProtocolVersionUnsupported : PacketError.None;     // [MQTT-3.1.2-2] [MQTT3-3.1.2-2]
    }

    private static PacketError CheckFlags(ConnectFlags flags, ProtocolVersion version)
    {
        // In 3.1 bit 0 is unused, and the Will bits are to be disregarded without the Will Flag.
        var isVersion31 = version == ProtocolVersion.Mqtt31;
        if ((flags & ConnectFlags.Reserved) != 0 && !isVersion31)
        {
            return PacketError.ConnectReservedFlag;                     // [MQTT-3.1.2-3] [MQTT3-3.1.2-3]
        }

        if ((flags & ConnectFlags.Will) == 0)
        {
            if ((flags & (ConnectFlags.WillQoS | ConnectFlags.WillRetain)) != 0 && !isVersion31)
            {
                return PacketError.WillFlagsWithoutWill;                // [MQTT-3.1.2-11] [MQTT-3.1.2-13] [MQTT3-3.1.2-11]
            }
        }
        else if ((flags & ConnectFlags.WillQoS) == ConnectFlags.WillQoS)
        {
            return PacketError.WillQoSInvalid;                          // [MQTT-3.1.2-12] [MQTT3-3.1.2-14]
        }

        var isPasswordAlone = (flags & (ConnectFlags.Password | ConnectFlags.UserName)) == ConnectFlags.Password;
        return isPasswordAlone && version != ProtocolVersion.Mqtt5
            ? PacketError.PasswordWithoutUserName                       // [MQTT3-3.1.2-22]
            : PacketError.None;
    }

    private static PacketError ReadProperties(scoped ref PacketReader reader, ProtocolVersion version, out PropertyBlock properties)
    {
        properties = default;
        if (version != ProtocolVersion.Mqtt5)
        {
            return PacketError.None;
        }

        var error = PropertyBlock.TryRead(ref reader, PropertyOwner.Connect, out properties);
        if (error != PacketError.None)
        {
            return error;
        }

        return properties.TryGet(PropertyId.AuthenticationData, out _) && !properties.TryGet(PropertyId.AuthenticationMethod, out _)
            ? PacketError.AuthenticationDataWithoutMethod
            : PacketError.None;
    }

    private static PacketError ReadWill(scoped ref PacketReader reader, ConnectFlags flags, ConnectPacket head, out ConnectPacket connect)
    {
        connect = head;
        if ((flags & ConnectFlags.Will) == 0)
        {
            return PacketError.None;
        }

        PropertyBlock properties = default;
        PacketError error;
        if (head.Version == ProtocolVersion.Mqtt5)
        {
            error = PropertyBlock.TryRead(ref reader, PropertyOwner.Will, out properties);
            if (error != PacketError.None)
            {
                return error;
            }

            if (properties.TryGet(PropertyId.ResponseTopic, out var responseTopic) && !TopicName.IsValid(responseTopic.Value))
            {
                return PacketError.ResponseTopicInvalid;                // [MQTT-3.3.2-14]
            }
        }

        error = reader.ReadString(out var topic);                       // [MQTT-3.1.3-11] [MQTT3-3.1.3-10]
        if (error != PacketError.None)
        {
            return error;
        }

        if (!TopicName.IsValid(topic))
        {
            return PacketError.WillTopicInvalid;                        // [MQTT-4.7.0-1] [MQTT3-4.7.1-1]
        }

        error = reader.ReadBinary(out var payload);
        connect = head with
        {
            HasWill = true,
            WillQoS = (QoS)((int)(flags & ConnectFlags.WillQoS) >> 3),
            WillRetain = (flags & ConnectFlags.WillRetain) != 0,
            WillProperties = properties,
            WillTopic = topic,
            WillPayload = payload,
        };
        return error;
    }

    /// <summary>In 3.1 the Remaining Length goes before the flags: a User Name or Password may be missing at the end.</summary>
    private static PacketError ReadCredentials(scoped ref PacketReader reader, ConnectFlags flags, ConnectPacket head, out ConnectPacket connect)
    {
        connect = head;
        var mayBeMissing = head.Version == ProtocolVersion.Mqtt31;
        if ((flags & ConnectFlags.UserName) != 0 && !(mayBeMissing && reader.AtEnd))
        {
            var error = reader.ReadString(out var userName);            // [MQTT-3.1.3-12] [MQTT3-3.1.3-11]
            if (error != PacketError.None)
            {
                return error;
            }

            connect = connect with { HasUserName = true, UserName = userName };
        }

        if ((flags & ConnectFlags.Password) != 0 && !(mayBeMissing && reader.AtEnd))
        {
            var error = reader.ReadBinary(out var password);
            if (error != PacketError.None)
            {
                return error;
            }

            connect = connect with { HasPassword = true, Password = password };
        }

        return PacketError.None;
    }
}
