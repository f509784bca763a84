using Godwit.Fuzz.Engine;
using Godwit.Protocol.Tests.Support;

namespace Godwit.Fuzz.Packets;

/// <summary>Changes one packet. The lengths around a change are put right most of the time, so that it is seen by the code it is meant for.</summary>
internal static class PacketMutator
{
    /// <summary>A changed copy.</summary>
    /// <param name="packet">Any bytes; best a packet.</param>
    /// <param name="random">Decides everything.</param>
    /// <param name="corpus">Where pieces come from.</param>
    public static byte[] Mutate(byte[] packet, FuzzRandom random, IReadOnlyList<byte[]> corpus)
    {
        var headerSize = PacketCutter.HeaderSizeOf(packet);
        if (headerSize < 2)
        {
            return random.Bytes(random.Size(8));
        }

        var first = packet[0];
        var body = packet[headerSize..].ToList();
        switch (random.Below(8))
        {
            case 0:
                first = random.OneIn(2) ? (byte)(first ^ (1 << random.Below(4))) : (byte)((random.Below(16) << 4) | (first & 0x0F));
                break;

            case 1:
                return EditRemainingLength(packet, headerSize, random);

            case 2 or 3 or 4:
                EditProperties(first, body, random);
                break;

            default:
                for (var count = random.Size(4); count > 0; count--)
                {
                    ByteMutator.Mutate(body, random, corpus);
                }

                break;
        }

        return Raw.Packet(first, [.. body]);
    }

    private static byte[] EditRemainingLength(byte[] packet, int headerSize, FuzzRandom random)
    {
        var length = packet.Length - headerSize;
        byte[] form = random.Below(8) switch
        {
            0 => [0xFF, 0xFF, 0xFF, 0x7F],
            1 => [0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
            2 => [.. Raw.VariableByteInteger(length).SkipLast(1), (byte)(Raw.VariableByteInteger(length)[^1] | 0x80), 0x00],     // longer than necessary
            3 => Raw.VariableByteInteger(length + random.Between(1, 3)),
            4 => Raw.VariableByteInteger(Math.Max(0, length - random.Between(1, 3))),
            5 => [0x00],
            6 => [0x01],
            _ => Raw.VariableByteInteger(random.Size(300_000)),
        };
        return [packet[0], .. form, .. packet.AsSpan(headerSize)];
    }

    /// <summary>Adds, repeats, removes or reorders properties; Property Length follows seven times out of eight.</summary>
    private static void EditProperties(byte first, List<byte> body, FuzzRandom random)
    {
        var bytes = body.ToArray();
        var lengthAt = PacketAnatomy.PropertyLengthAt(first, bytes);
        if (lengthAt < 0)
        {
            ByteMutator.Mutate(body, random, []);
            return;
        }

        var (start, end) = PacketAnatomy.BlockOf(bytes, lengthAt);
        var block = bytes[start..end].ToList();
        switch (random.Below(5))
        {
            case 0:
                ByteMutator.Mutate(block, random, []);
                break;

            case 1:
                block.AddRange(block.ToArray());
                break;

            case 2:
                block.Clear();
                break;

            default:
                block.InsertRange(random.OneIn(2) ? 0 : block.Count, PropertyMaker.Any(random));
                break;
        }

        byte[] length = random.OneIn(8) ? bytes[lengthAt..start] : Raw.VariableByteInteger(block.Count);
        body.Clear();
        body.AddRange([.. bytes[..lengthAt], .. length, .. block, .. bytes[end..]]);
    }
}
