using Godwit.Broker.Log;
using Godwit.Storage.Files;
using Godwit.Storage.Index;
using Godwit.Storage.Records;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Journals;

/// <summary>
/// The one writer: takes what waits, writes it as one frame, flushes once, tells the shards, then answers questions and tidies up. Everything
/// that arrives while a flush runs goes into the next frame, so a slow disk makes larger frames, not a longer queue.
/// </summary>
internal sealed class JournalWriter
{
    /// <summary>Nothing is due.</summary>
    public const long Never = long.MaxValue;

    /// <summary>What nobody waits for is durable after this time.</summary>
    private const long UnawaitedFlushMs = 1_000;

    private readonly JournalOptions _options;
    private readonly GroupQueue _queue;
    private readonly StoreState _state;
    private readonly StoreIndex _index;
    private readonly HotLog _hot;
    private readonly SpaceKeeper _space;
    private readonly Compaction _compaction;
    private readonly BacklogReader _backlog;
    private readonly WriteCounters _counters;
    private readonly RecordBuffer _frame = new();
    private readonly List<QueueQuestion> _questions = [];
    private readonly long[] _awaited;
    private readonly Func<bool> _flushForCompaction;
    private GroupBatch _batch = new();
    private int _position;
    private long _writtenAppend;
    private long _awaitedAppend;
    private long _unflushedSinceMs;
    private long _lastCommitMs;
    private bool _isStuck;

    public JournalWriter(JournalOptions options, GroupQueue queue, StoreState state, StoreIndex index, HotLog hot, SpaceKeeper space, Compaction compaction, BacklogReader backlog, WriteCounters counters)
    {
        _options = options;
        _queue = queue;
        _state = state;
        _index = index;
        _hot = hot;
        _space = space;
        _compaction = compaction;
        _backlog = backlog;
        _counters = counters;
        _awaited = new long[options.ShardCount];
        _flushForCompaction = FlushForCompaction;
    }

    private bool HasWaiting => _position < _batch.Groups.Length || _queue.HasGroups;

    /// <summary>Does what waits, at most one frame and one step of compaction.</summary>
    /// <returns>When it wants to be called again unless somebody commits before; not after <paramref name="nowMs"/>: at once.</returns>
    public long RunOnce(long nowMs)
    {
        if (_state.Health == StoreHealth.Failed)
        {
            return Never;
        }

        try
        {
            _index.Tick(nowMs);
            WriteWaiting(nowMs);
            FlushIfDue(nowMs);
            AnswerQuestions();
            Compact(nowMs);
            _space.Keep(nowMs);
            return NextDueMs(nowMs);
        }
        catch (IOException exception)
        {
            Fail(exception);
            return Never;
        }
    }

    /// <summary>Writes everything that waits and seals the log; nothing may be committed any more.</summary>
    public void Stop(long nowMs)
    {
        if (_state.Health == StoreHealth.Failed)
        {
            return;
        }

        try
        {
            while (HasWaiting && TryWriteFrame(nowMs))
            {
                AnswerQuestions();
            }

            _hot.WriteLast(nowMs);
            Publish();
        }
        catch (StoreFullException exception)
        {
            _space.OnFull(nowMs, exception);
            FlushQuietly();
        }
        catch (IOException exception)
        {
            Fail(exception);
        }
    }

    /// <summary>Writes what waits, and seals the segment that is written to.</summary>
    /// <exception cref="IOException">There is no space, or the disk fails; then the store is full or has failed.</exception>
    public void Seal(long nowMs)
    {
        try
        {
            while (HasWaiting && TryWriteFrame(nowMs))
            {
            }

            _hot.Roll(bodySize: 0, nowMs);
            Publish();
        }
        catch (StoreFullException exception)
        {
            _space.OnFull(nowMs, exception);
            throw;
        }
        catch (IOException exception)
        {
            Fail(exception);
            throw;
        }
    }

    private void WriteWaiting(long nowMs)
    {
        try
        {
            if (_hot.OwesNextSeqs)
            {
                _hot.WriteNextSeqs(nowMs);
            }

            TryWriteFrame(nowMs);
            _isStuck = false;
        }
        catch (StoreFullException exception)
        {
            _isStuck = true;
            _space.OnFull(nowMs, exception);
        }
    }

    private bool TryWriteFrame(long nowMs)
    {
        if (_position == _batch.Groups.Length)
        {
            _batch.Clear();
            _position = 0;
            if (!_queue.TryTake(ref _batch) && _index.Reissues.Count == 0)
            {
                return false;
            }
        }

        HotLog.Begin(_frame);
        var recordCount = _hot.AddOwnRecords(_frame, nowMs);
        var end = AddGroups(ref recordCount, out var groupCount);
        if (groupCount > 0 || _index.Reissues.Count > 0)
        {
            var wasUnflushed = _hot.IsUnflushed;
            _hot.Write(_frame, recordCount, nowMs);
            _unflushedSinceMs = wasUnflushed ? _unflushedSinceMs : nowMs;
            _counters.Frames++;
            _lastCommitMs = nowMs;
        }

        TakeOver(end);
        return true;
    }

