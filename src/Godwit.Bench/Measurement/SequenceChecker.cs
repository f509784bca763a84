namespace Godwit.Bench.Measurement;

/// <summary>
/// Watches the sequence numbers of every stream that one subscriber receives. Which of the last 16,384 numbers have come is
/// remembered from the first gap on, so that a late message is told from a second copy.
/// </summary>
public sealed class SequenceChecker
{
    /// <summary>How far behind a message may come and still be known as late; an older one counts as a duplicate.</summary>
    public const int MemorySize = 16_384;

    private readonly bool _allowsGaps;
    private readonly bool _startsAnywhere;
    private Entry[] _entries = new Entry[4];        // open addressing, a power of two, never full
    private int _count;

    /// <summary>Knows no stream yet.</summary>
    /// <param name="allowsGaps">Another subscriber may have got what is left out here, so that nothing can be said but whether numbers rise.</param>
    /// <param name="startsAnywhere">The first number of a stream need not be 0: the publishers may have begun before.</param>
    public SequenceChecker(bool allowsGaps = false, bool startsAnywhere = false)
    {
        _allowsGaps = allowsGaps;
        _startsAnywhere = startsAnywhere;
    }

    /// <summary>Numbers that were left out and have not come since.</summary>
    public long Missing { get; private set; }

    /// <summary>Takes a message.</summary>
    /// <param name="stream">Any number from 0 on.</param>
    /// <param name="sequence">Its number in the stream.</param>
    public Arrival Take(int stream, long sequence)
    {
        ref var entry = ref Find(stream);
        if (sequence == entry.Next)
        {
            if (entry.Seen is not null)
            {
                Mark(entry.Seen, sequence, hasCome: true);
            }

            entry.Next++;
            return Arrival.InOrder;
        }

        if (_allowsGaps)
        {
            var isNewer = sequence > entry.Next;
            entry.Next = Math.Max(entry.Next, sequence + 1);
            return isNewer ? Arrival.InOrder : Arrival.OutOfOrder;
        }

        return sequence > entry.Next ? Skip(ref entry, sequence) : LookBack(ref entry, sequence);
    }

    private static void Mark(ulong[] seen, long sequence, bool hasCome)
    {
        ref var word = ref seen[(sequence / 64) & (seen.Length - 1)];
        var bit = 1UL << (int)(sequence & 63);
        word = hasCome ? word | bit : word & ~bit;
    }

    private Arrival Skip(ref Entry entry, long sequence)
    {
        if (entry.Next == 0 && _startsAnywhere)
        {
            entry.Next = sequence + 1;
            return Arrival.InOrder;
        }

        if (entry.Seen is null)
        {
            entry.Seen = new ulong[MemorySize / 64];
            Array.Fill(entry.Seen, ulong.MaxValue);
        }

        Missing += sequence - entry.Next;
        for (var missing = Math.Max(entry.Next, sequence - MemorySize + 1); missing < sequence; missing++)
        {
            Mark(entry.Seen, missing, hasCome: false);
        }

        Mark(entry.Seen, sequence, hasCome: true);
        entry.Next = sequence + 1;
        return Arrival.InOrder;
    }

    private Arrival LookBack(ref Entry entry, long sequence)
    {
        var isKnown = entry.Seen is not null && entry.Next - sequence <= MemorySize;
        if (!isKnown || (entry.Seen![(sequence / 64) & (entry.Seen.Length - 1)] >> (int)(sequence & 63) & 1) != 0)
        {
            return Arrival.Duplicate;
        }

        Mark(entry.Seen, sequence, hasCome: true);
        Missing--;
        return Arrival.OutOfOrder;
    }

    private ref Entry Find(int stream)
    {
        var entries = _entries;
        var mask = entries.Length - 1;
        for (var i = SlotOf(stream, mask); ; i = (i + 1) & mask)
        {
            ref var entry = ref entries[i];
            if (entry.Key == stream + 1)
            {
                return ref entry;
            }

            if (entry.Key == 0)
            {
                return ref Add(stream);
            }
        }
    }

    private ref Entry Add(int stream)
    {
        if ((_count + 1) * 2 > _entries.Length)
        {
            Grow();
        }

        _count++;
        ref var entry = ref Free(_entries, stream);
        entry.Key = stream + 1;
        return ref entry;
    }

    private void Grow()
    {
        var larger = new Entry[_entries.Length * 2];
        foreach (ref var entry in _entries.AsSpan())
        {
            if (entry.Key != 0)
            {
                Free(larger, entry.Key - 1) = entry;
            }
        }

        _entries = larger;
    }

    private static ref Entry Free(Entry[] entries, int stream)
    {
        var mask = entries.Length - 1;
        var i = SlotOf(stream, mask);
        while (entries[i].Key != 0)
        {
            i = (i + 1) & mask;
        }

        return ref entries[i];
    }

    private static int SlotOf(int stream, int mask) => (int)(((uint)stream * 0x9E37_79B1u) >> 8) & mask;      // the golden ratio spreads neighbours

    private struct Entry
    {
        internal int Key;           // stream + 1; 0: free
        internal long Next;
        internal ulong[]? Seen;
    }
}
