using Godwit.Protocol;

namespace Godwit.Kills.Audit;

/// <summary>A packet that went through a socket of the broker.</summary>
/// <param name="Place">Of a packet that came: where the call ended that brought its last byte. Of one that left: where the call began that took its first.</param>
/// <param name="Header">Type and flags.</param>
/// <param name="Body">What follows the fixed header.</param>
internal sealed record TracedPacket(int Place, FixedHeader Header, byte[] Body)
{
    public PacketType Type => Header.Type;

    /// <summary>PUBACK or PUBREC with an error: it promises nothing.</summary>
    public bool IsRefusal => Type is PacketType.Puback or PacketType.Pubrec && Body is [_, _, >= 0x80, ..];

    /// <summary>Of all packets but CONNECT, CONNACK and PUBLISH.</summary>
    public ushort PacketId => (ushort)((Body[0] << 8) | Body[1]);
}
