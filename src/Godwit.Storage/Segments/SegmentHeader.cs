using System.Buffers.Binary;

namespace Godwit.Storage.Segments;

/// <summary>
/// The first 4,096 bytes of a segment, little endian: magic 8 bytes, format major u16 and minor u16, required features u32, store id 16
/// bytes (as RFC 9562 writes it), generation u8 and 3 zeroes, segNo u32, first LSN u64, term u32, key id u32, zeroes, CRC-32C u32 of all
/// before it.
/// </summary>
/// <param name="StoreId">The store it belongs to.</param>
/// <param name="Generation">The log it belongs to.</param>
/// <param name="SegNo">Its number in the generation.</param>
/// <param name="FirstLsn">Of its first frame. Everything below was flushed before this header was written.</param>
/// <param name="Term">The opening of the store it was made in.</param>
/// <param name="KeyId">The key its frames are encrypted with; 0: they are not.</param>
internal readonly record struct SegmentHeader(Guid StoreId, Generation Generation, uint SegNo, long FirstLsn, uint Term, uint KeyId)
{
    /// <summary>One page.</summary>
    public const int SizeBytes = 4096;

    /// <summary>A change that older versions cannot read.</summary>
    public const ushort FormatMajor = 1;

    /// <summary>A change that older versions can skip.</summary>
    public const ushort FormatMinor = 0;

    /// <summary>Features of the format that this version understands and a reader must.</summary>
    public const uint KnownFeatures = 0;

    private const int ChecksumOffset = SizeBytes - sizeof(uint);

    private static ReadOnlySpan<byte> Magic => "GODWITSG"u8;

    /// <summary>Writes it.</summary>
    /// <param name="bytes"><see cref="SizeBytes"/>.</param>
    public void Write(Span<byte> bytes)
    {
        bytes.Clear();
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[8..], FormatMajor);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[10..], FormatMinor);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], KnownFeatures);
        StoreId.TryWriteBytes(bytes[16..], bigEndian: true, out _);
        bytes[32] = (byte)Generation;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[36..], SegNo);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[40..], FirstLsn);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[48..], Term);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[52..], KeyId);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[ChecksumOffset..], Checksum(bytes));
    }

    /// <summary>Reads it.</summary>
    /// <param name="bytes">The start of the file; may be shorter than a header.</param>
    /// <param name="header">Meaningful only when the answer is <see cref="HeaderStatus.Good"/>.</param>
    /// <param name="format">Major, minor and features in words; empty when damaged.</param>
    public static HeaderStatus TryRead(ReadOnlySpan<byte> bytes, out SegmentHeader header, out string format)
    {
        header = default;
        format = "";
        if (bytes.Length < SizeBytes
            || !bytes.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumOffset..]) != Checksum(bytes))
        {
            return HeaderStatus.Damaged;
        }

        var major = BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);
        var features = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        format = $"format {major}.{BinaryPrimitives.ReadUInt16LittleEndian(bytes[10..])}, features 0x{features:x}";
        if (major > FormatMajor || (features & ~KnownFeatures) != 0)
        {
            return HeaderStatus.TooNew;
        }

        header = new SegmentHeader(
            new Guid(bytes[16..32], bigEndian: true),
            (Generation)bytes[32],
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[36..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[48..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[52..]));
        return HeaderStatus.Good;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes) =>
        Crc32C.Finish(Crc32C.Append(Crc32C.Start, bytes[..ChecksumOffset]));
}
