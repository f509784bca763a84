using Godwit.Broker.Log;
using Godwit.Storage.Files;
using Godwit.Storage.Index;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Journals;

/// <summary>
/// The store of a broker: an append-only log in segments. It has no thread, no clock and no randomness: the host calls
/// <see cref="RunOnce"/> from one thread, when <see cref="JournalOptions.WakeWriter"/> says so or the time it asked for has come. The logs
/// of the shards are used from the shards' threads. <see cref="Open"/>, <see cref="Recover"/>, then everything else, then
/// <see cref="Stop"/>.
/// </summary>
public sealed class Journal : IBrokerLog, IDisposable
{
    private readonly LogScanResult _log;
    private readonly StoreIndex _index;
    private readonly StoreState _state;
    private readonly WriteCounters _counters;
    private readonly JournalWriter _writer;
    private readonly RecoveredState _recovered;
    private readonly ShardLog[] _shards;
    private readonly Action<string>? _alarm;

    private Journal(IStoreFs fs, JournalOptions options, LogScanResult log, StoreIndex index, WallClock clock, RecoveryReport report, long nowMs)
    {
        _log = log;
        _alarm = options.Alarm;
        _index = index;
        _state = new StoreState();
        _counters = new WriteCounters();
        Clock = clock;
        Report = report;
        var queue = new GroupQueue(options.WakeWriter);
        var numbers = new NumberSource(index.NextId, index.NextSessionNo);
        var hot = new HotLog(log.Hot, index, numbers, clock, _counters);
        var space = new SpaceKeeper(fs, log.Pool, options, _state);
        Compaction = new Compaction(log.Hot, log.Cold, log.Pool, index, options, _counters) { OnLost = OnLost };
        var backlog = new BacklogReader(index, log.Hot, log.Cold, clock) { OnUnreadable = OnUnreadable };
        log.Hot.OnDamage = log.Cold.OnDamage = range => _alarm?.Invoke($"compaction met damage: {range}");
        _writer = new JournalWriter(options, queue, _state, index, hot, space, Compaction, backlog, _counters);
        _recovered = new RecoveredState(index, log.Hot, log.Cold, clock);
        _shards = [.. Enumerable.Range(0, options.ShardCount).Select(shard => new ShardLog(shard, queue, _state, numbers, clock))];
        hot.WriteFirst(nowMs);
        if (!report.IsComplete)
        {
            WriteNextSeqs(hot, space, nowMs);
        }

        space.Keep(nowMs);
    }

    /// <summary>What the opening has found.</summary>
    public RecoveryReport Report { get; }

    /// <summary>Between the host's clock and the disk's.</summary>
    public WallClock Clock { get; }

    /// <summary>What the store can do now. Any thread may ask.</summary>
    public StoreHealth Health => _state.Health;

    /// <summary>Everything committed up to this number is as durable as was asked for. Any thread may ask.</summary>
    public long DurableAppend => _state.DurableAppend;

    /// <summary>Figures; for the writer's thread.</summary>
    public StoreStats Stats => new()
    {
        TotalBytes = _log.Hot.SizeBytes + _log.Cold.SizeBytes,
        LiveBytes = _index.LiveBytes,
        HotSegments = _log.Hot.Count,
        ColdSegments = _log.Cold.Count,
        PoolSegments = _log.Pool.Count,
        Queued = _index.QueuedCount,
        Sessions = _index.Sessions.Count,
        Entries = _index.Entries.Count,
        Commits = _counters.Commits,
        Frames = _counters.Frames,
        Flushes = _counters.Flushes,
        CommittedBytes = _counters.CommittedBytes,
        WrittenBytes = _counters.WrittenBytes,
        CopiedBytes = _counters.CopiedBytes,
        RetiredSegments = _counters.Retired,
        UnreadableRecords = _counters.Unreadable,
        IsPinned = Compaction.IsPinned,
    };

    internal StoreIndex Index => _index;

    internal Compaction Compaction { get; }

