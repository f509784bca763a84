namespace Godwit.Storage.Journals;

/// <summary>Gives numbers out that are never given out again, in blocks, one block to one shard.</summary>
internal sealed class NumberSource(long nextId, uint nextSessionNo)
{
    /// <summary>Ids of a block.</summary>
    public const int IdBlockSize = 4096;

    /// <summary>Sessions' numbers of a block; small, because what is left of a block at the end is lost.</summary>
    public const int SessionBlockSize = 64;

    private long _nextId = nextId;
    private long _nextSessionNo = nextSessionNo;

    /// <summary>Ids below this one are given out or may be.</summary>
    public long NextId => Volatile.Read(ref _nextId);

    /// <summary>Sessions' numbers below this one are given out or may be.</summary>
    public long NextSessionNo => Volatile.Read(ref _nextSessionNo);

    /// <summary>A block of ids; returns the first.</summary>
    public long TakeIds() => Interlocked.Add(ref _nextId, IdBlockSize) - IdBlockSize;

    /// <summary>A block of sessions' numbers; returns the first.</summary>
    /// <exception cref="InvalidOperationException">All four thousand million are used up.</exception>
    public uint TakeSessionNos()
    {
        var first = Interlocked.Add(ref _nextSessionNo, SessionBlockSize) - SessionBlockSize;
        return first <= uint.MaxValue - (2 * SessionBlockSize)
            ? (uint)first
            : throw new InvalidOperationException("the store has no more numbers for sessions: export it into a new one");
    }
}
