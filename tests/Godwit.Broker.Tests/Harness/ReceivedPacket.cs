using System.Text;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;

namespace Godwit.Broker.Tests.Harness;

/// <summary>A packet that the broker sent, with every field that any packet has.</summary>
public sealed class ReceivedPacket
{
    public required PacketType Type { get; init; }

    /// <summary>Whole packet, fixed header included.</summary>
    public required byte[] Bytes { get; init; }

    public ushort PacketId { get; init; }

    /// <summary>As on the wire: in 3.x the CONNACK return code.</summary>
    public int ReasonCode { get; init; }

    public bool SessionPresent { get; init; }

    public string Topic { get; init; } = "";

    public byte[] Payload { get; init; } = [];

    public string PayloadText => Encoding.UTF8.GetString(Payload);

    public QoS QoS { get; init; }

    public bool Retain { get; init; }

    public bool Dup { get; init; }

    /// <summary>SUBACK and UNSUBACK.</summary>
    public byte[] Codes { get; init; } = [];

    /// <summary>Encoded properties without their length.</summary>
    public byte[] PropertyBytes { get; init; } = [];

    public PropertyBlock Properties => PropertyBlock.FromTrusted(PropertyBytes);

    public bool Has(PropertyId id) => Properties.TryGet(id, out _);

    public uint Number(PropertyId id) => Properties.TryGet(id, out var property) ? property.Number : throw new InvalidOperationException($"{Type} has no {id}.");

    public string Text(PropertyId id) => Properties.TryGet(id, out var property) ? Encoding.UTF8.GetString(property.Value) : throw new InvalidOperationException($"{Type} has no {id}.");

    /// <summary>All values of a number that may repeat, in wire order.</summary>
    public IReadOnlyList<uint> Numbers(PropertyId id)
    {
        var numbers = new List<uint>();
        foreach (var property in Properties)
        {
            if (property.Id == id)
            {
                numbers.Add(property.Number);
            }
        }

        return numbers;
    }

    /// <summary>User Properties in wire order, as <c>name=value</c>.</summary>
    public IReadOnlyList<string> UserProperties()
    {
        var pairs = new List<string>();
        foreach (var property in Properties)
        {
            if (property.Id == PropertyId.UserProperty)
            {
                pairs.Add($"{Encoding.UTF8.GetString(property.Name)}={Encoding.UTF8.GetString(property.Value)}");
            }
        }

        return pairs;
    }

    /// <summary>Takes all whole packets off the front of a stream.</summary>
    public static void TakeAll(List<byte> stream, ProtocolVersion version, List<ReceivedPacket> packets)
    {
        var rest = stream.ToArray().AsSpan();
        while (TryRead(rest, version) is { } packet)
        {
            packets.Add(packet);
            rest = rest[packet.Bytes.Length..];
        }

        stream.RemoveRange(0, stream.Count - rest.Length);
    }

    private static ReceivedPacket? TryRead(ReadOnlySpan<byte> input, ProtocolVersion version)
    {
        var status = PacketFramer.TryRead(input, version, int.MaxValue, out var header, out var body, out var size, out var error);
        if (status == FrameStatus.Incomplete)
        {
            return null;
        }

        Assert.Equal(PacketError.None, error);
        return Decode(header, body, input[..size].ToArray(), version);
    }

    private static ReceivedPacket Decode(FixedHeader header, ReadOnlySpan<byte> body, byte[] bytes, ProtocolVersion version)
    {
        switch (header.Type)
        {
            case PacketType.Publish:
                Good(PublishPacket.TryRead(header.Flags, body, version, out var publish));
                return new ReceivedPacket
                {
                    Type = header.Type,
                    Bytes = bytes,
                    PacketId = publish.PacketId,
                    Topic = Encoding.UTF8.GetString(publish.Topic),
                    Payload = publish.Payload.ToArray(),
                    QoS = publish.QoS,
                    Retain = publish.Retain,
                    Dup = publish.Dup,
                    PropertyBytes = publish.Properties.Bytes.ToArray(),
                };

            case PacketType.Suback:
                Good(SubackPacket.TryRead(body, version, out var suback));
                return new ReceivedPacket { Type = header.Type, Bytes = bytes, PacketId = suback.PacketId, Codes = suback.ReasonCodes.ToArray(), PropertyBytes = suback.Properties.Bytes.ToArray() };

            case PacketType.Unsuback:
                Good(UnsubackPacket.TryRead(body, version, out var unsuback));
                return new ReceivedPacket { Type = header.Type, Bytes = bytes, PacketId = unsuback.PacketId, Codes = unsuback.ReasonCodes.ToArray(), PropertyBytes = unsuback.Properties.Bytes.ToArray() };

            case PacketType.Connack:
                Good(ConnackPacket.TryRead(body, version, out var connack));
                return new ReceivedPacket { Type = header.Type, Bytes = bytes, SessionPresent = connack.SessionPresent, ReasonCode = body[1], PropertyBytes = connack.Properties.Bytes.ToArray() };

            case PacketType.Disconnect:
                Good(DisconnectPacket.TryRead(body, version, PacketSender.Server, out var disconnect));
                return new ReceivedPacket { Type = header.Type, Bytes = bytes, ReasonCode = (int)disconnect.ReasonCode, PropertyBytes = disconnect.Properties.Bytes.ToArray() };

            case PacketType.Pingresp:
                Good(PingrespPacket.TryRead(body, version, out _));
                return new ReceivedPacket { Type = header.Type, Bytes = bytes };

            default:
                return DecodeAck(header, body, bytes, version);
        }
    }

    private static ReceivedPacket DecodeAck(FixedHeader header, ReadOnlySpan<byte> body, byte[] bytes, ProtocolVersion version)
    {
        ushort packetId;
        int code;
        byte[] properties;
        switch (header.Type)
        {
            case PacketType.Puback:
                Good(PubackPacket.TryRead(body, version, out var puback));
                (packetId, code, properties) = (puback.PacketId, (int)puback.ReasonCode, puback.Properties.Bytes.ToArray());
                break;

            case PacketType.Pubrec:
                Good(PubrecPacket.TryRead(body, version, out var pubrec));
                (packetId, code, properties) = (pubrec.PacketId, (int)pubrec.ReasonCode, pubrec.Properties.Bytes.ToArray());
                break;

            case PacketType.Pubrel:
                Good(PubrelPacket.TryRead(body, version, out var pubrel));
                (packetId, code, properties) = (pubrel.PacketId, (int)pubrel.ReasonCode, pubrel.Properties.Bytes.ToArray());
                break;

            case PacketType.Pubcomp:
                Good(PubcompPacket.TryRead(body, version, out var pubcomp));
                (packetId, code, properties) = (pubcomp.PacketId, (int)pubcomp.ReasonCode, pubcomp.Properties.Bytes.ToArray());
                break;

            case PacketType.Auth:
                Good(AuthPacket.TryRead(body, version, PacketSender.Server, out var auth));
                (packetId, code, properties) = (0, (int)auth.ReasonCode, auth.Properties.Bytes.ToArray());
                break;

            default:
                throw new InvalidOperationException($"A server does not send {header.Type}.");
        }

        return new ReceivedPacket { Type = header.Type, Bytes = bytes, PacketId = packetId, ReasonCode = code, PropertyBytes = properties };
    }

    private static void Good(PacketError error) => Assert.Equal(PacketError.None, error);
}
