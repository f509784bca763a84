using System.Diagnostics;

namespace Godwit.Broker.Log;

/// <summary>What somebody waits for: that the records of a turn, or of one message, are durable. Made by one shard, asked by any.</summary>
internal sealed class Ticket
{
    private long _append;       // 0 until the records are committed
    private ulong _awaitedBy;

    /// <summary>The shards that wait for it, one bit each; complete when the records are committed.</summary>
    public ulong AwaitedBy => Volatile.Read(ref _awaitedBy);

    /// <summary>A session of this shard waits for it. Before the records are committed.</summary>
    public void AwaitBy(int shardIndex)
    {
        Debug.Assert(Volatile.Read(ref _append) == 0, "nobody would wake the shard");
        Interlocked.Or(ref _awaitedBy, 1UL << shardIndex);
    }

    /// <summary>The records were committed under this number.</summary>
    /// <remarks>Whoever makes it looks afterwards whether the number is durable already; the exchange keeps the two in this order.</remarks>
    public void Committed(long append) => Interlocked.Exchange(ref _append, append);

    /// <summary>The wait is over.</summary>
    public bool IsDurable(IShardLog log)
    {
        var append = Volatile.Read(ref _append);
        return append != 0 && append <= log.DurableAppend;
    }
}
