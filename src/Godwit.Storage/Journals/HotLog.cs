using Godwit.Storage.Files;
using Godwit.Storage.Index;
using Godwit.Storage.Records;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Journals;

/// <summary>The end of the hot generation: writes a frame of records, begins the next segment before it where needed, and keeps the index in step.</summary>
internal sealed class HotLog(SegmentSet hot, StoreIndex index, NumberSource numbers, WallClock clock, WriteCounters counters)
{
    /// <summary>Between two heartbeats while records are written.</summary>
    private const long HeartbeatMs = 10_000;

    /// <summary>
    /// At the end of each segment so much is left for first frames only, a thousandth in small segments: about fifty openings that find the disk
    /// full.
    /// </summary>
    private const int OpeningRoomBytes = 4096;

    private const int OpeningRoomShare = 1024;

    /// <summary>In one frame; a record of these has up to 16 bytes.</summary>
    private const int NextSeqsMax = 50_000;

    private readonly RecordBuffer _head = new();
    private long _heartbeatAtMs = long.MinValue;

    /// <summary>Something has been written and not been flushed.</summary>
    public bool IsUnflushed => hot.DurableLsn < hot.LastLsn;

    /// <summary>There was no room for what <see cref="WriteNextSeqs"/> writes: no segment may be given back before it is written.</summary>
    public bool OwesNextSeqs { get; private set; }

    private int OpeningRoom => Math.Min(OpeningRoomBytes, hot.TailCapacityBytes / OpeningRoomShare);

    /// <summary>Begins a frame in an empty buffer.</summary>
    public static void Begin(RecordBuffer frame)
    {
        frame.Clear(keepBytesMax: 4 << 20);
        frame.Skip(FrameHeader.SizeBytes);
    }

    /// <summary>Adds the time, when it is due, and the tombstones that have to be repeated.</summary>
    /// <returns>Records added.</returns>
    public int AddOwnRecords(RecordBuffer frame, long nowMs)
    {
        var count = 0;
        if (nowMs >= _heartbeatAtMs)
        {
            NumbersBody.Write(frame, RecordType.Heartbeat, Math.Max(clock.ToUtc(nowMs), 0));
            count++;
        }

        foreach (var reissue in index.Reissues)
        {
            var start = NumbersBody.Write(frame, reissue.Type, reissue.First, reissue.Second);
            frame.Writable[start] |= reissue.IsCold ? RecordFlags.Cold : (byte)0;
            count++;
        }

        return count;
    }

    /// <summary>Writes the frame, which <see cref="Begin"/> and <see cref="AddOwnRecords"/> began.</summary>
    /// <exception cref="StoreFullException">Nothing was written; the frame has to be built anew.</exception>
    public void Write(RecordBuffer frame, int recordCount, long nowMs)
    {
        var bodySize = frame.Length - FrameHeader.SizeBytes;
        if (!hot.HasRoomFor(bodySize + OpeningRoom))
        {
            Roll(bodySize + OpeningRoom, nowMs);
        }

        MarkCold(frame.Writable[FrameHeader.SizeBytes..]);
        var location = hot.Append(frame.Writable, recordCount);
        counters.WrittenBytes += FrameHeader.AlignedSize(bodySize);
        index.Reissues.Clear();
        Apply(frame.Span[FrameHeader.SizeBytes..], location);
        if (nowMs >= _heartbeatAtMs)
        {
            _heartbeatAtMs = nowMs + HeartbeatMs;
        }
    }

    /// <summary>
    /// The first frame of an opening: it makes the term durable. It goes into the segment that is written to, or a new one; when the disk is full
    /// and no file of the pool is left, into the room that is kept for it.
    /// </summary>
    public void WriteFirst(long nowMs)
    {
        try
        {
            Begin(_head);
            var count = AddOwnRecords(_head, nowMs);
            NumbersBody.Write(_head, RecordType.Floor, numbers.NextId, numbers.NextSessionNo);
            Write(_head, count + 1, nowMs);
        }
        catch (StoreFullException)
        {
            BeginHead(nowMs);
            if (!hot.HasRoomFor(_head.Length - FrameHeader.SizeBytes))
            {
                throw;
            }

            AppendHead();
        }

        Flush();
    }

    /// <summary>
    /// Positions were skipped because a part of the log is lost: writes down how far, or nobody would know when the damaged segment has been
    /// given back.
    /// </summary>
    public void WriteNextSeqs(long nowMs)
    {
        OwesNextSeqs = true;
        Begin(_head);
        var count = 0;
        foreach (var (sessionNo, queue) in index.Sessions)
        {
            NumbersBody.Write(_head, RecordType.NextSeq, sessionNo, queue.NextSeq);
            if (++count == NextSeqsMax)
            {
                Write(_head, count, nowMs);
                Begin(_head);
                count = 0;
            }
        }

        if (count > 0)
        {
            Write(_head, count, nowMs);
        }

        Flush();
        OwesNextSeqs = false;
    }

    /// <summary>The last frame of an opening: what was written before it is durable, and it says so, with the time.</summary>
    public void WriteLast(long nowMs)
    {
        Flush();
        _heartbeatAtMs = long.MinValue;
        Begin(_head);
        var count = AddOwnRecords(_head, nowMs);
        Write(_head, count, nowMs);
        Flush();
    }

    /// <summary>Makes everything durable.</summary>
    public void Flush()
    {
        if (IsUnflushed)
        {
            hot.Flush();
            counters.Flushes++;
        }
    }

    /// <summary>Seals the segment that is written to. The next one begins with what is remembered nowhere else.</summary>
    public void Roll(int bodySize, long nowMs)
    {
        BeginHead(nowMs);
        hot.Roll(bodySize + FrameHeader.AlignedSize(_head.Length));
        AppendHead();
    }

    private void BeginHead(long nowMs)
    {
        Begin(_head);
        NumbersBody.Write(_head, RecordType.Heartbeat, Math.Max(clock.ToUtc(nowMs), 0));
        NumbersBody.Write(_head, RecordType.Floor, numbers.NextId, numbers.NextSessionNo);
    }

    private void AppendHead()
    {
        var location = hot.Append(_head.Writable, recordCount: 2);
        counters.WrittenBytes += FrameHeader.AlignedSize(location.BodySize);
    }

    private void MarkCold(Span<byte> body)
    {
        if (!index.HasCold)
        {
            return;
        }

        var reader = new RecordReader(body);
        while (reader.TryRead())
        {
            if (reader.Type is RecordType.Acknowledge or RecordType.ReleaseRetained or RecordType.Delete or RecordType.EndSession
                && NumbersBody.TryRead(reader.Type, reader.Body, out var numbers)
                && index.IsCold(reader.Type, numbers))
            {
                body[reader.Offset] |= RecordFlags.Cold;
            }
        }
    }

    private void Apply(ReadOnlySpan<byte> body, in FrameLocation location)
    {
        var segment = RecordLocation.SegmentKey(location.Generation, location.SegNo);
        var reader = new RecordReader(body);
        while (reader.TryRead())
        {
            index.Apply(ref reader, segment, (uint)(location.BodyOffset + reader.Offset));
        }
    }
}
