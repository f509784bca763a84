using System.Buffers.Binary;

namespace Godwit.Storage.Segments;

/// <summary>
/// What stands before the records of a frame, 40 bytes, little endian: magic u32, body size u32, LSN u64, segNo u32, term u32, durable LSN
/// u64, record count u24 and flags u8, checksum u32. Magic and checksum depend on the store's id, so that neither a frame of another store
/// nor bytes that a publisher put into a payload are ever taken for a frame.
/// </summary>
/// <param name="BodySize">Bytes after the header.</param>
/// <param name="Lsn">Number of the frame in its generation: the one before plus 1.</param>
/// <param name="SegNo">The segment it was written to. Bytes of an older life of a recycled file have another one.</param>
/// <param name="Term">The opening of the store it was written in. Tells frames apart that got the same LSN before and after a torn tail.</param>
/// <param name="DurableLsn">The highest LSN of this generation that was flushed when the frame was written.</param>
/// <param name="RecordCount">Records in the body, below 2^24.</param>
/// <param name="Generation">The log it was written to.</param>
internal readonly record struct FrameHeader(int BodySize, long Lsn, uint SegNo, uint Term, long DurableLsn, int RecordCount, Generation Generation)
{
    /// <summary>4 + 4 + 8 + 4 + 4 + 8 + 4 + 4.</summary>
    public const int SizeBytes = 40;

    /// <summary>A frame begins at a multiple of this.</summary>
    public const int Alignment = 8;

    /// <summary>Longest body: 64 MiB, four times the largest MQTT packet that the store has to take in one piece.</summary>
    public const int BodySizeMax = 64 << 20;

    /// <summary>Most records in one frame: 24 bits.</summary>
    public const int RecordCountMax = (1 << 24) - 1;

    private const int ChecksumOffset = SizeBytes - sizeof(uint);
    private const byte ColdFlag = 0x01;

    /// <summary>What makes the frames of one store its own; never 0, so that a zeroed block is no frame.</summary>
    public static uint SaltOf(Guid storeId) => Crc32C.Append(Crc32C.Start, storeId.ToByteArray()) | 1;

    /// <summary>Bytes from the start of a frame to the start of the next.</summary>
    public static int AlignedSize(int bodySize) => (SizeBytes + bodySize + Alignment - 1) & -Alignment;

    /// <summary>Writes the header, with the checksum of header and body.</summary>
    /// <param name="frame"><see cref="SizeBytes"/> bytes for the header, then the body.</param>
    /// <param name="salt">From <see cref="SaltOf"/>.</param>
    public void Write(Span<byte> frame, uint salt)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(frame, salt);
        BinaryPrimitives.WriteInt32LittleEndian(frame[4..], BodySize);
        BinaryPrimitives.WriteInt64LittleEndian(frame[8..], Lsn);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[16..], SegNo);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[20..], Term);
        BinaryPrimitives.WriteInt64LittleEndian(frame[24..], DurableLsn);
        BinaryPrimitives.WriteInt32LittleEndian(frame[32..], RecordCount);
        frame[35] = Generation == Generation.Cold ? ColdFlag : (byte)0;
        BinaryPrimitives.WriteUInt32LittleEndian(frame[ChecksumOffset..], Checksum(frame, salt));
    }

    /// <summary>Reads the fields; says nothing about the body.</summary>
    /// <param name="bytes">At least <see cref="SizeBytes"/>.</param>
    /// <param name="salt">From <see cref="SaltOf"/>.</param>
    /// <param name="header">The fields, also when the answer is no.</param>
    /// <returns>Magic and body size can be those of a frame of this store.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, uint salt, out FrameHeader header)
    {
        header = new FrameHeader(
            BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[32..]) & RecordCountMax,
            (bytes[35] & ColdFlag) == 0 ? Generation.Hot : Generation.Cold);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes) == salt && header.BodySize is >= 0 and <= BodySizeMax;
    }

    /// <summary>The checksum is that of header and body.</summary>
    /// <param name="frame">Header and body, nothing else.</param>
    /// <param name="salt">From <see cref="SaltOf"/>.</param>
    public static bool IsIntact(ReadOnlySpan<byte> frame, uint salt) =>
#if DEFECTS
        Protocol.Defect.Is("torn-tail-accepted") ||
#endif
        BinaryPrimitives.ReadUInt32LittleEndian(frame[ChecksumOffset..]) == Checksum(frame, salt);

    private static uint Checksum(ReadOnlySpan<byte> frame, uint salt) =>
        Crc32C.Finish(Crc32C.Append(Crc32C.Append(salt, frame[..ChecksumOffset]), frame[SizeBytes..]));
}
