using Godwit.Storage.Files;
using Godwit.Storage.Segments;
using Godwit.Storage.Tools;

namespace Godwit.Storage.Scrubs;

/// <summary>
/// Reads the sealed segments of a store in use again, slowly, round after round, and names what the disk does not give back as it was
/// written. It shares nothing with the journal but the directory, and changes nothing. It has no clock: the host calls <see cref="Step"/> on a
/// thread of its own.
/// </summary>
public sealed class Scrubber : IDisposable
{
    /// <summary>About so much is read in a step.</summary>
    internal const int ChunkSize = 256 << 10;

    /// <summary>Between the first and the second look at what seems to be damaged.</summary>
    private const long SecondLookMs = 1_000;

    /// <summary>A thread that was not run for so long does not read faster afterwards.</summary>
    private const long CatchUpMs = 500;

    /// <summary>Between two rounds, at the least.</summary>
    private const long PauseMs = 100;

    private readonly IStoreFs _fs;
    private readonly ScrubOptions _options;
    private readonly Queue<SealedSegment> _toRead = [];
    private readonly Dictionary<(string File, long Offset), long> _known = [];
    private SegmentCheck? _check;
    private byte[] _window = [];
    private long _dueMs = long.MinValue;
    private double _paidMs;
    private bool _isBegun;
    private long _roundStartMs;
    private long _bytes;
    private int _segments;
    private int _damaged;
    private int _unread;

    /// <summary>A scrub of a directory that belongs to nobody else.</summary>
    /// <param name="fs">The store's directory; nothing else uses this object.</param>
    /// <param name="options">How it works.</param>
    public Scrubber(IStoreFs fs, ScrubOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.BytesPerSecond < 1)
        {
            throw new ArgumentException("a scrub that reads nothing", nameof(options));
        }

        (_fs, _options) = (fs, options);
        foreach (var range in options.Known)
        {
            IsNew(range);
        }
    }

    /// <summary>Damaged ranges that were found and had not been known. Any thread may ask.</summary>
    public int FoundCount { get; private set; }

    /// <summary>Something has to be looked at a second time.</summary>
    internal bool IsSuspicious => _check is { IsSuspicious: true };

    /// <summary>A scrub of a directory of the real file system, which a journal may use meanwhile.</summary>
    /// <exception cref="StoreToolException">There is no such directory.</exception>
    public static Scrubber Of(string directory, ScrubOptions options) => new(new ReadOnlyFs(directory), options);

    /// <summary>Reads a little, when it is time.</summary>
    /// <param name="nowMs">The host's monotonic clock.</param>
    /// <returns>When it wants to be called again; not after <paramref name="nowMs"/>: at once.</returns>
    public long Step(long nowMs)
    {
        if (_dueMs == long.MinValue)
        {
            _dueMs = nowMs + _options.DelayMs;
        }

        if (nowMs < _dueMs)
        {
            return _dueMs;
        }

        if (!_isBegun)
        {
            BeginRound(nowMs);
        }

        _paidMs = Math.Max(_paidMs, nowMs - CatchUpMs);

        if (_check is not null)
        {
            _dueMs = Advance(_check) ? nowMs + SecondLookMs : Math.Max((long)_paidMs, nowMs);
        }
        else if (_toRead.TryDequeue(out var segment))
        {
            _check = new SegmentCheck(_fs, segment, _options, _window, OnRead);
        }
        else
        {
            _dueMs = EndRound(nowMs);
        }

        return _dueMs;
    }

    /// <summary>Closes what is open.</summary>
    public void Dispose() => _check?.Dispose();

    private void BeginRound(long nowMs)
    {
        var names = _fs.List();
        foreach (var segment in SealedSegment.In(names))
        {
            _toRead.Enqueue(segment);
        }

        foreach (var key in _known.Keys.Where(key => !names.Contains(key.File, StringComparer.Ordinal) && _known[key] > 0).ToList())
        {
            _known.Remove(key);
        }

        _isBegun = true;
        _roundStartMs = nowMs;
        _paidMs = nowMs;
        _bytes = _segments = _damaged = _unread = 0;
    }

    private long EndRound(long nowMs)
    {
        _isBegun = false;
        _window = [];
        _options.OnRound?.Invoke(new ScrubRound(_segments, _bytes, _damaged, _unread, nowMs - _roundStartMs));
        return Math.Max(_roundStartMs + _options.IntervalMs, nowMs + PauseMs);
    }

    /// <summary>Reads on in the segment.</summary>
    /// <returns>It has to be looked at again after a while.</returns>
    private bool Advance(SegmentCheck check)
    {
        try
        {
            if (check.Advance(ChunkSize, OnDamage))
            {
                return check.IsSuspicious;
            }

            _segments++;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            // It has been given back meanwhile, and whatever was read of it means nothing.
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or StoreToolException)
        {
            _unread++;
        }

        _window = check.Window;
        check.Dispose();
        _check = null;
        return false;
    }

    private void OnRead(int count)
    {
        _bytes += count;
        _paidMs += count * 1_000.0 / _options.BytesPerSecond;
    }

    private void OnDamage(DamagedRange range)
    {
        _damaged++;
        if (IsNew(range))
        {
            FoundCount++;
            _options.OnDamage?.Invoke(range);
        }
    }

    /// <summary>Nobody knew of it, or it has become larger.</summary>
    private bool IsNew(DamagedRange range)
    {
        var key = (range.File, range.Offset);
        var isNew = !_known.TryGetValue(key, out var size) || size < range.SizeBytes;
        _known[key] = Math.Max(size, range.SizeBytes);
        return isNew;
    }
}
