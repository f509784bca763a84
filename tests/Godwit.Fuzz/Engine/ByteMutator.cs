namespace Godwit.Fuzz.Engine;

/// <summary>Changes bytes without knowing what they mean.</summary>
internal static class ByteMutator
{
    private static readonly byte[] Edges = [0x00, 0x01, 0x02, 0x03, 0x05, 0x7E, 0x7F, 0x80, 0x81, 0xC0, 0xFE, 0xFF, (byte)'/', (byte)'+', (byte)'#', (byte)'$'];

    private static readonly byte[][] Tokens =
    [
        [0xFF, 0xFF, 0xFF, 0x7F], [0xFF, 0xFF, 0xFF, 0xFF, 0x01], [0x80, 0x00], [0x80, 0x80, 0x80, 0x80], [0x80, 0x01],     // variable byte integers
        [0x00, 0x00], [0xFF, 0xFF], [0x7F, 0xFF], [0x00, 0x00, 0x00, 0x00], [0xFF, 0xFF, 0xFF, 0xFF],                       // numbers
        [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0xEF, 0xBB, 0xBF], [0xEF, 0xBF, 0xBF],   // UTF-8, good and bad
        [.. "$share/g/"u8], [.. "$SYS/"u8], [.. "/#"u8], [.. "/+"u8], [.. "MQTT"u8], [.. "MQIsdp"u8],
    ];

    /// <summary>Does one thing to the bytes.</summary>
    /// <param name="bytes">Changed.</param>
    /// <param name="random">Decides everything.</param>
    /// <param name="others">Inputs to take pieces from; may be empty.</param>
    public static void Mutate(List<byte> bytes, FuzzRandom random, IReadOnlyList<byte[]> others)
    {
        if (bytes.Count == 0)
        {
            bytes.AddRange(random.Bytes(random.Size(16)));
            return;
        }

        var at = random.Below(bytes.Count);
        switch (random.Below(14))
        {
            case 0 or 1:
                bytes[at] ^= (byte)(1 << random.Below(8));
                break;

            case 2:
                bytes[at] = random.Pick(Edges);
                break;

            case 3:
                bytes[at] = random.Byte();
                break;

            case 4:
                bytes[at] += (byte)random.Between(-4, 4);
                break;

            case 5 or 6:
                EditLength(bytes, at, random);
                break;

            case 7:
                bytes.InsertRange(at, random.Pick(Tokens));
                break;

            case 8:
                Overwrite(bytes, at, random.Pick(Tokens));
                break;

            case 9:
                bytes.InsertRange(at, random.Bytes(random.Size(32)));
                break;

            default:
                MoveBlock(bytes, at, random, others);
                break;
        }
    }

    /// <summary>A two-byte length that is a little wrong, far too large, or zero.</summary>
    private static void EditLength(List<byte> bytes, int at, FuzzRandom random)
    {
        if (at + 1 >= bytes.Count)
        {
            return;
        }

        var rest = bytes.Count - at - 2;
        var value = random.Below(5) switch
        {
            0 => 0,
            1 => rest,
            2 => rest + 1,
            3 => 0xFFFF,
            _ => ((bytes[at] << 8) | bytes[at + 1]) + random.Between(-2, 2),
        };
        bytes[at] = (byte)(value >> 8);
        bytes[at + 1] = (byte)value;
    }

    private static void MoveBlock(List<byte> bytes, int at, FuzzRandom random, IReadOnlyList<byte[]> others)
    {
        var size = Math.Min(random.Size(64), bytes.Count - at);
        var block = bytes.GetRange(at, size);
        switch (random.Below(5))
        {
            case 0:
                bytes.RemoveRange(at, size);
                break;

            case 1:
                bytes.InsertRange(random.Below(bytes.Count + 1), block);
                break;

            case 2:
                Overwrite(bytes, random.Below(bytes.Count), block);
                break;

            case 3:
                bytes.RemoveRange(at, bytes.Count - at);
                break;

            default:
                var other = others.Count == 0 ? [] : random.Pick(others);
                var from = random.Below(other.Length);
                bytes.InsertRange(at, other.AsSpan(from, Math.Min(random.Size(64), other.Length - from)).ToArray());
                break;
        }
    }

    private static void Overwrite(List<byte> bytes, int at, IReadOnlyList<byte> block)
    {
        for (var i = 0; i < block.Count && at + i < bytes.Count; i++)
        {
            bytes[at + i] = block[i];
        }
    }
}
