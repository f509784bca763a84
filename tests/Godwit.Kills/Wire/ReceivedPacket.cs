using Godwit.Protocol;

namespace Godwit.Kills.Wire;

/// <summary>A packet as it came from the broker.</summary>
internal sealed record ReceivedPacket(FixedHeader Header, byte[] Body)
{
    /// <summary>Its type.</summary>
    public PacketType Type => Header.Type;

    /// <summary>Of an acknowledgement: the packet id it begins with.</summary>
    public ushort PacketId => (ushort)((Body[0] << 8) | Body[1]);

    /// <summary>Of PUBACK, PUBREC, PUBREL, PUBCOMP: the reason code, which may be left out when it is 0.</summary>
    public byte ReasonCode => Body.Length > 2 ? Body[2] : (byte)0;

    /// <summary>Of CONNACK and of DISCONNECT, which may leave it out.</summary>
    public byte ConnectReasonCode => Type == PacketType.Connack ? Body[1] : Body.FirstOrDefault();
}
