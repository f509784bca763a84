using Godwit.Protocol.Packets;

namespace Godwit.Protocol.Tests.Support;

/// <summary>Frames and reads any packet, describes it and writes it again: the whole codec behind one method.</summary>
internal sealed class PacketDecoder
{
    private readonly ProtocolVersion _version;
    private readonly PacketSender _sender;
    private PacketType _type;
    private string? _text;
    private byte[] _rewritten = [];
    private int _written;

    private PacketDecoder(ProtocolVersion version, PacketSender sender)
    {
        _version = version;
        _sender = sender;
    }

    /// <summary>Takes the first packet out of <paramref name="input"/>.</summary>
    public static Decoded Decode(
        ReadOnlySpan<byte> input, ProtocolVersion version, PacketSender sender = PacketSender.Client, int packetSizeMax = int.MaxValue)
    {
        var status = PacketFramer.TryRead(input, version, packetSizeMax, out var header, out var body, out var packetSize, out var error);
        var decoder = new PacketDecoder(version, sender);
        if (status == FrameStatus.Complete)
        {
            error = decoder.Read(header, body);
        }

        return new Decoded(status, error, packetSize, decoder._text, decoder._rewritten[..decoder._written]);
    }

    private PacketError Read(FixedHeader header, ReadOnlySpan<byte> body) => (_type = header.Type) switch
    {
        PacketType.Connect or PacketType.Connack => ReadConnection(header.Type, body),
        PacketType.Publish => ReadPublish(header.Flags, body),
        PacketType.Puback or PacketType.Pubrec or PacketType.Pubrel or PacketType.Pubcomp => ReadAck(header.Type, body),
        PacketType.Subscribe or PacketType.Suback or PacketType.Unsubscribe or PacketType.Unsuback => ReadSubscription(header.Type, body),
        _ => ReadOther(header.Type, body),
    };

    private PacketError ReadConnection(PacketType type, ReadOnlySpan<byte> body)
    {
        if (type == PacketType.Connect)
        {
            var connectError = ConnectPacket.TryRead(body, out var connect);
            return connectError == PacketError.None
                ? Keep(PacketType.Connect, PacketText.Of(connect), connect.Write(Scratch(connect.Measure())))
                : connectError;
        }

        var error = ConnackPacket.TryRead(body, _version, out var connack);
        return error == PacketError.None ? Keep(connack, PacketText.Of(connack)) : error;
    }

    private PacketError ReadPublish(byte flags, ReadOnlySpan<byte> body)
    {
        var error = PublishPacket.TryRead(flags, body, _version, out var publish);
        return error == PacketError.None ? Keep(publish, PacketText.Of(publish)) : error;
    }

    private PacketError ReadAck(PacketType type, ReadOnlySpan<byte> body)
    {
        PacketError error;
        switch (type)
        {
            case PacketType.Puback:
                error = PubackPacket.TryRead(body, _version, out var puback);
                return error == PacketError.None ? Keep(puback, PacketText.Of(puback)) : error;

            case PacketType.Pubrec:
                error = PubrecPacket.TryRead(body, _version, out var pubrec);
                return error == PacketError.None ? Keep(pubrec, PacketText.Of(pubrec)) : error;

            case PacketType.Pubrel:
                error = PubrelPacket.TryRead(body, _version, out var pubrel);
                return error == PacketError.None ? Keep(pubrel, PacketText.Of(pubrel)) : error;

            default:
                error = PubcompPacket.TryRead(body, _version, out var pubcomp);
                return error == PacketError.None ? Keep(pubcomp, PacketText.Of(pubcomp)) : error;
        }
    }

    private PacketError ReadSubscription(PacketType type, ReadOnlySpan<byte> body)
    {
        PacketError error;
        switch (type)
        {
            case PacketType.Subscribe:
                error = SubscribePacket.TryRead(body, _version, out var subscribe);
                return error == PacketError.None ? Keep(subscribe, PacketText.Of(subscribe)) : error;

            case PacketType.Suback:
                error = SubackPacket.TryRead(body, _version, out var suback);
                return error == PacketError.None ? Keep(suback, PacketText.Of(suback)) : error;

            case PacketType.Unsubscribe:
                error = UnsubscribePacket.TryRead(body, _version, out var unsubscribe);
                return error == PacketError.None ? Keep(unsubscribe, PacketText.Of(unsubscribe)) : error;

            default:
                error = UnsubackPacket.TryRead(body, _version, out var unsuback);
                return error == PacketError.None ? Keep(unsuback, PacketText.Of(unsuback)) : error;
        }
    }

    private PacketError ReadOther(PacketType type, ReadOnlySpan<byte> body)
    {
        PacketError error;
        switch (type)
        {
            case PacketType.Pingreq:
                error = PingreqPacket.TryRead(body, _version, out var pingreq);
                return error == PacketError.None ? Keep(pingreq, "PINGREQ") : error;

            case PacketType.Pingresp:
                error = PingrespPacket.TryRead(body, _version, out var pingresp);
                return error == PacketError.None ? Keep(pingresp, "PINGRESP") : error;

            case PacketType.Disconnect:
                error = DisconnectPacket.TryRead(body, _version, _sender, out var disconnect);
                return error == PacketError.None ? Keep(disconnect, PacketText.Of(disconnect)) : error;

            default:
                error = AuthPacket.TryRead(body, _version, _sender, out var auth);
                return error == PacketError.None ? Keep(auth, PacketText.Of(auth)) : error;
        }
    }

    /// <summary>Exactly the measured size, so that a Write that needs more throws.</summary>
    private Span<byte> Scratch(int size) => _rewritten = new byte[size];

    private PacketError Keep<T>(in T packet, string text)
        where T : struct, IPacket, allows ref struct =>
        Keep(packet.Type, text, packet.Write(Scratch(packet.Measure(_version)), _version));

    private PacketError Keep(PacketType type, string text, int written)
    {
        Assert.Equal(_type, type);
        Assert.Equal(_rewritten.Length, written);           // Measure and Write agree
        _text = text;
        _written = written;
        return PacketError.None;
    }
}