    /// <summary>Opens a store, or makes one in an empty directory: reads the whole log, cuts a torn tail off, and writes a first frame.</summary>
    /// <param name="fs">The store's directory. That no other process uses it is the host's business.</param>
    /// <param name="options">How it works.</param>
    /// <param name="nowMs">The host's monotonic clock.</param>
    /// <param name="utcNowMs">The system clock, UTC milliseconds since 1970.</param>
    /// <exception cref="StoreFormatException">The store is of a newer version, or the directory is not one; nothing was changed.</exception>
    /// <exception cref="StoreDamagedException">There is damage, and <see cref="JournalOptions.StopOnDamage"/>; nothing was changed.</exception>
    /// <exception cref="IOException">The disk fails, or has no room even for the first frame; then nothing was changed but a torn tail cut off.</exception>
    public static Journal Open(IStoreFs fs, JournalOptions options, long nowMs, long utcNowMs)
    {
        var storeId = StoreFile.ReadOrCreate(fs, options.NewStoreId, utcNowMs);
        var recovery = new Recovery();
        var log = LogScan.Run(fs, options.ToSegmentOptions(storeId), recovery.OnFrame);
        try
        {
            var clock = new WallClock(nowMs, utcNowMs, recovery.Index.LastHeartbeatUtcMs, (long)options.ClockAheadMax.TotalMilliseconds);
            var report = recovery.Finish(storeId, log, clock);
            return new Journal(fs, options, log, recovery.Index, clock, report, nowMs);
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IShardLog ShardLog(int shardIndex) => _shards[shardIndex];

    /// <inheritdoc/>
    public void Recover(IRecoverySink sink)
    {
        var unreadable = _recovered.GiveTo(sink);
        if (unreadable > 0)
        {
            _counters.Unreadable += unreadable;
            _alarm?.Invoke($"{unreadable} sessions, subscriptions, wills or retained messages could not be read and are missing");
        }
    }

    /// <summary>Does what waits: at most one frame, one flush, the answers to questions and one step of compaction.</summary>
    /// <param name="nowMs">The host's monotonic clock.</param>
    /// <returns>
    /// When it wants to be called again, unless somebody commits before; not after <paramref name="nowMs"/> is at once,
    /// <see cref="long.MaxValue"/> is never.
    /// </returns>
    public long RunOnce(long nowMs) => _writer.RunOnce(nowMs);

    /// <summary>
    /// Begins a backup: seals the segments that are written to, and keeps every segment from being given back until <see cref="EndBackup"/>.
    /// Call it on the writer's thread.
    /// </summary>
    /// <param name="nowMs">The host's monotonic clock.</param>
    /// <returns>The files that hold everything up to <see cref="DurableAppend"/>, for <see cref="Tools.StoreBackup.Copy"/>.</returns>
    /// <exception cref="IOException">There is no space for a new segment, or the disk fails; no backup has begun.</exception>
    public IReadOnlyList<BackupFile> BeginBackup(long nowMs)
    {
        _writer.Seal(nowMs);
        if (_log.Cold.Count > 0 && _log.Cold.LastLsnOf(_log.Cold.TailSegNo) >= _log.Cold.FirstLsn(_log.Cold.TailSegNo))
        {
            _log.Cold.Roll();       // an empty one need not be in the backup
        }

        Compaction.IsPinned = true;
        return [new BackupFile(StoreFile.Name, long.MaxValue), .. Sealed(_log.Cold), .. Sealed(_log.Hot)];
    }

    /// <summary>The files have been copied, or will not be. Call it on the writer's thread.</summary>
    public void EndBackup() => Compaction.IsPinned = false;

    /// <summary>Writes what waits and seals the log. Nothing may be committed any more; <see cref="Dispose"/> comes next.</summary>
    public void Stop(long nowMs) => _writer.Stop(nowMs);

    /// <summary>Closes the files; writes and flushes nothing.</summary>
    public void Dispose() => _log.Dispose();

    private static void WriteNextSeqs(HotLog hot, SpaceKeeper space, long nowMs)
    {
        try
        {
            hot.WriteNextSeqs(nowMs);
        }
        catch (StoreFullException exception)
        {
            space.OnFull(nowMs, exception);         // the writer tries again
        }
    }

    private static IEnumerable<BackupFile> Sealed(SegmentSet set) =>
        set.SegNos.Where(segNo => segNo != set.TailSegNo).Select(segNo => new BackupFile(SegmentName.Of(set.Generation, segNo), set.EndOffset(segNo)));

    private void OnLost(int count)
    {
        _counters.Unreadable += count;
        _alarm?.Invoke($"{count} records cannot be read any more and are lost");
    }

    private void OnUnreadable(uint sessionNo, long seq)
    {
        _counters.Unreadable++;
        _alarm?.Invoke($"position {seq} of session {sessionNo} cannot be read and is given up");
    }
}
