namespace Godwit.Broker.Protection;

/// <summary>Decisions that no shard has made, by reason. Any thread: one of the synchronised types of the core.</summary>
internal sealed class DoorCounts
{
    private readonly long[] _counts = new long[Enum.GetValues<ProtectionReason>().Length];

    /// <summary>One more.</summary>
    public void Count(ProtectionReason reason) => Interlocked.Increment(ref _counts[(int)reason]);

    /// <summary>Adds them to a sum by reason.</summary>
    public void AddTo(long[] sums)
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            sums[i] += Volatile.Read(ref _counts[i]);
        }
    }
}
