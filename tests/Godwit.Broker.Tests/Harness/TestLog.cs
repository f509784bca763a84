using Godwit.Broker.Log;

namespace Godwit.Broker.Tests.Harness;

/// <summary>
/// A log in memory: groups of records, and what is left of them when they are applied in order. Durable at once, or only when the test
/// says so; <see cref="Crash"/> forgets what is not durable.
/// </summary>
public sealed class TestLog : IBrokerLog
{
    private readonly List<(long Append, List<Action<TestLogState>> Records)> _groups = [];
    private readonly Queue<(long Append, ulong Shards)> _awaited = new();
    private readonly TestLogState _state = new();
    private readonly Dictionary<int, TestShardLog> _shards = [];
    private readonly Dictionary<uint, long> _settledBelow = [];     // positions that nobody spoke of before the crash are over
    private ulong _awaiting;
    private long _nextId = 1;
    private uint _nextSessionNo = 1;

    /// <summary>What is committed is durable at once.</summary>
    public bool IsEager { get; set; } = true;

    public StoreHealth Health { get; set; }

    /// <summary>What the log claims to have to write.</summary>
    public long WaitingBytes { get; set; }

    public long LastAppend { get; private set; }

    public long DurableAppend { get; private set; }

    /// <summary>Number of commits that somebody waits for.</summary>
    public int AwaitedCount { get; private set; }

    /// <summary>Called when a shard asks to be woken, before it counts as asking.</summary>
    public Action? OnAwait { get; set; }

    /// <summary>Where answers to ReadQueue go.</summary>
    public Action<int, QueueRead>? OnRead { get; set; }

    public IShardLog ShardLog(int shardIndex) =>
        _shards.TryGetValue(shardIndex, out var shard) ? shard : _shards[shardIndex] = new TestShardLog(this, shardIndex);

    /// <summary>Everything committed so far becomes durable.</summary>
    /// <returns>The shards that have waited for it, one bit each.</returns>
    public ulong Flush() => FlushUpTo(LastAppend);

    /// <summary>A part of what was committed becomes durable.</summary>
    /// <returns>The shards that have waited for it, one bit each.</returns>
    public ulong FlushUpTo(long append)
    {
        var before = DurableAppend;
        DurableAppend = Math.Clamp(append, DurableAppend, LastAppend);
        if (DurableAppend == before)
        {
            return 0;
        }

        var woken = _awaiting;
        _awaiting = 0;
        while (_awaited.TryPeek(out var first) && first.Append <= DurableAppend)
        {
            woken |= _awaited.Dequeue().Shards;
        }

        return woken;
    }

    /// <summary>What a process that starts now finds: the durable groups, or all (the machine went on, only the process died).</summary>
    public TestLog Crash(bool keepWritten = false)
    {
        var next = new TestLog { _nextId = _nextId, _nextSessionNo = _nextSessionNo, IsEager = IsEager };
        foreach (var (append, records) in _groups.Where(group => keepWritten || group.Append <= DurableAppend))
        {
            next.Append(append, records);
        }

        next._state.DropMissing();
        next.LastAppend = next.DurableAppend = LastAppend;
        foreach (var (sessionNo, seq) in next._state.NextSeqs)
        {
            next._settledBelow[sessionNo] = seq;
        }

        return next;
    }

    public void Recover(IRecoverySink sink)
    {
        foreach (var session in _state.Sessions)
        {
            session.Value(sink);
        }

        foreach (var put in _state.Puts.Values.Concat(_state.Retained.Values))
        {
            put(sink);
        }

        foreach (var ((sessionNo, seq), position) in _state.Queue.Reverse())         // in any order, so not in the obvious one
        {
            if (_state.Messages.TryGetValue(position.MessageId, out var message))
            {
                sink.OnQueued(sessionNo, seq, position.IsReceived ? 0 : message.CostBytes);
            }
        }

        foreach (var (sessionNo, seq) in _state.NextSeqs)
        {
            sink.OnNextSeq(sessionNo, seq);
        }

        sink.OnEnd();
    }

    /// <summary>What the groups amount to, durable or not.</summary>
    public TestLogState State() => _state;

    internal long NewId() => _nextId++;

    internal uint NewSessionNo() => _nextSessionNo++;

    internal void AwaitAdvance(int shardIndex)
    {
        OnAwait?.Invoke();
        _awaiting |= 1UL << shardIndex;
    }

    internal long Commit(int shardIndex, List<Action<TestLogState>> records, bool isAwaited)
    {
        if (records.Count == 0)
        {
            return 0;
        }

        Append(++LastAppend, [.. records]);
        records.Clear();
        AwaitedCount += isAwaited ? 1 : 0;
        _awaited.Enqueue((LastAppend, isAwaited ? 1UL << shardIndex : 0));
        if (IsEager)
        {
            Flush();
        }

        return LastAppend;
    }

    internal void Read(int shardIndex, uint sessionNo, long fromSeq, int bytesMax)
    {
        var entries = new List<StoredDelivery>();
        var bytes = new List<byte>();
        var seq = fromSeq;
        for (; seq < _state.NextSeqs.GetValueOrDefault(sessionNo) && (entries.Count == 0 || bytes.Count < bytesMax); seq++)
        {
            if (_state.Queue.TryGetValue((sessionNo, seq), out var position) && _state.Messages.TryGetValue(position.MessageId, out var message))
            {
                entries.Add(position.IsReceived ? new StoredDelivery { Seq = seq, IsReceived = true } : message.ToDelivery(seq, position.Recipient!, bytes));
            }
            else if (!_state.IsDone(sessionNo, seq) && seq >= _settledBelow.GetValueOrDefault(sessionNo))
            {
                break;                              // another shard has still to say what stands here
            }
        }

        OnRead!(shardIndex, new QueueRead(sessionNo, entries, [.. bytes], seq));
    }

    private void Append(long append, List<Action<TestLogState>> records)
    {
        _groups.Add((append, records));
        foreach (var record in records)
        {
            record(_state);
        }
    }
}