    /// <summary>Puts commits into the frame until it is large enough.</summary>
    /// <returns>The first one that is not in it.</returns>
    private int AddGroups(ref int recordCount, out int groupCount)
    {
        var groups = _batch.Groups;
        var end = _position;
        groupCount = 0;
        for (; end < groups.Length; end++)
        {
            ref readonly var group = ref groups[end];
            if (group.Length == 0)
            {
                continue;
            }

            if (groupCount > 0
                && (_frame.Length + group.Length > _options.FrameSizeBytes || recordCount + group.RecordCount > FrameHeader.RecordCountMax))
            {
                break;
            }

            _frame.Bytes(_batch.Records.Span.Slice(group.Start, group.Length));
            recordCount += group.RecordCount;
            groupCount++;
        }

        return end;
    }

    private void TakeOver(int end)
    {
        foreach (ref readonly var group in _batch.Groups[_position..end])
        {
            if (group.Length == 0)
            {
                _questions.Add(group.Question);
                continue;
            }

            _writtenAppend = group.Number;
            _counters.Commits++;
            _counters.CommittedBytes += group.Length;
            _queue.OnWritten(group.Length);
            if (group.IsAwaited)
            {
                _awaited[group.ShardIndex] = group.Number;
                _awaitedAppend = group.Number;
            }
        }

        _position = end;
    }

    private void FlushIfDue(long nowMs)
    {
        var isAwaited = _awaitedAppend > _state.DurableAppend;
        switch (_options.Durability)
        {
            case Durability.Sync when isAwaited || (_hot.IsUnflushed && nowMs >= _unflushedSinceMs + UnawaitedFlushMs):
                _hot.Flush();
                Publish();
                break;

            case Durability.Interval:
                Publish();
                if (_hot.IsUnflushed && nowMs >= _unflushedSinceMs + _options.FlushIntervalMs)
                {
                    _hot.Flush();
                }

                break;

            case Durability.Os:
                Publish();
                break;

            default:
                break;
        }
    }

    private void Publish()
    {
        var before = _state.DurableAppend;
        if (before == _writtenAppend)
        {
            return;
        }

        _state.DurableAppend = _writtenAppend;
        var awaiting = _state.TakeAwaiting();
        for (var shard = 0; shard < _awaited.Length; shard++)
        {
            if (_awaited[shard] > before || (awaiting & (1UL << shard)) != 0)
            {
                _options.WakeShard?.Invoke(shard);
            }
        }
    }

    private void AnswerQuestions()
    {
        if (_questions.Count == 0)
        {
            return;
        }

        if (_options.Durability == Durability.Sync && _hot.IsUnflushed)
        {
            _hot.Flush();           // QoS 2 leaves only when it is durable, and the answer may hold what was just written
            Publish();
        }

        foreach (var question in _questions)
        {
            _options.Post?.Invoke(question.ShardIndex, _backlog.Read(question));
        }

        _questions.Clear();
    }

    private void Compact(long nowMs)
    {
        var isIdle = nowMs >= _lastCommitMs + _options.IdleReclaimMs;
        try
        {
            if (_compaction.Step(nowMs, isIdle, _state.Health >= StoreHealth.Low, _flushForCompaction))
            {
                _space.OnRetired();
            }
        }
        catch (StoreFullException exception)
        {
            _space.OnFull(nowMs, exception);
        }
    }

    /// <summary>What compaction concluded from must not be lost behind its back.</summary>
    /// <returns>False: something has to be written first.</returns>
    private bool FlushForCompaction()
    {
        if (_index.Reissues.Count > 0 || _hot.OwesNextSeqs)
        {
            return false;
        }

        if (_hot.IsUnflushed)
        {
            _hot.Flush();
            Publish();
        }

        return true;
    }

    private long NextDueMs(long nowMs)
    {
        var due = _space.DueAtMs;
        if (HasWaiting || _index.Reissues.Count > 0 || _hot.OwesNextSeqs)
        {
            due = Math.Min(due, _isStuck ? nowMs + SpaceKeeper.RetryMs : nowMs);
        }

        if (_hot.IsUnflushed && _options.Durability != Durability.Os)
        {
            due = Math.Min(due, _unflushedSinceMs + (_options.Durability == Durability.Sync ? UnawaitedFlushMs : _options.FlushIntervalMs));
        }

        return Math.Min(due, _compaction.NextDueMs(nowMs, _lastCommitMs + _options.IdleReclaimMs, _state.Health >= StoreHealth.Low));
    }

    private void FlushQuietly()
    {
        try
        {
            _hot.Flush();
            Publish();
        }
        catch (IOException exception)
        {
            Fail(exception);
        }
    }

    private void Fail(IOException exception)
    {
        _space.OnFailed(exception);
        _queue.Discard();
        _batch = new GroupBatch();
        _position = 0;
        for (var shard = 0; shard < _awaited.Length; shard++)
        {
            _options.WakeShard?.Invoke(shard);
        }
    }
}
