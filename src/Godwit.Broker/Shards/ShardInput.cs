namespace Godwit.Broker.Shards;

/// <summary>Work for a shard that comes from another thread, through its <see cref="Mailbox"/>.</summary>
public abstract class ShardInput
{
    /// <summary>Bytes of messages it holds; what <see cref="Mailbox.Bytes"/> counts.</summary>
    public virtual int SizeBytes => 0;

    /// <summary>Does the work, on the shard's thread, inside a turn.</summary>
    internal abstract void Run(Shard shard);
}
