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
    private readonly byte[] _header = new byte[SegmentHeader.SizeBytes];

    private byte[] _window = [];
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

    /// <summary>Frames up to this one were flushed: a later frame or the header of the last segment says so.</summary>
    public long ProvenLsn { get; private set; }

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
            ReadSegment(_candidates[index], index + 1 < _candidates.Count ? _candidates[index + 1] : null);
        }

        _set.LastLsn = Math.Max(_expected - 1, 0);
    }

    /// <summary>Closes the files, after a failure.</summary>
    public void Close() => _candidates.ForEach(candidate => candidate.File.Dispose());

    private void ReadHeader(string name, uint segNo)
    {
        var candidate = new Candidate(name, segNo, _fs.Open(name));
        _candidates.Add(candidate);
        switch (SegmentHeader.TryRead(HeaderBytes(candidate.File), out var header, out var format))
        {
            case HeaderStatus.TooNew:
                throw new StoreFormatException(
                    $"{name} is of {format}; this version reads format {SegmentHeader.FormatMajor}.{SegmentHeader.FormatMinor}, features 0x{SegmentHeader.KnownFeatures:x}. Use the version of godwit that wrote it. Nothing has been changed.");

            case HeaderStatus.Damaged:
                Damage.Add(new DamagedRange(name, 0, SegmentHeader.SizeBytes, 0, -1, "the segment header is damaged"));
                Damaged.Add(name);
                break;

            case HeaderStatus.Good when header.StoreId != _options.StoreId:
                PutAside(candidate, $"it belongs to the store {header.StoreId}");
                break;

            case HeaderStatus.Good when header.Generation != _set.Generation || header.SegNo != segNo:
                HighestTerm = Math.Max(HighestTerm, header.Term);
                PutAside(candidate, $"it is {SegmentName.Of(header.Generation, header.SegNo)} under a wrong name");
                break;

            default:
                HighestTerm = Math.Max(HighestTerm, header.Term);
                candidate.Header = header;
                break;
        }
    }

    private ReadOnlySpan<byte> HeaderBytes(IStoreFile file)
    {
        try
        {
            return _header.AsSpan(0, file.Read(_header, 0));
        }
        catch (IOException)
        {
            return [];
        }
    }

    private void PutAside(Candidate candidate, string cause)
    {
        Damage.Add(new DamagedRange(candidate.Name, 0, candidate.File.Length, 0, -1, cause));
        Foreign.Add(candidate.Name);
        candidate.File.Dispose();
        _candidates.Remove(candidate);
    }

    private void ReadSegment(Candidate candidate, Candidate? next)
    {
        var reader = new FrameReader(candidate.File, _set.Generation, candidate.SegNo, _salt) { Window = _window };
        var segment = Begin(candidate, reader.Length);
        var limit = next is null ? long.MaxValue : FirstLsnOf(next);      // what the next segment has is not taken from this one
        var offset = SegmentHeader.SizeBytes;
        while (true)
        {
            if (reader.TryRead(offset, _expected, Math.Min(_expected, limit - 1), _term))
            {
                offset = Accept(segment, reader);
                continue;
            }

            if (next is null && IsTail(segment, reader, offset))
            {
                break;
            }

            var isFound = reader.TryFind(offset, _expected, limit - 1, _term);
            AddDamage(segment, reader, next, offset, isFound ? reader.Offset : reader.Length, isFound ? reader.Header.Lsn : limit);
            if (!isFound)
            {
                _expected = limit == long.MaxValue ? _expected : Math.Max(_expected, limit);
                break;
            }

            offset = Accept(segment, reader);
        }

        _window = reader.Window;
    }

    private Segment Begin(Candidate candidate, int capacityBytes)
    {
        var first = FirstLsnOf(candidate);
        var isKnown = candidate.Header is not null || _expected == 0;
        _expected = isKnown && first != long.MaxValue ? Math.Max(first, _expected) : Math.Max(_expected, 1);
        _term = Math.Max(_term, candidate.Header?.Term ?? 0);
        var segment = new Segment(candidate.Name, candidate.File, candidate.SegNo, capacityBytes)
        {
            FirstLsn = _expected,
            LastLsn = _expected - 1,
            Term = _term,
            IsDamaged = candidate.Header is null,
        };
        ProvenLsn = Math.Max(ProvenLsn, _expected - 1);
        _set.Add(segment);
        return segment;
    }

    private int Accept(Segment segment, FrameReader reader)
    {
        var header = reader.Header;
        _onFrame(new FrameLocation(_set.Generation, segment.SegNo, reader.Offset, header.BodySize, header.Lsn), reader.Body, header.RecordCount);
        FrameCount++;
        FrameBytes += FrameHeader.AlignedSize(header.BodySize);
        _term = header.Term;
        HighestTerm = Math.Max(HighestTerm, header.Term);
        ProvenLsn = Math.Max(ProvenLsn, header.DurableLsn);
        _expected = header.Lsn + 1;
        segment.LastLsn = header.Lsn;
        segment.EndOffset = Math.Min(reader.NextOffset, segment.CapacityBytes);
        return segment.EndOffset;
    }

    /// <summary>The last segment has no intact frame at a place: the log ends there, unless something says that it went on.</summary>
    private bool IsTail(Segment segment, FrameReader reader, int offset)
    {
        if (ProvenLsn >= _expected)
        {
            return false;
        }

        var end = offset + reader.TornSize(offset, _expected, _term);
        var (at, lsn, term) = (offset, _expected, _term);
        while (reader.TryFind(at, lsn, long.MaxValue, term))
        {
            ProvenLsn = Math.Max(ProvenLsn, reader.Header.DurableLsn);
            HighestTerm = Math.Max(HighestTerm, reader.Header.Term);
            end = reader.Offset + FrameHeader.SizeBytes + reader.Header.BodySize;
            (at, lsn, term) = (reader.NextOffset, reader.Header.Lsn + 1, reader.Header.Term);
        }

        if (ProvenLsn >= _expected || reader.LastUnreadable >= offset)
        {
            return false;
        }

        if (end > offset)
        {
            TornTail = new TornTail(segment.Name, offset, end - offset, _expected);
        }

        return true;
    }

    private void AddDamage(Segment segment, FrameReader reader, Candidate? next, int offset, int end, long endLsn)
    {
        var isFound = end < reader.Length;
        var isUnreadable = reader.LastUnreadable >= offset;
        var lastLsn = endLsn == long.MaxValue ? endLsn : endLsn - 1;
        if (!isFound && !isUnreadable && (endLsn == long.MaxValue || endLsn == _expected))
        {
            return;     // a segment that was sealed before it was full
        }

        if (!isFound && !isUnreadable && next!.SegNo > segment.SegNo + 1)
        {
            Damage.Add(new DamagedRange(SegmentName.Of(_set.Generation, segment.SegNo + 1), 0, 0, _expected, lastLsn, "the file is missing"));
            return;
        }

        Damage.Add(new DamagedRange(segment.Name, offset, end - offset, _expected, lastLsn, isUnreadable ? "the disk cannot read it" : "no intact frame"));
        segment.IsDamaged = true;
        if (!Damaged.Contains(segment.Name))
        {
            Damaged.Add(segment.Name);
        }
    }

    // Without a header the first intact frame has to do.
    private long FirstLsnOf(Candidate candidate)
    {
        if (candidate.Header is { } header)
        {
            return header.FirstLsn;
        }

        var reader = new FrameReader(candidate.File, _set.Generation, candidate.SegNo, _salt);
        return reader.TryFind(SegmentHeader.SizeBytes, 1, long.MaxValue, 0) ? reader.Header.Lsn : long.MaxValue;
    }

    private sealed record Candidate(string Name, uint SegNo, IStoreFile File)
    {
        public SegmentHeader? Header { get; set; }
    }
}
