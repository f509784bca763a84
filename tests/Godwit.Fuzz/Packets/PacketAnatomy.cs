using System.Buffers.Binary;

namespace Godwit.Fuzz.Packets;

/// <summary>Where the parts of a packet stand, for a mutator that wants to change one and keep the rest right.</summary>
internal static class PacketAnatomy
{
    /// <summary>Where Property Length stands in the body of a packet of 5.0.</summary>
    /// <param name="first">First byte of the packet.</param>
    /// <param name="body">What follows the fixed header.</param>
    /// <returns>-1: the packet has no properties, or is too short for them.</returns>
    public static int PropertyLengthAt(byte first, ReadOnlySpan<byte> body)
    {
        var at = (first >> 4) switch
        {
            1 => 10,                                                                // name, level, flags, Keep Alive
            2 => 2,
            3 => BehindText(body, 0) + ((first & 0x06) == 0 ? 0 : 2),
            4 or 5 or 6 or 7 => 3,
            8 or 9 or 10 or 11 => 2,
            14 or 15 => 1,
            _ => int.MaxValue,
        };
        return at < body.Length ? at : -1;
    }

    /// <summary>The end of the block whose Property Length stands at <paramref name="lengthAt"/>, and its first property.</summary>
    public static (int Start, int End) BlockOf(ReadOnlySpan<byte> body, int lengthAt)
    {
        var length = 0;
        var at = lengthAt;
        for (var shift = 0; at < body.Length && shift < 28; shift += 7)
        {
            var digit = body[at++];
            length |= (digit & 0x7F) << shift;
            if (digit < 0x80)
            {
                break;
            }
        }

        return (at, Math.Min(body.Length, at + length));
    }

    /// <summary>Behind a two-byte length and its bytes; beyond the end when there are too few.</summary>
    public static int BehindText(ReadOnlySpan<byte> body, int at) =>
        at + 2 <= body.Length ? at + 2 + BinaryPrimitives.ReadUInt16BigEndian(body[at..]) : int.MaxValue / 2;
}
