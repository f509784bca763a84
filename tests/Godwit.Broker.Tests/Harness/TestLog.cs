using Godwit.Broker.Log;

namespace Godwit.Broker.Tests.Harness;

/// <summary>
/// A log in memory: groups of records, and what is left of them when they are applied in order. Durable at once, or only when the test
/// says so; <see cref="Crash"/> forgets what is not durable.
/// </summary>
public sealed class TestLog : IBrokerLog
{
    private readonly List<(long Append, List<Action<TestLogState>> Records)> _groups = [];
    private readonly Dictionary<int, TestShardLog> _shards = [];
    private long _nextId = 1;
    private uint _nextSessionNo = 1;

    /// <summary>What is committed is durable at once.</summary>
    public bool IsEager { get; set; } = true;

    public StoreHealth Health { get; set; }

    public long LastAppend { get; private set; }

    public long DurableAppend { get; private set; }

    /// <summary>Number of commits that somebody waits for.</summary>
    public int AwaitedCount { get; private set; }

    /// <summary>Where answers to ReadQueue go.</summary>
    public Action<int, QueueRead>? OnRead { get; set; }

    public IShardLog ShardLog(int shardIndex) =>
        _shards.TryGetValue(shardIndex, out var shard) ? shard : _shards[shardIndex] = new TestShardLog(this, shardIndex);

    /// <summary>Everything committed so far becomes durable.</summary>
    public void Flush() => DurableAppend = LastAppend;

    /// <summary>What a process that starts now finds: the durable groups, or all (the machine went on, only the process died).</summary>
    public TestLog Crash(bool keepWritten = false)
    {
        var next = new TestLog { _nextId = _nextId, _nextSessionNo = _nextSessionNo, IsEager = IsEager };
        next._groups.AddRange(_groups.Where(group => keepWritten || group.Append <= DurableAppend));
        next.LastAppend = next.DurableAppend = LastAppend;
        return next;
    }

    public void Recover(IRecoverySink sink)
    {
        var state = State();
        foreach (var session in state.Sessions)
        {
            session.Value(sink);
        }

        foreach (var put in state.Puts.Values.Concat(state.Retained.Values))
        {
            put(sink);
        }

        foreach (var ((sessionNo, seq), (id, received, _)) in state.Queue)
        {
            if (state.Messages.TryGetValue(id, out var message))
            {
                sink.OnQueued(sessionNo, seq, received ? 0 : message.Bytes.Length);
            }
        }

        foreach (var (sessionNo, seq) in state.NextSeqs)
        {
            sink.OnNextSeq(sessionNo, seq);
        }

        sink.OnEnd();
    }

    /// <summary>What the groups amount to.</summary>
    public TestLogState State()
    {
        var state = new TestLogState();
        foreach (var record in _groups.SelectMany(group => group.Records))
        {
            record(state);
        }

        return state;
    }

    internal long NewId() => _nextId++;

    internal uint NewSessionNo() => _nextSessionNo++;

    internal long Commit(List<Action<TestLogState>> records, bool isAwaited)
    {
        if (records.Count == 0)
        {
            return 0;
        }

        _groups.Add((++LastAppend, [.. records]));
        records.Clear();
        AwaitedCount += isAwaited ? 1 : 0;
        DurableAppend = IsEager ? LastAppend : DurableAppend;
        return LastAppend;
    }

    internal void Read(int shardIndex, uint sessionNo, long fromSeq, int bytesMax)
    {
        var state = State();
        var entries = new List<StoredDelivery>();
        var bytes = new List<byte>();
        var next = fromSeq;
        foreach (var ((_, seq), (id, received, read)) in state.Queue.Where(row => row.Key.SessionNo == sessionNo && row.Key.Seq >= fromSeq).OrderBy(row => row.Key.Seq))
        {
            if (entries.Count > 0 && bytes.Count >= bytesMax)
            {
                break;
            }

            entries.Add(received ? new StoredDelivery { Seq = seq, IsReceived = true } : read(seq, state.Messages[id], bytes));
            next = seq + 1;
        }

        OnRead!(shardIndex, new QueueRead(sessionNo, entries, [.. bytes], next));
    }
}
