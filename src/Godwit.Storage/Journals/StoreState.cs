using Godwit.Broker.Log;

namespace Godwit.Storage.Journals;

/// <summary>What the writer tells the shards; they read it at any time.</summary>
internal sealed class StoreState
{
    private long _durableAppend;
    private ulong _awaiting;
    private int _health;

    /// <summary>Every commit up to this number is as durable as was asked for.</summary>
    public long DurableAppend
    {
        get => Volatile.Read(ref _durableAppend);
        set => Volatile.Write(ref _durableAppend, value);
    }

    /// <summary>A shard wants to be woken at the next advance; any thread.</summary>
    public void AwaitAdvance(int shardIndex)
    {
        var bit = 1UL << shardIndex;
        if ((Volatile.Read(ref _awaiting) & bit) == 0)
        {
            Interlocked.Or(ref _awaiting, bit);
        }
    }

    /// <summary>The shards that want to be woken, one bit each, and forgets them. After the advance: the exchange keeps the two in this order.</summary>
    public ulong TakeAwaiting() => Interlocked.Exchange(ref _awaiting, 0);

    /// <summary>What the store can do now.</summary>
    public StoreHealth Health
    {
        get => (StoreHealth)Volatile.Read(ref _health);
        set => Volatile.Write(ref _health, (int)value);
    }
}
