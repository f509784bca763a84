using System.Buffers.Binary;
using System.Numerics;

namespace Godwit.Storage.Segments;

/// <summary>CRC-32C (Castagnoli), which processors compute: 8 bytes an instruction.</summary>
internal static class Crc32C
{
    /// <summary>Continues a checksum. <c>Finish(Append(Start, bytes))</c> is the CRC-32C of RFC 3720.</summary>
    /// <param name="crc">What the bytes before gave, or <see cref="Start"/>, or any other number to mix in.</param>
    /// <param name="bytes">May be empty.</param>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return crc;
    }

    /// <summary>Where a checksum begins.</summary>
    public const uint Start = uint.MaxValue;

    /// <summary>The checksum as it is compared and written.</summary>
    public static uint Finish(uint crc) => ~crc;
}
