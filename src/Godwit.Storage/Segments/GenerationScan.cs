using Godwit.Storage.Files;

namespace Godwit.Storage.Segments;

/// <summary>Reads the segments of one generation and tells a torn tail from damage. Changes nothing on the disk.</summary>
internal sealed class GenerationScan
{
    private readonly IStoreFs _fs;
    private readonly SegmentSet _set;
    private readonly SegmentOptions _options;
    private readonly FrameHandler _onFrame;
    private readonly List<Candidate> _candidates = [];
    private readonly uint _salt;

    private long _expected;
    private uint _term;

    public GenerationScan(IStoreFs fs, SegmentSet set, SegmentOptions options, FrameHandler onFrame)
    {
        _fs = fs;
        _set = set;
        _options = options;
        _onFrame = onFrame;
        _salt = FrameHeader.SaltOf(options.StoreId);
    }

    public uint HighestTerm { get; private set; }

    public long FrameCount { get; private set; }

    public long FrameBytes { get; private set; }

    public TornTail? TornTail { get; private set; }

    public List<DamagedRange> Damage { get; } = [];

    /// <summary>Files with damage that stay in use.</summary>
    public List<string> Damaged { get; } = [];

    /// <summary>Files in which nothing belongs to this place in the log.</summary>
    public List<string> Foreign { get; } = [];

    /// <summary>Opens the files and reads their headers.</summary>
    /// <exception cref="StoreFormatException">One of them is of a newer version.</exception>
    public void ReadHeaders()
    {
        foreach (var name in _fs.List())
        {
            if (SegmentName.TryParse(name, _set.Generation, out var segNo))
            {
                _set.Skip(segNo);
                ReadHeader(name, segNo);
            }
        }
    }

    /// <summary>Reads all frames, and gives the segments to the set.</summary>
    public void ReadFrames()
    {
        for (var index = 0; index < _candidates.Count; index++)
        {
            var isLast = index == _candidates.Count - 1;
            ReadSegment(_candidates[index], isLast, isLast ? long.MaxValue : FirstLsnOf(_candidates[index + 1]));
        }

        _set.LastLsn = Math.Max(_expected - 1, 0);
    }

    /// <summary>Closes what the set has not taken over.</summary>
    public void Close() => _candidates.ForEach(candidate => candidate.File.Dispose());

    private void ReadHeader(string name, uint segNo)
    {
        var file = _fs.Open(name);
        var reader = new FrameReader(file, _set.Generation, segNo, _salt);
        var candidate = new Candidate(name, segNo, file, reader);
        _candidates.Add(candidate);
        var status = SegmentHeader.TryRead(reader.At(0, SegmentHeader.SizeBytes), out var header, out var format);
        if (status == HeaderStatus.TooNew)
        {
            throw new StoreFormatException(
                $"{name} is of {format}; this version reads format {SegmentHeader.FormatMajor}.{SegmentHeader.FormatMinor}, features 0x{SegmentHeader.KnownFeatures:x}. Nothing has been changed.");
        }

        if (status == HeaderStatus.Damaged)
        {
            Damage.Add(new DamagedRange(name, 0, SegmentHeader.SizeBytes, 0, -1, "the segment header is damaged"));
            Damaged.Add(name);
            return;
        }

        if (header.StoreId != _options.StoreId || header.Generation != _set.Generation || header.SegNo != segNo)
        {
            var cause = header.StoreId != _options.StoreId
                ? $"it belongs to the store {header.StoreId}"
                : $"it is {SegmentName.Of(header.Generation, header.SegNo)} under a wrong name";
            Damage.Add(new DamagedRange(name, 0, file.Length, 0, -1, cause));
            Foreign.Add(name);
            file.Dispose();
            _candidates.Remove(candidate);
            return;
        }

        candidate.Header = header;
        HighestTerm = Math.Max(HighestTerm, header.Term);
    }

