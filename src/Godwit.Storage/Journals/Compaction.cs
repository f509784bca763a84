using System.Runtime.CompilerServices;
using Godwit.Storage.Files;
using Godwit.Storage.Index;
using Godwit.Storage.Records;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Journals;

/// <summary>
/// Gives segments back, always the oldest of a generation. One that nothing needs is retired at once. When the store takes more than twice
/// what it holds and four segments, what is still needed of the oldest is written once more, to the end of the cold generation, and then
/// it is retired. What is needed is decided while the copy is encoded, by the one writer, in the order of the log.
/// </summary>
internal sealed class Compaction
{
    private const int WriteBackBytes = 256 << 10;
    private const long BlockedMs = 1_000;
    private const int NextSeqSizeMax = 20;

    private readonly SegmentSet _hot;
    private readonly SegmentSet _cold;
    private readonly SegmentPool _pool;
    private readonly StoreIndex _index;
    private readonly WriteCounters _counters;
    private readonly long _segmentSize;
    private readonly CompactionPace _pace;
    private readonly int _stepSizeMax;      // a small part of a segment, or copies of halves would fill segments by halves for ever
    private readonly FrameHandler _onFrame;
    private readonly RecordBuffer _frame = new();
    private readonly LiveRecipients _recipients;
    private readonly List<(long Id, int Offset, int Length)> _copied = [];
    private readonly MovedRecords _moved;
    private uint _source;               // 0: none
    private int _offset;
    private int _recordCount;
    private uint _hotToGo;
    private uint _coldToGo;
    private bool _isCopied;             // all of it, and flushed
    private bool _isBlocked;
    private bool _isStuck;
    private long _blockedUntilMs = long.MinValue;

    public Compaction(SegmentSet hot, SegmentSet cold, SegmentPool pool, StoreIndex index, JournalOptions options, WriteCounters counters)
    {
        _hot = hot;
        _cold = cold;
        _pool = pool;
        _index = index;
        _counters = counters;
        _segmentSize = options.SegmentSizeBytes;
        _pace = new CompactionPace(hot, counters);
        _moved = new MovedRecords(index);
        _recipients = new LiveRecipients(index);
        _stepSizeMax = Math.Min(CompactionPace.StepSizeBytesMax, options.SegmentSizeBytes / 16);
        _onFrame = CopyFrame;
    }

    /// <summary>While set, segments are neither copied nor retired: somebody reads them.</summary>
    public bool IsPinned { get; set; }

    /// <summary>Called with the number of records that could not be copied, because the disk does not give them back.</summary>
    public Action<int>? OnLost { get; init; }

    /// <summary>Something was met that may be needed for a moment longer.</summary>
    public bool IsBlocked => _isBlocked;

    /// <summary>Segments that have to go whatever they hold are still there.</summary>
    public bool IsRetiring => IsToGo(_hot, _hotToGo) || IsToGo(_cold, _coldToGo);

    /// <summary>The oldest segments have to go, up to these; what is needed of them is copied.</summary>
    /// <param name="hotSegNo">0: none. Not the one that is written to.</param>
    /// <param name="coldSegNo">0: none.</param>
    public void RetireUpTo(uint hotSegNo, uint coldSegNo) => (_hotToGo, _coldToGo) = (hotSegNo, coldSegNo);

    /// <summary>Does a little of what is worth doing.</summary>
    /// <param name="nowMs">The time.</param>
    /// <param name="isIdle">Nobody has committed for a while.</param>
    /// <param name="isShort">Space is short.</param>
    /// <param name="flushHot">Makes durable what the decisions rest on; false: not now.</param>
    /// <returns>A segment was given back.</returns>
    /// <exception cref="StoreFullException">There is no room for a copy; nothing is lost.</exception>
    public bool Step(long nowMs, bool isIdle, bool isShort, Func<bool> flushHot)
    {
        var stepSize = _pace.NextStepBytes(isIdle || isShort);
        if (IsPinned || nowMs < _blockedUntilMs)
        {
            return false;
        }

        if (_source == 0)
        {
            _source = Choose(isIdle, isShort);
            _offset = IsDead(_source) ? int.MaxValue : 0;
        }

        if (_source == 0 || !flushHot())
        {
            return false;
        }

        _isStuck = true;                // unless all goes well
        var isRetired = Proceed(nowMs, stepSize);
        _isStuck = false;
        return isRetired;
    }

    /// <summary>When there is something to do.</summary>
    public long NextDueMs(long nowMs, long idleAtMs, bool isShort)
    {
        if (IsPinned)
        {
            return long.MaxValue;
        }

        if (nowMs < _blockedUntilMs)
        {
            return _blockedUntilMs;
        }

        if (_source != 0 || Choose(nowMs >= idleAtMs, isShort) != 0)
        {
            return _isStuck ? nowMs + SpaceKeeper.RetryMs : nowMs;
        }

        return Choose(isIdle: true, isShort) != 0 ? idleAtMs : long.MaxValue;
    }

