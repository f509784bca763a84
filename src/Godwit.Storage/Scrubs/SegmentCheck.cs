using Godwit.Storage.Files;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Scrubs;

/// <summary>
/// Reads one sealed segment from front to back, a little at a time, and checks every frame. What looks wrong is looked at again
/// after a while, from the disk, and counts only when the file still has its name afterwards: it keeps its name as long as its bytes are its own.
/// </summary>
internal sealed class SegmentCheck : IDisposable
{
    private readonly IStoreFs _fs;
    private readonly SealedSegment _segment;
    private readonly ScrubOptions _options;
    private readonly Action<int> _onRead;
    private readonly uint _salt;
    private readonly byte[] _header = new byte[SegmentHeader.SizeBytes];
    private FrameReader? _reader;
    private ScrubbedFile? _file;
    private byte[] _window;
    private bool _isBegun;
    private bool _isSuspicious;
    private int _offset = SegmentHeader.SizeBytes;
    private long _lsn;
    private long _endLsn;
    private uint _term;

    /// <summary>Nothing is opened yet.</summary>
    /// <param name="fs">The store's directory.</param>
    /// <param name="segment">Which one.</param>
    /// <param name="options">The store's id.</param>
    /// <param name="window">Memory to use.</param>
    /// <param name="onRead">Is told how many bytes were read.</param>
    public SegmentCheck(IStoreFs fs, SealedSegment segment, ScrubOptions options, byte[] window, Action<int> onRead)
    {
        (_fs, _segment, _options, _onRead, _window) = (fs, segment, options, onRead, window);
        _salt = FrameHeader.SaltOf(options.StoreId);
    }

    /// <summary>The memory, which the next one may use.</summary>
    public byte[] Window => _reader?.Window ?? _window;

    /// <summary>Something looks wrong and has to be looked at once more, after a while.</summary>
    public bool IsSuspicious => _isSuspicious;

    /// <summary>Reads on.</summary>
    /// <param name="bytesMax">Stops after about so many bytes.</param>
    /// <param name="onDamage">Is told what was seen twice.</param>
    /// <returns>True: there is more to read, or to look at again.</returns>
    /// <exception cref="FileNotFoundException">The segment has been given back.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public bool Advance(int bytesMax, Action<DamagedRange> onDamage)
    {
        Open();
        if (!_isBegun && !TryBegin(onDamage))
        {
            return true;
        }

        var stopAt = (long)_offset + bytesMax;
        while (_lsn < _endLsn)
        {
            if (_offset >= stopAt)
            {
                return true;
            }

            if (_reader!.TryRead(_offset, _lsn, _lsn, _term))
            {
                Accept();
                continue;
            }

            if (Suspects())
            {
                return true;
            }

            if (!PassDamage(onDamage))
            {
                break;
            }
        }

        return false;
    }

    public void Dispose() => Close();

    private void Open()
    {
        if (_file is null)
        {
            _file = new ScrubbedFile(_fs.Open(_segment.Name), _onRead);
            _file.DropCache(0, 0);
            _reader = new FrameReader(_file, _segment.Generation, _segment.SegNo, _salt) { Window = _window, WindowSize = Scrubber.ChunkSize };
        }
    }

    private void Close()
    {
        _window = Window;
        _reader = null;
        _file?.Dispose();
        _file = null;
    }

    /// <summary>The second look needs another reading.</summary>
    /// <returns>True: this was the first.</returns>
    private bool Suspects()
    {
        _isSuspicious = !_isSuspicious;
        if (_isSuspicious)
        {
            Close();
        }

        return _isSuspicious;
    }

    private bool TryBegin(Action<DamagedRange> onDamage)
    {
        var isGood = TryReadHeader(_file!, _segment.SegNo, out var header);
        if (!isGood)
        {
            if (Suspects())
            {
                return false;
            }

            Report(new DamagedRange(_segment.Name, 0, SegmentHeader.SizeBytes, 0, -1, "the segment header is damaged"), onDamage);
        }

        _isSuspicious = false;
        _isBegun = true;
        _term = header.Term;
        _lsn = isGood ? header.FirstLsn : FirstFrameOf(_reader!);
        using var next = _fs.Open(_segment.NextName);
        _endLsn = TryReadHeader(next, _segment.NextSegNo, out var nextHeader)
            ? nextHeader.FirstLsn
            : FirstFrameOf(new FrameReader(next, _segment.Generation, _segment.NextSegNo, _salt) { WindowSize = Scrubber.ChunkSize });
        return true;
    }

    private bool TryReadHeader(IStoreFile file, uint segNo, out SegmentHeader header)
    {
        header = default;
        try
        {
            var count = file.Read(_header, 0);
            return SegmentHeader.TryRead(_header.AsSpan(0, count), out header, out _) == HeaderStatus.Good
                && header.StoreId == _options.StoreId && header.Generation == _segment.Generation && header.SegNo == segNo;
        }
        catch (IOException)
        {
            return false;
        }
    }

    // Without a header the first intact frame has to do.
    private static long FirstFrameOf(FrameReader reader) =>
        reader.TryFind(SegmentHeader.SizeBytes, 1, long.MaxValue, 0) ? reader.Header.Lsn : long.MaxValue;

    private void Accept()
    {
        _isSuspicious = false;
        _offset = _reader!.NextOffset;
        _lsn = _reader.Header.Lsn + 1;
        _term = _reader.Header.Term;
    }

    /// <summary>Names what is damaged, as an opening would, and goes on at the next intact frame.</summary>
    /// <returns>False: there is none.</returns>
    private bool PassDamage(Action<DamagedRange> onDamage)
    {
        var reader = _reader!;
        var (start, lsn) = (_offset, _lsn);
        var isFound = reader.TryFind(start, lsn, _endLsn - 1, _term);
        var isUnreadable = reader.LastUnreadable >= start;
        var endLsn = isFound ? reader.Header.Lsn : _endLsn;
        var lastLsn = endLsn == long.MaxValue ? endLsn : endLsn - 1;
        var end = isFound ? reader.Offset : reader.Length;
        if (isFound)
        {
            Accept();
        }

        if (!isFound && !isUnreadable && endLsn == long.MaxValue)
        {
            return false;       // nothing says that there was more
        }

        if (!isFound && !isUnreadable && _segment.NextSegNo > _segment.SegNo + 1)
        {
            var missing = SegmentName.Of(_segment.Generation, _segment.SegNo + 1);
            if (!_fs.Exists(missing))       // else it came while the directory was being listed
            {
                Report(new DamagedRange(missing, 0, 0, lsn, lastLsn, "the file is missing"), onDamage);
            }

            return false;
        }

        Report(new DamagedRange(_segment.Name, start, Math.Max(end - start, 0), lsn, lastLsn, isUnreadable ? "the disk cannot read it" : "no intact frame"), onDamage);
        return isFound;
    }

    private void Report(DamagedRange range, Action<DamagedRange> onDamage)
    {
        if (!_fs.Exists(_segment.Name))
        {
            throw new FileNotFoundException("the segment has been given back", _segment.Name);
        }

        onDamage(range);
    }
}
