using System.Diagnostics.CodeAnalysis;

namespace Godwit.Protocol.Packets;

/// <summary>PINGRESP, the server's answer to PINGREQ: exactly 2 bytes (5.0 §3.13).</summary>
[SuppressMessage("Performance", "CA1822", Justification = "All packets are measured and written alike.")]
public readonly ref struct PingrespPacket : IPacket
{
    /// <inheritdoc/>
    public PacketType Type => PacketType.Pingresp;

    /// <summary>Reads the bytes that follow the fixed header.</summary>
    /// <param name="body">Must be empty.</param>
    /// <param name="version">All versions are alike.</param>
    /// <param name="pingresp">Has no fields.</param>
    /// <returns>TrailingBytes or None.</returns>
    public static PacketError TryRead(ReadOnlySpan<byte> body, ProtocolVersion version, out PingrespPacket pingresp)
    {
        pingresp = default;
        return body.IsEmpty ? PacketError.None : PacketError.TrailingBytes;
    }

    /// <summary>Size of the whole packet: 2 bytes.</summary>
    public int Measure(ProtocolVersion version) => FixedHeader.MeasurePacket(0);

    /// <summary>Writes the whole packet.</summary>
    /// <param name="destination">At least 2 bytes.</param>
    /// <param name="version">All versions are alike.</param>
    /// <returns>The bytes written: 2.</returns>
    public int Write(Span<byte> destination, ProtocolVersion version)
    {
        var writer = new PacketWriter(destination);
        writer.WriteFixedHeader(PacketType.Pingresp, 0, 0);
        return writer.Position;
    }
}
