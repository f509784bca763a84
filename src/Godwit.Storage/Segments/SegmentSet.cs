using Godwit.Storage.Files;

namespace Godwit.Storage.Segments;

/// <summary>
/// One generation of the log: segments in order, appended to at the end, retired at the front. Made by <see cref="LogScan"/>; used by the
/// writer thread, except <see cref="TryReadFrame"/> and <see cref="Read"/> of a segment that nobody retires meanwhile. No space is
/// <see cref="StoreFullException"/>: nothing has changed, and the call may be repeated. After any other <see cref="IOException"/> of a call
/// that writes, every later one fails too: what has reached the disk is unknown until the store is opened again.
/// </summary>
internal sealed class SegmentSet : IDisposable
{
    private const int ChunkSize = 1 << 20;

    private readonly IStoreFs _fs;
    private readonly SegmentPool _pool;
    private readonly SegmentOptions _options;
    private readonly List<Segment> _segments = [];
    private readonly uint _salt;
    private readonly byte[] _header = new byte[SegmentHeader.SizeBytes];
    private byte[] _window = [];
    private uint _nextSegNo = 1;
    private IOException? _failure;

    internal SegmentSet(IStoreFs fs, SegmentPool pool, SegmentOptions options, Generation generation)
    {
        _fs = fs;
        _pool = pool;
        _options = options;
        _salt = FrameHeader.SaltOf(options.StoreId);
        Generation = generation;
    }

    /// <summary>Which log it is.</summary>
    public Generation Generation { get; }

    /// <summary>The opening of the store that its new frames are written in.</summary>
    public uint Term { get; internal set; }

    /// <summary>Number of the last frame; 0: there was none yet.</summary>
    public long LastLsn { get; internal set; }

    /// <summary>Every frame up to this one outlives a power cut.</summary>
    public long DurableLsn { get; private set; }

    /// <summary>Segments, with the one that is written to.</summary>
    public int Count => _segments.Count;

    /// <summary>The oldest segment; 0: there is none.</summary>
    public uint FrontSegNo => Count == 0 ? 0 : _segments[0].SegNo;

    /// <summary>The segment that is written to; 0: there is none.</summary>
    public uint TailSegNo => Count == 0 ? 0 : _segments[^1].SegNo;

    /// <summary>Bytes of all its files.</summary>
    public long SizeBytes { get; private set; }

    /// <summary>Called when <see cref="ScanSegment"/> meets damage that was not there when the store was opened.</summary>
    public Action<DamagedRange>? OnDamage { get; set; }

    /// <summary>The segments' numbers, oldest first.</summary>
    public IEnumerable<uint> SegNos => _segments.Select(segment => segment.SegNo);

    /// <summary>Bytes of a segment's file.</summary>
    public int SizeOf(uint segNo) => Find(segNo).CapacityBytes;

    /// <summary>Of the first frame that a segment has or will have.</summary>
    public long FirstLsn(uint segNo) => Find(segNo).FirstLsn;

    /// <summary>Of the last frame that a segment has; below <see cref="FirstLsn"/> when it has none.</summary>
    public long LastLsnOf(uint segNo) => Find(segNo).LastLsn;

    /// <summary>Behind a segment's last frame.</summary>
    public int EndOffset(uint segNo) => Find(segNo).EndOffset;

    /// <summary>Bytes of the file of the segment that is written to; 0: there is none.</summary>
    public int TailCapacityBytes => Count == 0 ? 0 : _segments[^1].CapacityBytes;

    /// <summary>A frame of this size goes into the segment that is written to.</summary>
    public bool HasRoomFor(int bodySize) =>
        Count > 0 && !_segments[^1].IsDamaged && bodySize <= _segments[^1].CapacityBytes - _segments[^1].EndOffset - FrameHeader.SizeBytes;