    private void ReadSegment(Candidate candidate, bool isLast, long limit)
    {
        var reader = candidate.Reader;
        var first = FirstLsnOf(candidate);
        _expected = _expected == 0 && first == long.MaxValue ? 1 : _expected == 0 || (candidate.Header is not null && first > _expected) ? first : _expected;
        _term = Math.Max(_term, candidate.Header?.Term ?? 0);
        var segment = new Segment(candidate.Name, candidate.File, candidate.SegNo, reader.Length)
        {
            FirstLsn = _expected,
            LastLsn = _expected - 1,
            Term = _term,
            IsDamaged = candidate.Header is null,
        };

        var durable = -1L;
        var offset = SegmentHeader.SizeBytes;
        while (true)
        {
            if (reader.TryRead(offset, _expected, Math.Min(_expected, limit - 1), _term))
            {
                offset = Accept(segment, reader);
                continue;
            }

            var found = reader.TryFind(offset, _expected, limit - 1, _term);
            var (foundOffset, foundLsn) = found ? (reader.Offset, reader.Header.Lsn) : (reader.Length, limit);
            var isUnreadable = reader.LastUnreadable >= offset;
            if (isLast && !isUnreadable)
            {
                durable = durable < 0 ? HighestDurable(reader, offset) : durable;
                if (durable < _expected)
                {
                    CutTail(segment, reader, offset);
                    break;
                }
            }

            if (found || isUnreadable || (limit != long.MaxValue && _expected < limit))
            {
                AddDamage(segment, offset, foundOffset, foundLsn, isUnreadable);
            }

            if (!found)
            {
                _expected = limit == long.MaxValue ? _expected : Math.Max(_expected, limit);
                break;
            }

            reader.TryRead(foundOffset, foundLsn, foundLsn, _term);
            offset = Accept(segment, reader);
        }

        candidate.IsTaken = true;
        _set.Add(segment);
    }

    private int Accept(Segment segment, FrameReader reader)
    {
        var header = reader.Header;
        _onFrame(new FrameLocation(_set.Generation, segment.SegNo, reader.Offset, header.BodySize, header.Lsn), reader.Body, header.RecordCount);
        FrameCount++;
        FrameBytes += FrameHeader.AlignedSize(header.BodySize);
        _term = header.Term;
        HighestTerm = Math.Max(HighestTerm, header.Term);
        _expected = header.Lsn + 1;
        segment.LastLsn = header.Lsn;
        segment.EndOffset = Math.Min(reader.NextOffset, segment.CapacityBytes);
        return segment.EndOffset;
    }

    // The frames behind a bad place say what had been flushed when they were written.
    private long HighestDurable(FrameReader reader, int offset)
    {
        var durable = 0L;
        var term = _term;
        var lsn = _expected;
        while (reader.TryFind(offset, lsn, long.MaxValue, term))
        {
            durable = Math.Max(durable, reader.Header.DurableLsn);
            HighestTerm = Math.Max(HighestTerm, reader.Header.Term);
            (term, lsn, offset) = (reader.Header.Term, reader.Header.Lsn + 1, reader.NextOffset);
        }

        return durable;
    }

    private void CutTail(Segment segment, FrameReader reader, int offset)
    {
        var end = offset + reader.TornSize(offset, _expected, _term);
        var from = offset;
        while (reader.TryFind(from, _expected, long.MaxValue, _term))
        {
            end = Math.Max(end, reader.Offset + FrameHeader.SizeBytes + reader.Header.BodySize);
            from = reader.NextOffset;
        }

        if (end > offset)
        {
            TornTail = new TornTail(segment.Name, offset, end - offset, _expected);
        }
    }

    private void AddDamage(Segment segment, int offset, int end, long foundLsn, bool isUnreadable)
    {
        var lastLsn = foundLsn == long.MaxValue ? foundLsn : foundLsn - 1;
        var cause = isUnreadable ? "the disk cannot read it" : "no intact frame";
        Damage.Add(new DamagedRange(segment.Name, offset, end - offset, _expected, lastLsn, cause));
        segment.IsDamaged = true;
        if (!Damaged.Contains(segment.Name))
        {
            Damaged.Add(segment.Name);
        }
    }

    // Without a header the first intact frame has to do.
    private static long FirstLsnOf(Candidate candidate)
    {
        if (candidate.Header is { } header)
        {
            return header.FirstLsn;
        }

        return candidate.Reader.TryFind(SegmentHeader.SizeBytes, 1, long.MaxValue, 0) ? candidate.Reader.Header.Lsn : long.MaxValue;
    }

    private sealed record Candidate(string Name, uint SegNo, IStoreFile File, FrameReader Reader)
    {
        public SegmentHeader? Header { get; set; }

        public bool IsTaken { get; set; }
    }
}
