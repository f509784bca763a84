namespace Godwit.Storage.Segments;

/// <summary>Where a frame is.</summary>
/// <param name="Generation">The log.</param>
/// <param name="SegNo">The segment; unique in its generation, never used again.</param>
/// <param name="Offset">Of the frame in the segment, bytes; a multiple of 8.</param>
/// <param name="BodySize">Bytes.</param>
/// <param name="Lsn">The frame's number in its generation.</param>
internal readonly record struct FrameLocation(Generation Generation, uint SegNo, int Offset, int BodySize, long Lsn)
{
    /// <summary>Of the first body byte in the segment.</summary>
    public int BodyOffset => Offset + FrameHeader.SizeBytes;
}