    private bool Proceed(long nowMs, int stepSize)
    {
        var set = RecordLocation.IsColdKey(_source) ? _cold : _hot;
        var segNo = RecordLocation.SegNoOf(_source);
        if (set == _cold && segNo == _cold.TailSegNo && _offset == 0)
        {
            _cold.Roll();               // a copy of it cannot go to its own end
        }

        if (_offset < int.MaxValue && _offset < set.EndOffset(segNo))
        {
            CopyStep(set, segNo, stepSize, nowMs);
            return false;
        }

        if (!_isCopied)
        {
            WriteNextSeqs();
            _cold.Flush();
            _isCopied = true;
        }

        if (!_moved.Move(_source))
        {
            return false;
        }

        if (_index.Lose(_source) is > 0 and var lost)
        {
            OnLost?.Invoke(lost);
        }

        set.RetireFront();
        _index.Forget(_source);
        _counters.Retired++;
        _source = 0;
        _isCopied = false;
        return true;
    }

    private void CopyStep(SegmentSet set, uint segNo, int stepSize, long nowMs)
    {
        BeginFrame();
        var next = set.ScanSegment(segNo, _offset, Math.Min(stepSize, _stepSizeMax), _onFrame);
        if (_isBlocked)
        {
            _blockedUntilMs = nowMs + BlockedMs;
            return;
        }

        if (_recordCount > 0)
        {
            AppendFrame();
            _cold.WriteBack(WriteBackBytes);
        }

        _offset = next;
    }

    private void BeginFrame()
    {
        _frame.Clear(keepBytesMax: 4 << 20);
        _frame.Skip(FrameHeader.SizeBytes);
        _copied.Clear();
        _recordCount = 0;
        _isBlocked = false;
    }

    private uint AppendFrame()
    {
        var location = _cold.Append(_frame.Writable, _recordCount);
        var segment = RecordLocation.SegmentKey(Generation.Cold, location.SegNo);
        _counters.WrittenBytes += FrameHeader.AlignedSize(location.BodySize);
        _counters.CopiedBytes += FrameHeader.AlignedSize(location.BodySize);
        foreach (var (id, offset, length) in _copied)
        {
            _index.NoteColdCopy(id);    // from now on its end has to go to cold, although it is read from the old place until the flush
            _moved.Add(id, new RecordLocation(segment, (uint)(location.Offset + offset), length));
        }

        return segment;
    }

    private void CopyFrame(in FrameLocation location, ReadOnlySpan<byte> body, int recordCount)
    {
        var reader = new RecordReader(body);
        while (!_isBlocked && reader.TryRead())
        {
            Copy(ref reader, (uint)(location.BodyOffset + reader.Offset));
        }
    }

    private void Copy(ref RecordReader record, uint offset)
    {
        switch (record.Type)
        {
            case RecordType.Message when MessageBody.TryRead(record.Body, out var message) && IsHere(message.Id, offset):
                CopyMessage(ref message);
                break;

            case RecordType.Reference when ReferenceBody.TryRead(record.Body, out var reference) && IsHere(reference.Id, offset):
                var start = _frame.Length;
                reference.Recipients = _recipients.Of(reference.Id, reference.Recipients);
                reference.Write(_frame);
                Added(reference.Id, start);
                break;

            case RecordType.Received when ReceivedBody.TryRead(record.Body, out var received) && IsHere(received.Id, offset):
                CopyAsItIs(received.Id, record.Record);
                break;

            case RecordType.Put when PutBody.TryRead(record.Body, out var put) && IsHere(put.Id, offset):
                CopyAsItIs(put.Id, record.Record);
                break;

            // At the front of cold nothing older is left that it could end.
            case RecordType.Acknowledge or RecordType.ReleaseRetained or RecordType.Delete or RecordType.EndSession
                when record.IsCold && !RecordLocation.IsColdKey(_source):
#if DEFECTS
                if (Protocol.Defect.Is("tombstone-dropped")) { break; }
#endif
                _frame.Bytes(record.Record);
                _recordCount++;
                break;

            default:
                break;
        }
    }

    private void CopyMessage(ref MessageBody message)
    {
        ref var entry = ref _index.Entries.Find(message.Id);
        if (entry.References == 0)
        {
            _isBlocked = true;          // somebody may still refer to it, but not for long
            return;
        }

        var start = _frame.Length;
        message.RetainedVersion = entry.IsRetained ? message.RetainedVersion : 0;
        message.Recipients = _recipients.Of(message.Id, message.Recipients);
        message.Write(_frame);
        Added(message.Id, start);
    }

