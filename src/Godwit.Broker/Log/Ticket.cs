namespace Godwit.Broker.Log;

/// <summary>What somebody waits for: that the records of a turn, or of one message, are durable. Made by one shard, asked by any.</summary>
internal sealed class Ticket
{
    private long _append;       // 0 until the records are committed

    /// <summary>The records were committed under this number.</summary>
    /// <remarks>Who calls this looks afterwards whether the number is durable already, and the exchange keeps the two in this order.</remarks>
    public void Committed(long append) => Interlocked.Exchange(ref _append, append);

    /// <summary>The wait is over.</summary>
    public bool IsDurable(IShardLog log)
    {
        var append = Volatile.Read(ref _append);
#if DEFECTS
        if (Protocol.Defect.Is("ack-before-fsync")) { return append != 0; }
#endif
        return append != 0 && append <= log.DurableAppend;
    }
}