    /// <summary>Writes a frame behind the last one, with <see cref="Roll"/> before when it does not fit. It is not flushed.</summary>
    /// <param name="frame">
    /// <see cref="FrameHeader.SizeBytes"/> bytes that are overwritten, then the body: at most <see cref="FrameHeader.BodySizeMax"/> bytes.
    /// </param>
    /// <param name="recordCount">At most <see cref="FrameHeader.RecordCountMax"/>; given back when the frame is scanned.</param>
    public FrameLocation Append(Span<byte> frame, int recordCount)
    {
        var bodySize = frame.Length - FrameHeader.SizeBytes;
        if (bodySize is < 0 or > FrameHeader.BodySizeMax)
        {
            throw new ArgumentException($"{frame.Length} bytes are no frame", nameof(frame));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(recordCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(recordCount, FrameHeader.RecordCountMax);
        ThrowIfFailed();
        if (!HasRoomFor(bodySize))
        {
            Roll(bodySize);
        }

        var tail = _segments[^1];
        var location = new FrameLocation(Generation, tail.SegNo, tail.EndOffset, bodySize, LastLsn + 1);
        new FrameHeader(bodySize, location.Lsn, tail.SegNo, Term, DurableLsn, recordCount, Generation).Write(frame, _salt);
        try
        {
            tail.File.Write(frame, tail.EndOffset);
        }
        catch (IOException exception) when (exception is not StoreFullException)
        {
            throw Fail(exception);
        }

        LastLsn = tail.LastLsn = location.Lsn;
        tail.EndOffset = Math.Min(tail.EndOffset + FrameHeader.AlignedSize(bodySize), tail.CapacityBytes);
        return location;
    }

    /// <summary>Makes every frame durable.</summary>
    public void Flush()
    {
        ThrowIfFailed();
#if DEFECTS
        if (Protocol.Defect.Is("segment-retired-before-cold-flush") && Generation == Generation.Cold) { return; }
#endif
        if (DurableLsn == LastLsn || Count == 0)
        {
            return;
        }

        try
        {
            _segments[^1].File.Flush();     // those before it were flushed when they were sealed
        }
        catch (IOException exception)
        {
            throw Fail(new IOException(exception.Message, exception));      // no space here is no less fatal
        }

        DurableLsn = LastLsn;
    }

    /// <summary>Lets the disk begin to write what was appended, once it is so much: or the flush would keep it busy for long.</summary>
    public void WriteBack(int bytesMin)
    {
        if (Count > 0 && _segments[^1] is var tail && tail.EndOffset - tail.WrittenBackOffset >= bytesMin)
        {
            tail.File.WriteBack(tail.WrittenBackOffset, tail.EndOffset - tail.WrittenBackOffset, wait: false);
            tail.WrittenBackOffset = tail.EndOffset;
        }
    }

    /// <summary>Seals the segment that is written to, with a flush, and begins the next: from the pool, or newly made.</summary>
    /// <param name="bodySize">The new segment has room for a frame of this size.</param>
    public void Roll(int bodySize = 0)
    {
        Flush();
        IStoreFile? file = null;
        try
        {
            var pooled = _pool.Take(SegmentHeader.SizeBytes + FrameHeader.AlignedSize(bodySize), out file);
            Begin(pooled, file);
        }
        catch (StoreFullException)
        {
            throw;
        }
        catch (IOException exception)
        {
            file?.Dispose();
            throw Fail(exception);
        }
    }

    /// <summary>
    /// Removes the oldest segment; its file goes to the pool. The hot segment that is written to cannot be removed; of the cold generation
    /// nothing needs to be left.
    /// </summary>
    public void RetireFront()
    {
        if (Count < (Generation == Generation.Hot ? 2 : 1))
        {
            throw new InvalidOperationException("the segment that is written to cannot be retired");
        }

        ThrowIfFailed();
        var front = _segments[0];
        try
        {
            _pool.Give(front.File, front.Name, front.CapacityBytes);
            _segments.RemoveAt(0);
            SizeBytes -= front.CapacityBytes;
#if DEFECTS
            if (!Protocol.Defect.Is("directory-not-synced"))
#endif
            _fs.SyncDirectory();        // before the file can be overwritten as another segment
        }
        catch (IOException exception) when (exception is not StoreFullException)
        {
            throw Fail(exception);
        }
    }

    /// <summary>Reads bytes of a segment, whatever they are.</summary>
    /// <returns>Bytes read: fewer than asked for only at the end of the file.</returns>
    public int Read(uint segNo, int offset, Span<byte> buffer) => Find(segNo).File.Read(buffer, offset);

    /// <summary>Reads one frame and checks it.</summary>
    /// <param name="segNo">The segment.</param>
    /// <param name="offset">Of the frame in it.</param>
    /// <param name="buffer">Grows when it is too small. The body begins at <see cref="FrameHeader.SizeBytes"/>.</param>
    /// <param name="bodySize">Bytes of the body.</param>
    /// <returns>False: it is damaged or cannot be read.</returns>
    public bool TryReadFrame(uint segNo, int offset, ref byte[] buffer, out int bodySize)
    {
        var segment = Find(segNo);
        bodySize = 0;
        try
        {
            if (buffer.Length < FrameHeader.SizeBytes)
            {
                buffer = new byte[FrameHeader.SizeBytes];
            }

            if (segment.File.Read(buffer.AsSpan(0, FrameHeader.SizeBytes), offset) < FrameHeader.SizeBytes
                || !FrameHeader.TryRead(buffer, _salt, out var header)
                || header.SegNo != segNo || header.Generation != Generation
                || header.Lsn < segment.FirstLsn || header.Lsn > segment.LastLsn
                || header.BodySize > segment.CapacityBytes - offset - FrameHeader.SizeBytes)
            {
                return false;
            }

            var size = FrameHeader.SizeBytes + header.BodySize;
            if (buffer.Length < size)
            {
                buffer = new byte[size];
            }

            bodySize = header.BodySize;
            return segment.File.Read(buffer.AsSpan(0, size), offset) == size && FrameHeader.IsIntact(buffer.AsSpan(0, size), _salt);
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Gives the frames of a segment, in order; skips what is damaged and tells <see cref="OnDamage"/>.</summary>
    /// <param name="segNo">The segment.</param>
    /// <param name="fromOffset">Where to begin: 0, or what the call before returned.</param>
    /// <param name="bytesMax">Stops after about so many bytes; at least one frame is given when there is one.</param>
    /// <param name="onFrame">Must not change this set.</param>
    /// <returns>Where to go on; <see cref="EndOffset"/>: that was all.</returns>
    public int ScanSegment(uint segNo, int fromOffset, int bytesMax, FrameHandler onFrame)
    {
        var segment = Find(segNo);
        var reader = new FrameReader(segment.File, Generation, segNo, _salt) { Window = _window, WindowSize = Math.Clamp(bytesMax, SegmentHeader.SizeBytes, ChunkSize) };
        var start = Math.Max(fromOffset, SegmentHeader.SizeBytes);
        var offset = start;
        var lsn = segment.FirstLsn;
        var term = segment.Term;
        while (offset < segment.EndOffset && offset - start < bytesMax)
        {
            var isFirstOfLater = offset == start && fromOffset > SegmentHeader.SizeBytes;       // its LSN is not known
            var lsnMax = isFirstOfLater ? segment.LastLsn : lsn;
            if (!reader.TryRead(offset, lsn, lsnMax, term))
            {
                var found = reader.TryFind(offset, lsn, segment.LastLsn, term) && reader.Offset < segment.EndOffset;
                var end = found ? reader.Offset : segment.EndOffset;
                if (!segment.IsDamaged)
                {
                    OnDamage?.Invoke(new DamagedRange(segment.Name, offset, end - offset, lsn, found ? reader.Header.Lsn - 1 : segment.LastLsn, "no intact frame"));
                }

                offset = end;
                if (!found)
                {
                    break;
                }
            }

            var header = reader.Header;
            onFrame(new FrameLocation(Generation, segNo, offset, header.BodySize, header.Lsn), reader.Body, header.RecordCount);
            offset = reader.NextOffset;
            lsn = header.Lsn + 1;
            term = header.Term;
        }

        _window = reader.Window;
        return Math.Min(offset, segment.EndOffset);
    }

    /// <summary>Closes the files; flushes nothing.</summary>
    public void Dispose()
    {
        foreach (var segment in _segments)
        {
            segment.File.Dispose();
        }
    }

    /// <summary>Takes over a segment that was found when the store was opened.</summary>
    internal void Add(Segment segment)
    {
        _segments.Add(segment);
        SizeBytes += segment.CapacityBytes;
        _nextSegNo = Math.Max(_nextSegNo, segment.SegNo + 1);
    }

    /// <summary>
    /// What was found is durable from here on. A process that was killed may have left its last frames in the system's cache only, and
    /// after a failed flush the system may take them for written: so what nothing proves durable is written once more.
    /// </summary>
    /// <param name="provenLsn">Frames up to this one are known to be durable.</param>
    internal void Open(long provenLsn)
    {
        if (Count > 0 && !_segments[^1].IsDamaged && provenLsn < LastLsn)
        {
            WriteAgain(_segments[^1], provenLsn);
        }

        Flush();
    }

    /// <summary>A number that is in use outside of the set.</summary>
    internal void Skip(uint segNo) => _nextSegNo = Math.Max(_nextSegNo, segNo + 1);

    // The name comes last: a file that has it has a durable header, and everything before its first frame is durable.
    private void Begin(string pooled, IStoreFile file)
    {
        var capacity = (int)file.Length;
        var name = SegmentName.Of(Generation, _nextSegNo);
        try
        {
            new SegmentHeader(_options.StoreId, Generation, _nextSegNo, LastLsn + 1, Term, KeyId: 0).Write(_header);
            file.Write(_header, 0);
            file.Flush();
            _fs.Rename(pooled, name);
        }
        catch (StoreFullException)
        {
            _pool.Give(file, pooled, capacity);       // the header is written again when it is used
            throw;
        }

#if DEFECTS
        if (!Protocol.Defect.Is("directory-not-synced"))
#endif
        _fs.SyncDirectory();
        var segment = new Segment(name, file, _nextSegNo, capacity) { FirstLsn = LastLsn + 1, LastLsn = LastLsn, Term = Term };
        Add(segment);
    }

    private void WriteAgain(Segment segment, long provenLsn)
    {
        var start = segment.EndOffset;
        ScanSegment(segment.SegNo, 0, int.MaxValue, (in FrameLocation location, ReadOnlySpan<byte> _, int _) => start = location.Lsn > provenLsn ? Math.Min(start, location.Offset) : start);
        var chunk = new byte[Math.Min(ChunkSize, segment.EndOffset - start)];
        for (var offset = start; offset < segment.EndOffset; offset += ChunkSize)
        {
            var part = chunk.AsSpan(0, Math.Min(ChunkSize, segment.EndOffset - offset));
            var count = segment.File.Read(part, offset);
            segment.File.Write(part[..count], offset);
        }
    }

    private Segment Find(uint segNo)
    {
        var (low, high) = (0, Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var segment = _segments[middle];
            if (segment.SegNo == segNo)
            {
                return segment;
            }

            (low, high) = segment.SegNo < segNo ? (middle + 1, high) : (low, middle - 1);
        }

        throw new ArgumentOutOfRangeException(nameof(segNo), segNo, "there is no such segment");
    }

    private IOException Fail(IOException exception) => _failure = exception;

    private void ThrowIfFailed()
    {
        if (_failure is not null)
        {
            throw new IOException("the log failed before: " + _failure.Message, _failure);
        }
    }
}
