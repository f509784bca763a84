using System.Text;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Simulation.Oracles;

namespace Godwit.Simulation.Networks;

/// <summary>A packet that has passed a place where somebody watches, taken out of its buffer.</summary>
internal sealed class WirePacket
{
    public required PacketType Type { get; init; }

    /// <summary>The whole packet.</summary>
    public required int SizeBytes { get; init; }

    public ushort PacketId { get; init; }

    public byte ReasonCode { get; init; }

    public bool SessionPresent { get; init; }

    public QoS QoS { get; init; }

    public bool Dup { get; init; }

    public bool Retain { get; init; }

    /// <summary>Topic Name; empty when an alias stands for it.</summary>
    public string Topic { get; set; } = "";

    public byte[] Payload { get; init; } = [];

    /// <summary>Encoded, without Property Length.</summary>
    public byte[] Properties { get; init; } = [];

    /// <summary>Filters of SUBSCRIBE and UNSUBSCRIBE.</summary>
    public List<(string Filter, SubscriptionOptions Options)> Filters { get; } = [];

    /// <summary>Codes of SUBACK and UNSUBACK.</summary>
    public byte[] ReasonCodes { get; init; } = [];

    /// <summary>A property that is a number.</summary>
    public uint NumberOr(PropertyId id, uint absent) => PropertyBlock.FromTrusted(Properties).NumberOr(id, absent);

    /// <summary>Takes a packet apart that stands alone in its bytes.</summary>
    /// <param name="header">Of the packet.</param>
    /// <param name="body">What follows the fixed header.</param>
    /// <param name="size">Bytes of the packet.</param>
    /// <param name="version">Of the connection.</param>
    /// <param name="sender">Who has sent it.</param>
    /// <param name="error">Why it cannot be read; then the answer is null.</param>
    public static WirePacket? Read(FixedHeader header, ReadOnlySpan<byte> body, int size, ProtocolVersion version, PacketSender sender, out PacketError error)
    {
        switch (header.Type)
        {
            case PacketType.Publish:
                return ReadPublish(header.Flags, body, size, version, out error);

            case PacketType.Puback:
                error = PubackPacket.TryRead(body, version, out var puback);
                return Ack(header, size, puback.PacketId, (byte)puback.ReasonCode, error);

            case PacketType.Pubrec:
                error = PubrecPacket.TryRead(body, version, out var pubrec);
                return Ack(header, size, pubrec.PacketId, (byte)pubrec.ReasonCode, error);

            case PacketType.Pubrel:
                error = PubrelPacket.TryRead(body, version, out var pubrel);
                return Ack(header, size, pubrel.PacketId, (byte)pubrel.ReasonCode, error);

            case PacketType.Pubcomp:
                error = PubcompPacket.TryRead(body, version, out var pubcomp);
                return Ack(header, size, pubcomp.PacketId, (byte)pubcomp.ReasonCode, error);

            case PacketType.Subscribe:
                return ReadSubscribe(body, size, version, out error);

            case PacketType.Unsubscribe:
                return ReadUnsubscribe(body, size, version, out error);

            default:
                return ReadOther(header, body, size, version, sender, out error);
        }
    }

    private static WirePacket? ReadOther(FixedHeader header, ReadOnlySpan<byte> body, int size, ProtocolVersion version, PacketSender sender, out PacketError error)
    {
        switch (header.Type)
        {
            case PacketType.Connack:
                error = ConnackPacket.TryRead(body, version, out var connack);
                return new WirePacket
                {
                    Type = header.Type,
                    SizeBytes = size,
                    SessionPresent = connack.SessionPresent,
                    ReasonCode = (byte)connack.ReasonCode,
                    Properties = connack.Properties.Bytes.ToArray(),
                };

            case PacketType.Suback:
                error = SubackPacket.TryRead(body, version, out var suback);
                return new WirePacket { Type = header.Type, SizeBytes = size, PacketId = suback.PacketId, ReasonCodes = suback.ReasonCodes.ToArray() };

            case PacketType.Unsuback:
                error = UnsubackPacket.TryRead(body, version, out var unsuback);
                return new WirePacket { Type = header.Type, SizeBytes = size, PacketId = unsuback.PacketId, ReasonCodes = unsuback.ReasonCodes.ToArray() };

            case PacketType.Disconnect:
                error = DisconnectPacket.TryRead(body, version, sender, out var disconnect);
                return new WirePacket { Type = header.Type, SizeBytes = size, ReasonCode = (byte)disconnect.ReasonCode, Properties = disconnect.Properties.Bytes.ToArray() };

            case PacketType.Pingreq or PacketType.Pingresp:
                error = PacketError.None;
                return new WirePacket { Type = header.Type, SizeBytes = size };

            default:
                error = PacketError.WrongDirection;
                return null;
        }
    }

