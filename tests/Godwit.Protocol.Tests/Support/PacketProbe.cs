using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;

namespace Godwit.Protocol.Tests.Support;

/// <summary>Frames and reads a packet and walks all that is in it, without allocating anything itself.</summary>
internal static class PacketProbe
{
    public static PacketError Read(ReadOnlySpan<byte> input, ProtocolVersion version, PacketSender sender)
    {
        var status = PacketFramer.TryRead(input, version, int.MaxValue, out var header, out var body, out _, out var error);
        if (status != FrameStatus.Complete)
        {
            return error;
        }

        return header.Type switch
        {
            PacketType.Connect => ReadConnect(body),
            PacketType.Publish => ReadPublish(header.Flags, body, version),
            PacketType.Puback or PacketType.Pubrec or PacketType.Pubrel or PacketType.Pubcomp => ReadAck(header.Type, body, version),
            PacketType.Subscribe => ReadSubscribe(body, version),
            PacketType.Unsubscribe => ReadUnsubscribe(body, version),
            PacketType.Connack or PacketType.Suback or PacketType.Unsuback => ReadFromServer(header.Type, body, version),
            _ => ReadOther(header.Type, body, version, sender),
        };
    }

    private static PacketError ReadConnect(ReadOnlySpan<byte> body)
    {
        var error = ConnectPacket.TryRead(body, out var connect);
        return Walk(Walk(error, connect.Properties), connect.WillProperties);
    }

    private static PacketError ReadPublish(byte flags, ReadOnlySpan<byte> body, ProtocolVersion version)
    {
        var error = PublishPacket.TryRead(flags, body, version, out var publish);
        return Walk(error, publish.Properties);
    }

    private static PacketError ReadSubscribe(ReadOnlySpan<byte> body, ProtocolVersion version)
    {
        var error = SubscribePacket.TryRead(body, version, out var subscribe);
        var size = 0;
        foreach (var entry in subscribe.Filters)
        {
            size += entry.Filter.Length + 3;
        }

        Assert.True(size == subscribe.FilterBytes.Length);
        return Walk(error, subscribe.Properties);
    }

    private static PacketError ReadUnsubscribe(ReadOnlySpan<byte> body, ProtocolVersion version)
    {
        var error = UnsubscribePacket.TryRead(body, version, out var unsubscribe);
        var size = 0;
        foreach (var filter in unsubscribe.Filters)
        {
            size += filter.Length + 2;
        }

        Assert.True(size == unsubscribe.FilterBytes.Length);
        return Walk(error, unsubscribe.Properties);
    }

    private static PacketError ReadAck(PacketType type, ReadOnlySpan<byte> body, ProtocolVersion version)
    {
        PacketError error;
        switch (type)
        {
            case PacketType.Puback:
                error = PubackPacket.TryRead(body, version, out var puback);
                return Walk(error, puback.Properties);

            case PacketType.Pubrec:
                error = PubrecPacket.TryRead(body, version, out var pubrec);
                return Walk(error, pubrec.Properties);

            case PacketType.Pubrel:
                error = PubrelPacket.TryRead(body, version, out var pubrel);
                return Walk(error, pubrel.Properties);

            default:
                error = PubcompPacket.TryRead(body, version, out var pubcomp);
                return Walk(error, pubcomp.Properties);
        }
    }

    private static PacketError ReadFromServer(PacketType type, ReadOnlySpan<byte> body, ProtocolVersion version)
    {
        PacketError error;
        switch (type)
        {
            case PacketType.Connack:
                error = ConnackPacket.TryRead(body, version, out var connack);
                return Walk(error, connack.Properties);

            case PacketType.Suback:
                error = SubackPacket.TryRead(body, version, out var suback);
                return Walk(error, suback.Properties);

            default:
                error = UnsubackPacket.TryRead(body, version, out var unsuback);
                return Walk(error, unsuback.Properties);
        }
    }

    private static PacketError ReadOther(PacketType type, ReadOnlySpan<byte> body, ProtocolVersion version, PacketSender sender)
    {
        PacketError error;
        switch (type)
        {
            case PacketType.Pingreq:
                return PingreqPacket.TryRead(body, version, out _);

            case PacketType.Pingresp:
                return PingrespPacket.TryRead(body, version, out _);

            case PacketType.Disconnect:
                error = DisconnectPacket.TryRead(body, version, sender, out var disconnect);
                return Walk(error, disconnect.Properties);

            default:
                error = AuthPacket.TryRead(body, version, sender, out var auth);
                return Walk(error, auth.Properties);
        }
    }

    private static PacketError Walk(PacketError error, PropertyBlock properties)
    {
        var size = 0;
        foreach (var property in properties)
        {
            size += property.Encoded.Length;
        }

        Assert.True(size == properties.Bytes.Length);
        return error;
    }
}