    private void CopyAsItIs(long id, ReadOnlySpan<byte> record)
    {
        var start = _frame.Length;
        _frame.Bytes(record);
        Added(id, start);
    }

    private void Added(long id, int start)
    {
        _copied.Add((id, start, _frame.Length - start));
        _recordCount++;
    }

    /// <summary>The index needs the record, and this one, not another copy.</summary>
    private bool IsHere(long id, uint offset)
    {
        ref var entry = ref _index.Entries.Find(id);
        return !Unsafe.IsNullRef(ref entry) && !entry.IsMissing && entry.Location.Segment == _source && entry.Location.Offset == offset;
    }

    /// <summary>What the segment alone shows of used positions goes with the copies.</summary>
    private void WriteNextSeqs()
    {
        if (_index.UseOf(_source).NextSeqs == 0)
        {
            return;
        }

        var noted = new List<(uint SessionNo, SessionQueue Queue)>();
        BeginFrame();
        foreach (var sessionNo in _index.UseOf(_source).NotedSessions)
        {
            if (_index.Sessions.TryGetValue(sessionNo, out var queue) && queue.NextSeqSegment == _source)
            {
                NumbersBody.Write(_frame, RecordType.NextSeq, sessionNo, queue.NextSeq);
                _recordCount++;
                noted.Add((sessionNo, queue));
                if (_frame.Length >= _stepSizeMax - NextSeqSizeMax)
                {
                    AppendNextSeqs(noted);
                }
            }
        }

        AppendNextSeqs(noted);
    }

    private void AppendNextSeqs(List<(uint SessionNo, SessionQueue Queue)> noted)
    {
        if (noted.Count == 0)
        {
            return;
        }

        var segment = AppendFrame();
        noted.ForEach(session => _index.Note(session.SessionNo, session.Queue, session.Queue.NextSeq, segment));
        noted.Clear();
        BeginFrame();
    }

    private uint Choose(bool isIdle, bool isShort)
    {
        var hotFront = _hot.Count > 1 ? RecordLocation.SegmentKey(Generation.Hot, _hot.FrontSegNo) : 0;
        var coldFront = _cold.Count > 0 ? RecordLocation.SegmentKey(Generation.Cold, _cold.FrontSegNo) : 0;
        if (hotFront != 0 && IsDead(hotFront) && HasRoomFor(hotFront))
        {
            return hotFront;
        }

        if (coldFront != 0 && IsDead(coldFront) && (_index.UseOf(coldFront).NextSeqs == 0 || (_cold.Count > 1 && HasRoomFor(coldFront))))
        {
            return coldFront;
        }

        if (IsToGo(_cold, _coldToGo) && HasRoomFor(coldFront))
        {
            return coldFront;
        }

        if (IsToGo(_hot, _hotToGo) && HasRoomFor(hotFront))
        {
            return hotFront;
        }

        var total = _hot.SizeBytes + _cold.SizeBytes;
        var unavoidable = (_hot.Count > 0 ? _hot.SizeOf(_hot.TailSegNo) : 0) + (_cold.Count > 0 ? _segmentSize : 0);
        var isWorth = (isIdle || isShort) && total - _index.LiveBytes - unavoidable >= _segmentSize / 2;
        if (total <= (2 * _index.LiveBytes) + (4 * _segmentSize) && !isWorth)
        {
            return 0;
        }

        if (coldFront != 0 && _cold.SizeBytes > (2 * _index.ColdLiveBytes) + (2 * _segmentSize) && HasRoomFor(coldFront))
        {
            return coldFront;
        }

        return hotFront != 0 && HasRoomFor(hotFront) ? hotFront : 0;
    }

    private static bool IsToGo(SegmentSet set, uint segNo) =>
        set.Count > 0 && set.FrontSegNo <= segNo && (set.Generation == Generation.Cold || set.Count > 1);

    /// <summary>Nothing of it has to be copied: a tombstone has nothing left to end at the front of cold, and where there is no cold.</summary>
    private bool IsDead(uint segment) =>
        segment != 0
        && _index.UseOf(segment) is { LiveBytes: 0 } use
        && (use.ColdTombstones == 0 || RecordLocation.IsColdKey(segment) || _cold.Count == 0);

    /// <summary>The copy fits behind what cold has, or there is a segment for it.</summary>
    private bool HasRoomFor(uint segment)
    {
        var use = _index.UseOf(segment);
        var size = use.LiveBytes + (NextSeqSizeMax * (long)(use.ColdTombstones + use.NextSeqs));
        return size == 0 || _pool.Count > 0 || _cold.HasRoomFor((int)Math.Min((size * 9 / 8) + 4096, int.MaxValue));
    }
}
