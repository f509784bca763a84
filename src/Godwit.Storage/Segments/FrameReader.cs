using System.Buffers.Binary;
using Godwit.Storage.Files;

namespace Godwit.Storage.Segments;

/// <summary>
/// Reads a segment front to back through a window that grows to the largest frame. A frame counts when its checksum is right and its
/// generation, segment, term and LSN fit: bytes of an older life of the file never do.
/// </summary>
internal sealed class FrameReader(IStoreFile file, Generation generation, uint segNo, uint salt)
{
    private const int BlockSize = 4096;

    private readonly int _length = (int)Math.Min(file.Length, int.MaxValue & -BlockSize);
    private int _windowOffset;
    private int _windowLength;

    /// <summary>Bytes that are read at once, when no frame is larger.</summary>
    public int WindowSize { get; init; } = 1 << 20;

    /// <summary>The memory for it, which another reader may use afterwards.</summary>
    public byte[] Window { get; set; } = [];

    /// <summary>The header of the last frame that was accepted.</summary>
    public FrameHeader Header { get; private set; }

    /// <summary>Where that frame is.</summary>
    public int Offset { get; private set; }

    /// <summary>Where the next one is expected.</summary>
    public int NextOffset => Offset + FrameHeader.AlignedSize(Header.BodySize);

    /// <summary>Its records; valid until the next call.</summary>
    public ReadOnlySpan<byte> Body => At(Offset + FrameHeader.SizeBytes, Header.BodySize);

    /// <summary>The place of the last block that the disk refused to give; -1: none. Reads as zeroes.</summary>
    public int LastUnreadable { get; private set; } = -1;

    /// <summary>Bytes of the file that are looked at.</summary>
    public int Length => _length;

    /// <summary>Reads the frame at a place.</summary>
    /// <param name="offset">Where it should begin.</param>
    /// <param name="lsnMin">Lowest LSN that fits.</param>
    /// <param name="lsnMax">Highest LSN that fits.</param>
    /// <param name="termMin">Lowest term that fits.</param>
    public bool TryRead(int offset, long lsnMin, long lsnMax, uint termMin)
    {
        if (!TryReadHeader(offset, out var header)
            || header.Lsn < lsnMin || header.Lsn > lsnMax || header.Term < termMin
            || header.SegNo != segNo || header.Generation != generation
            || header.BodySize > _length - offset - FrameHeader.SizeBytes       // before anything is made as large
            || !FrameHeader.IsIntact(At(offset, FrameHeader.SizeBytes + header.BodySize), salt))
        {
            return false;
        }

        Header = header;
        Offset = offset;
        return true;
    }

    /// <summary>Looks for the next frame that fits, from a place on, which may be the start of a frame.</summary>
    public bool TryFind(int offset, long lsnMin, long lsnMax, uint termMin)
    {
        Span<byte> magic = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(magic, salt);
        while (offset <= _length - FrameHeader.SizeBytes)
        {
            var bytes = At(offset, Math.Min(BlockSize, _length - offset));
            var found = bytes.IndexOf(magic);
            if (found < 0)
            {
                offset += BlockSize;        // a multiple of the alignment: no magic crosses it
                continue;
            }

            offset += found;
            if (offset % FrameHeader.Alignment == 0 && TryRead(offset, lsnMin, lsnMax, termMin))
            {
                return true;
            }

            offset = (offset & -FrameHeader.Alignment) + FrameHeader.Alignment;
        }

        return false;
    }

    /// <summary>
    /// Bytes of what may have been the frame at a place: its magic is right, or its LSN, segment and term. 0 when nothing there
    /// looks like one.
    /// </summary>
    public int TornSize(int offset, long lsn, uint termMin)
    {
        var isFrame = TryReadHeader(offset, out var header);
        var isOurs = header.SegNo == segNo && header.Lsn == lsn && header.Term >= termMin;
        if (offset > _length - FrameHeader.SizeBytes || !(isOurs || (isFrame && (header.SegNo == segNo || header.Lsn == lsn))))
        {
            return 0;
        }

        var rest = _length - offset;
        if (isFrame && header.Term < termMin && header.BodySize <= rest - FrameHeader.SizeBytes && FrameHeader.IsIntact(At(offset, FrameHeader.SizeBytes + header.BodySize), salt))
        {
            return 0;       // of an older life of the file, when the generation had become empty and began with the same numbers again
        }

        return header.BodySize >= 0 && header.BodySize <= rest - FrameHeader.SizeBytes ? header.BodySize + FrameHeader.SizeBytes : rest;
    }

    /// <summary>Bytes of the file; fewer than asked for only at its end.</summary>
    public ReadOnlySpan<byte> At(int offset, int count)
    {
        if (offset >= _length)
        {
            return [];
        }

        count = Math.Min(count, _length - offset);
        if (offset < _windowOffset || offset + count > _windowOffset + _windowLength)
        {
            Load(offset, count);
        }

        return Window.AsSpan(offset - _windowOffset, Math.Min(count, _windowOffset + _windowLength - offset));
    }

    private bool TryReadHeader(int offset, out FrameHeader header)
    {
        header = default;
        var bytes = At(offset, FrameHeader.SizeBytes);
        return bytes.Length == FrameHeader.SizeBytes && FrameHeader.TryRead(bytes, salt, out header);
    }

    private void Load(int offset, int count)
    {
        var size = Math.Max(count, Math.Min(WindowSize, _length));
        if (Window.Length < size)
        {
            Window = new byte[size];
        }

        _windowOffset = offset;
        var bytes = Window.AsSpan(0, Math.Min(Window.Length, _length - offset));
        try
        {
            _windowLength = file.Read(bytes, offset);
        }
        catch (IOException)
        {
            _windowLength = bytes.Length;
            LoadBlockByBlock(bytes, offset);
        }
    }

    // A sector that cannot be read costs the frames in it, not the store.
    private void LoadBlockByBlock(Span<byte> bytes, int offset)
    {
        for (var at = 0; at < bytes.Length; at += BlockSize)
        {
            var block = bytes.Slice(at, Math.Min(BlockSize, bytes.Length - at));
            block.Clear();
            try
            {
                _ = file.Read(block, offset + at);
            }
            catch (IOException)
            {
                block.Clear();
                LastUnreadable = Math.Max(LastUnreadable, offset + at);
            }
        }
    }
}
