namespace Godwit.Broker.Shards;

/// <summary>
/// Inputs for one shard from other threads. Many post, the shard takes. One of the three synchronised types of the core: two
/// lists that change places under a lock held for a few instructions. Beside them lie the shard's own batches that came back empty.
/// </summary>
public sealed class Mailbox
{
    private const int SpareMax = 64;

    private readonly Lock _lock = new();
    private List<ShardInput> _posted = [];
    private List<ShardInput> _taken = [];
    private readonly List<DeliveryBatch> _spare = [];
    private long _bytes;

    /// <summary>Bytes of messages posted and not yet taken; may be stale when read from another thread.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Adds an input. Never blocks for long, never refuses.</summary>
    /// <returns>True when the mailbox was empty: the shard must be woken.</returns>
    public bool Post(ShardInput input)
    {
        lock (_lock)
        {
            _posted.Add(input);
            _bytes += input.SizeBytes;
            return _posted.Count == 1;
        }
    }

    /// <summary>Takes all inputs in the order of posting. Only the owning shard calls it; the list is its until the next call.</summary>
    internal List<ShardInput> TakeAll()
    {
        _taken.Clear();
        lock (_lock)
        {
            (_posted, _taken) = (_taken, _posted);
            _bytes = 0;
        }

        return _taken;
    }

    /// <summary>Another shard has handled a batch of this one.</summary>
    internal void GiveBack(DeliveryBatch batch)
    {
        lock (_lock)
        {
            if (_spare.Count < SpareMax)
            {
                _spare.Add(batch);
            }
        }
    }

    /// <summary>An empty batch of this shard; null when none has come back.</summary>
    internal DeliveryBatch? TakeSpare()
    {
        lock (_lock)
        {
            if (_spare.Count == 0)
            {
                return null;
            }

            var batch = _spare[^1];
            _spare.RemoveAt(_spare.Count - 1);
            return batch;
        }
    }
}
