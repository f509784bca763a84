using Godwit.Protocol.Packets;

namespace Godwit.Protocol.Tests.Support;

/// <summary>Frames and reads any packet, describes it and writes it again: the whole codec behind one method.</summary>
internal sealed class PacketDecoder
{
    private readonly ProtocolVersion _version;
    private readonly PacketSender _sender;
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

    private PacketError Read(FixedHeader header, ReadOnlySpan<byte> body) => header.Type switch
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
                ? Keep(PacketText.Of(connect), connect.Write(Scratch(connect.Measure())))
                : connectError;
        }

        var error = ConnackPacket.TryRead(body, _version, out var connack);
        return error == PacketError.None
            ? Keep(PacketText.Of(connack), connack.Write(Scratch(connack.Measure(_version)), _version))
            : error;
    }

    private PacketError ReadPublish(byte flags, ReadOnlySpan<byte> body)
    {
        var error = PublishPacket.TryRead(flags, body, _version, out var publish);
        return error == PacketError.None
            ? Keep(PacketText.Of(publish), publish.Write(Scratch(publish.Measure(_version)), _version))
            : error;
    }

    private PacketError ReadAck(PacketType type, ReadOnlySpan<byte> body)
    {
        PacketError error;
        switch (type)
        {
            case PacketType.Puback:
                error = PubackPacket.TryRead(body, _version, out var puback);
                return error == PacketError.None
                    ? Keep(PacketText.Of(puback), puback.Write(Scratch(puback.Measure(_version)), _version))
                    : error;

            case PacketType.Pubrec:
                error = PubrecPacket.TryRead(body, _version, out var pubrec);
                return error == PacketError.None
                    ? Keep(PacketText.Of(pubrec), pubrec.Write(Scratch(pubrec.Measure(_version)), _version))
                    : error;

            case PacketType.Pubrel:
                error = PubrelPacket.TryRead(body, _version, out var pubrel);
                return error == PacketError.None
                    ? Keep(PacketText.Of(pubrel), pubrel.Write(Scratch(pubrel.Measure(_version)), _version))
                    : error;

            default:
                error = PubcompPacket.TryRead(body, _version, out var pubcomp);
                return error == PacketError.None
                    ? Keep(PacketText.Of(pubcomp), pubcomp.Write(Scratch(pubcomp.Measure(_version)), _version))
                    : error;
        }
    }

    private PacketError ReadSubscription(PacketType type, ReadOnlySpan<byte> body)
    {
        PacketError error;
        switch (type)
        {
            case PacketType.Subscribe:
                error = SubscribePacket.TryRead(body, _version, out var subscribe);
                return error == PacketError.None
                    ? Keep(PacketText.Of(subscribe), subscribe.Write(Scratch(subscribe.Measure(_version)), _version))
                    : error;

            case PacketType.Suback:
                error = SubackPacket.TryRead(body, _version, out var suback);
                return error == PacketError.None
                    ? Keep(PacketText.Of(suback), suback.Write(Scratch(suback.Measure(_version)), _version))
                    : error;

            case PacketType.Unsubscribe:
                error = UnsubscribePacket.TryRead(body, _version, out var unsubscribe);
                return error == PacketError.None
                    ? Keep(PacketText.Of(unsubscribe), unsubscribe.Write(Scratch(unsubscribe.Measure(_version)), _version))
                    : error;

            default:
                error = UnsubackPacket.TryRead(body, _version, out var unsuback);
                return error == PacketError.None
                    ? Keep(PacketText.Of(unsuback), unsuback.Write(Scratch(unsuback.Measure(_version)), _version))
                    : error;
        }
    }

    private PacketError ReadOther(PacketType type, ReadOnlySpan<byte> body)
    {
        PacketError error;
        switch (type)
        {
            case PacketType.Pingreq:
                error = PingreqPacket.TryRead(body, _version, out var pingreq);
                return error == PacketError.None
                    ? Keep("PINGREQ", pingreq.Write(Scratch(pingreq.Measure(_version)), _version))
                    : error;

            case PacketType.Pingresp:
                error = PingrespPacket.TryRead(body, _version, out var pingresp);
                return error == PacketError.None
                    ? Keep("PINGRESP", pingresp.Write(Scratch(pingresp.Measure(_version)), _version))
                    : error;

            case PacketType.Disconnect:
                error = DisconnectPacket.TryRead(body, _version, _sender, out var disconnect);
                return error == PacketError.None
                    ? Keep(PacketText.Of(disconnect), disconnect.Write(Scratch(disconnect.Measure(_version)), _version))
                    : error;

            default:
                error = AuthPacket.TryRead(body, _version, _sender, out var auth);
                return error == PacketError.None
                    ? Keep(PacketText.Of(auth), auth.Write(Scratch(auth.Measure(_version)), _version))
                    : error;
        }
    }

    /// <summary>Exactly the measured size, so that a Write that needs more throws.</summary>
    private Span<byte> Scratch(int size) => _rewritten = new byte[size];

    private PacketError Keep(string text, int written)
    {
        Assert.Equal(_rewritten.Length, written);           // Measure and Write agree
        _text = text;
        _written = written;
        return PacketError.None;
    }
}
