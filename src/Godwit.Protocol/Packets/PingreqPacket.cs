using System.Diagnostics.CodeAnalysis;

namespace Godwit.Protocol.Packets;

/// <summary>PINGREQ, a client's sign of life: exactly 2 bytes (5.0 §3.12).</summary>
[SuppressMessage("Performance", "CA1822", Justification = "All packets are measured and written alike.")]
public readonly ref struct PingreqPacket : IPacket
{
    /// <inheritdoc/>
    public PacketType Type => PacketType.Pingreq;

    /// <summary>Reads the bytes that follow the fixed header.</summary>
    /// <param name="body">Must be empty.</param>
    /// <param name="version">All versions are alike.</param>
    /// <param name="pingreq">Has no fields.</param>
    /// <returns>TrailingBytes or None.</returns>
    public static PacketError TryRead(ReadOnlySpan<byte> body, ProtocolVersion version, out PingreqPacket pingreq)
    {
        pingreq = default;
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
        writer.WriteFixedHeader(PacketType.Pingreq, 0, 0);
        return writer.Position;
    }
}
