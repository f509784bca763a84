using Godwit.Protocol;

namespace Godwit.Floods.Support;

/// <summary>A packet as it came from the broker.</summary>
internal sealed record ReceivedPacket(FixedHeader Header, byte[] Body)
{
    /// <summary>Of an acknowledgement: the packet id it begins with.</summary>
    public ushort PacketId => (ushort)((Body[0] << 8) | Body[1]);

    /// <summary>Of PUBACK, PUBREC, PUBREL, PUBCOMP: the reason code, which may be left out when it is 0.</summary>
    public byte ReasonCode => Body.Length > 2 ? Body[2] : (byte)0;
}
