using System.Text;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;

namespace Godwit.Conformance.Wire;

/// <summary>A packet that the broker sent, read strictly: what a server must not send fails the check.</summary>
public sealed class Received
{
    private Received(PacketType type, ProtocolVersion version, byte[] packet) =>
        (Type, Version, Packet) = (type, version, packet);

    /// <summary>Which packet.</summary>
    public PacketType Type { get; }

    /// <summary>The version of the connection.</summary>
    public ProtocolVersion Version { get; }

    /// <summary>The whole packet as it came.</summary>
    public byte[] Packet { get; }

    /// <summary>Of a PUBLISH with QoS above 0, an acknowledgement, SUBACK, UNSUBACK: the Packet Identifier; else 0.</summary>
    public ushort PacketId { get; private init; }

    /// <summary>Of CONNACK (the return code in 3.x), PUBACK, PUBREC, PUBREL, PUBCOMP, DISCONNECT, AUTH: the code; else 0.</summary>
    public byte ReasonCode { get; private init; }

    /// <summary>Of SUBACK and UNSUBACK: the codes in order; in 3.x UNSUBACK has none.</summary>
    public byte[] ReasonCodes { get; private init; } = [];

    /// <summary>Of CONNACK.</summary>
    public bool SessionPresent { get; private init; }

    /// <summary>Of PUBLISH.</summary>
    public string Topic { get; private init; } = "";

    /// <summary>Of PUBLISH.</summary>
    public byte[] Payload { get; private init; } = [];

    /// <summary>The payload as UTF-8.</summary>
    public string Text => Encoding.UTF8.GetString(Payload);

    /// <summary>Of PUBLISH.</summary>
    public QoS QoS { get; private init; }

    /// <summary>Of PUBLISH.</summary>
    public bool Dup { get; private init; }

    /// <summary>Of PUBLISH.</summary>
    public bool Retain { get; private init; }

    /// <summary>In wire order; empty in 3.x.</summary>
    public IReadOnlyList<ReceivedProperty> Properties { get; private init; } = [];

    /// <summary>The first property with this identifier, or null.</summary>
    public ReceivedProperty? Property(PropertyId id) => Properties.FirstOrDefault(property => property.Id == id);

    /// <summary>The value of a number, or <paramref name="absent"/> when the property is not there.</summary>
    public uint NumberOr(PropertyId id, uint absent) => Property(id)?.Number ?? absent;

    /// <summary>The Subscription Identifiers in order.</summary>
    public IReadOnlyList<uint> SubscriptionIdentifiers =>
        [.. Properties.Where(property => property.Id == PropertyId.SubscriptionIdentifier).Select(property => property.Number)];

    /// <summary>The User Properties as <c>name=value</c>, in order.</summary>
    public IReadOnlyList<string> UserProperties =>
        [.. Properties.Where(property => property.Id == PropertyId.UserProperty).Select(property => $"{property.Name}={property.Text}")];

    /// <summary>As a person reads it.</summary>
    public override string ToString() => PacketText.Of(this);

    /// <summary>Reads one whole packet from a server.</summary>
    /// <returns>Null and the error when a server must not send this.</returns>
    internal static Received? TryRead(FixedHeader header, ReadOnlySpan<byte> body, byte[] packet, ProtocolVersion version, out PacketError error)
    {
        switch (header.Type)
        {
            case PacketType.Connack:
                error = ConnackPacket.TryRead(body, version, out var connack);
                return error != PacketError.None ? null : new Received(header.Type, version, packet)
                {
                    SessionPresent = connack.SessionPresent,
                    ReasonCode = version == ProtocolVersion.Mqtt5 ? (byte)connack.ReasonCode : body[1],
                    Properties = ReceivedProperty.ListOf(connack.Properties),
                };

            case PacketType.Publish:
                error = PublishPacket.TryRead(header.Flags, body, version, out var publish);
                return error != PacketError.None ? null : new Received(header.Type, version, packet)
                {
                    PacketId = publish.PacketId,
                    Topic = Encoding.UTF8.GetString(publish.Topic),
                    Payload = publish.Payload.ToArray(),
                    QoS = publish.QoS,
                    Dup = publish.Dup,
                    Retain = publish.Retain,
                    Properties = ReceivedProperty.ListOf(publish.Properties),
                };

            case PacketType.Suback:
                error = SubackPacket.TryRead(body, version, out var suback);
                return error != PacketError.None ? null : Codes(suback.PacketId, suback.ReasonCodes, suback.Properties);

            case PacketType.Unsuback:
                error = UnsubackPacket.TryRead(body, version, out var unsuback);
                return error != PacketError.None ? null : Codes(unsuback.PacketId, unsuback.ReasonCodes, unsuback.Properties);

            case PacketType.Pingresp:
                error = PingrespPacket.TryRead(body, version, out _);
                return error != PacketError.None ? null : new Received(header.Type, version, packet);

            case PacketType.Disconnect when version == ProtocolVersion.Mqtt5:
                error = DisconnectPacket.TryRead(body, version, PacketSender.Server, out var disconnect);
                return error != PacketError.None ? null : Ack(0, (byte)disconnect.ReasonCode, disconnect.Properties);

            case PacketType.Auth when version == ProtocolVersion.Mqtt5:
                error = AuthPacket.TryRead(body, version, PacketSender.Server, out var auth);
                return error != PacketError.None ? null : Ack(0, (byte)auth.ReasonCode, auth.Properties);

            default:
                return TryReadAck(header, body, packet, version, out error);
        }

        Received Ack(ushort packetId, byte reasonCode, PropertyBlock properties) =>
            new(header.Type, version, packet) { PacketId = packetId, ReasonCode = reasonCode, Properties = ReceivedProperty.ListOf(properties) };

        Received Codes(ushort packetId, ReadOnlySpan<byte> codes, PropertyBlock properties) =>
            new(header.Type, version, packet) { PacketId = packetId, ReasonCodes = codes.ToArray(), Properties = ReceivedProperty.ListOf(properties) };
    }

    private static Received? TryReadAck(FixedHeader header, ReadOnlySpan<byte> body, byte[] packet, ProtocolVersion version, out PacketError error)
    {
        switch (header.Type)
        {
            case PacketType.Puback:
                error = PubackPacket.TryRead(body, version, out var puback);
                return error != PacketError.None ? null : Ack(puback.PacketId, (byte)puback.ReasonCode, puback.Properties);

            case PacketType.Pubrec:
                error = PubrecPacket.TryRead(body, version, out var pubrec);
                return error != PacketError.None ? null : Ack(pubrec.PacketId, (byte)pubrec.ReasonCode, pubrec.Properties);

            case PacketType.Pubrel:
                error = PubrelPacket.TryRead(body, version, out var pubrel);
                return error != PacketError.None ? null : Ack(pubrel.PacketId, (byte)pubrel.ReasonCode, pubrel.Properties);

            case PacketType.Pubcomp:
                error = PubcompPacket.TryRead(body, version, out var pubcomp);
                return error != PacketError.None ? null : Ack(pubcomp.PacketId, (byte)pubcomp.ReasonCode, pubcomp.Properties);

            default:
                error = PacketError.WrongDirection;
                return null;
        }

        Received Ack(ushort packetId, byte reasonCode, PropertyBlock properties) =>
            new(header.Type, version, packet) { PacketId = packetId, ReasonCode = reasonCode, Properties = ReceivedProperty.ListOf(properties) };
    }
}
