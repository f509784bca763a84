using Godwit.Broker.Shards;

namespace Godwit.Broker.Log;

/// <summary>The answer to <see cref="IShardLog.ReadQueue"/>: the next positions of a session's queue, oldest first. Made by the store, posted to the shard.</summary>
/// <param name="sessionNo">The session.</param>
/// <param name="entries">What stands in the queue, in order.</param>
/// <param name="bytes">What the entries' ranges are places in.</param>
/// <param name="endSeq">Every position below this one is in <paramref name="entries"/> or no longer needed.</param>
public sealed class QueueRead(uint sessionNo, IReadOnlyList<StoredDelivery> entries, byte[] bytes, long endSeq) : ShardInput
{
    /// <summary>The session.</summary>
    public uint SessionNo => sessionNo;

    /// <summary>What stands in the queue, in order.</summary>
    public IReadOnlyList<StoredDelivery> Entries => entries;

    /// <summary>What the entries' ranges are places in.</summary>
    public byte[] Bytes => bytes;

    /// <summary>Every position below this one is in <see cref="Entries"/> or no longer needed.</summary>
    public long EndSeq => endSeq;

    /// <inheritdoc/>
    public override int SizeBytes => bytes.Length;

    internal override void Run(Shard shard)
    {
        if (!shard.SessionsByNo.TryGetValue(sessionNo, out var session) || session.Stored is null)
        {
            return;
        }

        if (session.HasEnded)
        {
            shard.HandOvers.OnRead(session, this);
        }
        else
        {
            shard.StoredDeliveries.OnRead(session, this);
        }
    }
}
