namespace Godwit.Broker.Log;

/// <summary>The store behind a broker: a log for each shard, and what they held when the broker started.</summary>
public interface IBrokerLog
{
    /// <summary>The log of a shard. The same one at every call.</summary>
    /// <param name="shardIndex">0 to the number of shards.</param>
    IShardLog ShardLog(int shardIndex);

    /// <summary>Gives everything that is in the log to the broker, before it serves anybody.</summary>
    void Recover(IRecoverySink sink);
}
