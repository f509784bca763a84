namespace Godwit.Fuzz.Packets;

/// <summary>Cuts a stream into packets as far as that goes, without the product's framer, so that a mutator can treat each for itself.</summary>
internal static class PacketCutter
{
    /// <summary>Packets in order; what cannot be cut is the last piece. Together they are the stream again.</summary>
    public static List<byte[]> Cut(ReadOnlySpan<byte> stream)
    {
        var packets = new List<byte[]>();
        while (!stream.IsEmpty)
        {
            var size = SizeOf(stream);
            packets.Add(stream[..size].ToArray());
            stream = stream[size..];
        }

        return packets;
    }

    /// <summary>Bytes of the fixed header; all bytes when it is not whole.</summary>
    public static int HeaderSizeOf(ReadOnlySpan<byte> packet)
    {
        for (var size = 2; size <= Math.Min(packet.Length, 5); size++)
        {
            if (packet[size - 1] < 0x80)
            {
                return size;
            }
        }

        return packet.Length;
    }

    private static int SizeOf(ReadOnlySpan<byte> stream)
    {
        var headerSize = HeaderSizeOf(stream);
        long length = 0;
        for (var i = 1; i < headerSize && i <= 4; i++)
        {
            length |= (long)(stream[i] & 0x7F) << (7 * (i - 1));
        }

        return (int)Math.Min(headerSize + length, stream.Length);
    }
}