    private static WirePacket? Ack(FixedHeader header, int size, ushort packetId, byte code, PacketError error) =>
        error == PacketError.None ? new WirePacket { Type = header.Type, SizeBytes = size, PacketId = packetId, ReasonCode = code } : null;

    private static WirePacket? ReadPublish(byte flags, ReadOnlySpan<byte> body, int size, ProtocolVersion version, out PacketError error)
    {
        error = PublishPacket.TryRead(flags, body, version, out var publish);
        return error != PacketError.None ? null : new WirePacket
        {
            Type = PacketType.Publish,
            SizeBytes = size,
            PacketId = publish.PacketId,
            QoS = publish.QoS,
            Dup = publish.Dup,
            Retain = publish.Retain,
            Topic = Encoding.UTF8.GetString(publish.Topic),
            Payload = publish.Payload.ToArray(),
            Properties = publish.Properties.Bytes.ToArray(),
        };
    }

    private static WirePacket? ReadSubscribe(ReadOnlySpan<byte> body, int size, ProtocolVersion version, out PacketError error)
    {
        error = SubscribePacket.TryRead(body, version, out var subscribe);
        if (error != PacketError.None)
        {
            return null;
        }

        var packet = new WirePacket { Type = PacketType.Subscribe, SizeBytes = size, PacketId = subscribe.PacketId, Properties = subscribe.Properties.Bytes.ToArray() };
        foreach (var entry in subscribe.Filters)
        {
            packet.Filters.Add((Encoding.UTF8.GetString(entry.Filter), entry.Options));
        }

        return packet;
    }

    private static WirePacket? ReadUnsubscribe(ReadOnlySpan<byte> body, int size, ProtocolVersion version, out PacketError error)
    {
        error = UnsubscribePacket.TryRead(body, version, out var unsubscribe);
        if (error != PacketError.None)
        {
            return null;
        }

        var packet = new WirePacket { Type = PacketType.Unsubscribe, SizeBytes = size, PacketId = unsubscribe.PacketId };
        foreach (var filter in unsubscribe.Filters)
        {
            packet.Filters.Add((Encoding.UTF8.GetString(filter), default));
        }

        return packet;
    }

    /// <summary>For the trace.</summary>
    public override string ToString() => Type switch
    {
        PacketType.Publish => $"PUBLISH {Topic} {Messages.NameOf(Payload)} QoS {(int)QoS}{(PacketId > 0 ? $" id {PacketId}" : "")}{(Dup ? " DUP" : "")}{(Retain ? " RETAIN" : "")}",
        PacketType.Subscribe or PacketType.Unsubscribe =>
            $"{Type.ToString().ToUpperInvariant()} id {PacketId}{(NumberOr(PropertyId.SubscriptionIdentifier, 0) is > 0 and var number ? $" subscription {number}" : "")} {string.Join(' ', Filters.Select(entry => $"{entry.Filter} {entry.Options.ToByte():X2}"))}",
        PacketType.Connack => $"CONNACK {ReasonCode:X2}{(SessionPresent ? " session present" : "")}",
        PacketType.Disconnect => $"DISCONNECT {ReasonCode:X2}",
        PacketType.Pingreq or PacketType.Pingresp => Type.ToString().ToUpperInvariant(),
        _ => $"{Type.ToString().ToUpperInvariant()} id {PacketId}{(ReasonCode > 0 ? $" {ReasonCode:X2}" : "")}",
    };
}
