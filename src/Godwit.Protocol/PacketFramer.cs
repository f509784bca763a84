namespace Godwit.Protocol;

/// <summary>Cuts packets out of a byte stream. Holds no state and copies nothing: what is incomplete stays with the caller.</summary>
public static class PacketFramer
{
    /// <summary>Looks for one packet at the start of <paramref name="input"/>.</summary>
    /// <param name="input">The stream from a packet boundary on; may hold less or more than one packet, or be empty.</param>
    /// <param name="version">Decides which types, flags and length forms are legal.</param>
    /// <param name="packetSizeMax">The receiver's Maximum Packet Size in bytes, fixed header included.</param>
    /// <param name="header">Valid with Complete; with Incomplete only when at least the fixed header has arrived, else default.</param>
    /// <param name="body">With Complete: exactly Remaining Length bytes, a slice of <paramref name="input"/>.</param>
    /// <param name="packetSize">Bytes of the whole packet as declared; 0 while the fixed header is incomplete.</param>
    /// <param name="error">With Invalid: the reason, found as early as the bytes allow and before the body has arrived.</param>
    public static FrameStatus TryRead(
        ReadOnlySpan<byte> input,
        ProtocolVersion version,
        int packetSizeMax,
        out FixedHeader header,
        out ReadOnlySpan<byte> body,
        out int packetSize,
        out PacketError error)
    {
        header = default;
        body = default;
        packetSize = 0;
        error = PacketError.None;

        if (input.IsEmpty)
        {
            return FrameStatus.Incomplete;
        }

        var type = (PacketType)(input[0] >> 4);
        var flags = (byte)(input[0] & 0x0F);
        error = FixedHeader.Check(type, flags, version);
        if (error != PacketError.None)
        {
            return FrameStatus.Invalid;
        }

        error = VariableByteInteger.TryRead(input[1..], version, out var remainingLength, out var lengthSize);
        if (error == PacketError.FieldTruncated)
        {
            error = PacketError.None;
            return FrameStatus.Incomplete;
        }

        if (error != PacketError.None)
        {
            return FrameStatus.Invalid;
        }

        header = new FixedHeader(type, flags, (int)remainingLength);
        packetSize = 1 + lengthSize + (int)remainingLength;
        if (packetSize > packetSizeMax)
        {
            error = PacketError.PacketTooLarge;         // [MQTT-3.2.2-15] from the header alone
            return FrameStatus.Invalid;
        }

        if (input.Length < packetSize)
        {
            return FrameStatus.Incomplete;
        }

        body = input.Slice(1 + lengthSize, (int)remainingLength);
        return FrameStatus.Complete;
    }
}
