using Godwit.Broker.Log;

namespace Godwit.Tests.Logs;

/// <summary>
/// A log in memory: what <see cref="IBrokerLog"/> means, in plain code. It remembers every commit, so that the state after any number of them
/// can be asked for. Not for use from several threads.
/// </summary>
public sealed class MemoryLog : IBrokerLog
{
    private readonly MemoryShardLog[] _shards;
    private readonly List<Action<MemoryState>[]> _commits = [];
    private readonly MemoryState _state = new();
    private long _nextId = 2;
    private uint _nextSessionNo = 1;

    public MemoryLog(int shardCount) => _shards = [.. Enumerable.Range(0, shardCount).Select(shard => new MemoryShardLog(this, shard))];

    /// <summary>A commit is durable when it is made; otherwise with <see cref="MakeDurable"/>.</summary>
    public bool IsDurableAtOnce { get; set; } = true;

    public StoreHealth Health { get; set; }

    /// <summary>Takes the answers to questions.</summary>
    public Action<int, QueueRead>? Post { get; set; }

    /// <summary>What all commits together say.</summary>
    public MemoryState State => _state;

    public long CommitCount => _commits.Count;

    internal long DurableAppend { get; private set; }

    public IShardLog ShardLog(int shardIndex) => _shards[shardIndex];

    public void Recover(IRecoverySink sink) => _state.Recover(sink);

    /// <summary>Everything that was committed is durable.</summary>
    public void MakeDurable() => DurableAppend = _commits.Count;

    /// <summary>What the first commits say.</summary>
    public MemoryState StateAfter(long commitCount)
    {
        var state = new MemoryState();
        foreach (var change in _commits.Take((int)commitCount).SelectMany(commit => commit))
        {
            change(state);
        }

        return state;
    }

    internal long NewId() => _nextId++;

    internal uint NewSessionNo() => _nextSessionNo++;

    internal long Commit(Action<MemoryState>[] changes)
    {
        _commits.Add(changes);
        foreach (var change in changes)
        {
            change(_state);
        }

        if (IsDurableAtOnce)
        {
            MakeDurable();
        }

        return _commits.Count;
    }
}
