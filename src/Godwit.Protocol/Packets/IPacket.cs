namespace Godwit.Protocol.Packets;

/// <summary>A packet that can be written.</summary>
public interface IPacket
{
    /// <summary>Its type.</summary>
    PacketType Type { get; }

    /// <summary>Size of the whole packet in bytes.</summary>
    int Measure(ProtocolVersion version);

    /// <summary>Writes the whole packet into at least <see cref="Measure"/> bytes.</summary>
    /// <returns>The bytes written.</returns>
    int Write(Span<byte> destination, ProtocolVersion version);
}
