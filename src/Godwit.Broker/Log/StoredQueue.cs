namespace Godwit.Broker.Log;

/// <summary>
/// The part of a session's queue that is in the store only: for each position what it costs. It is read back, oldest first, as the client
/// takes what is before it. A ring.
/// </summary>
internal sealed class StoredQueue
{
    private Entry[] _ring = new Entry[8];
    private int _first;
    private bool _isUnsorted;       // at recovery the store gives positions in the order of its files

    /// <summary>Positions.</summary>
    public int Count { get; private set; }

    /// <summary>What they cost, as queue limits count it.</summary>
    public long Bytes { get; private set; }

    /// <summary>Something in it may have come through a shared group, and has to go to another member when the session ends.</summary>
    public bool MayBeShared { get; set; }

    /// <summary>A read is under way.</summary>
    public bool IsReading { get; set; }

    /// <summary>The oldest position; there is one.</summary>
    public long FirstSeq
    {
        get
        {
            Sort();
            return _ring[_first].Seq;
        }
    }

    /// <summary>Adds a position; normally above all others.</summary>
    public void Add(long seq, int cost)
    {
        if (Count == _ring.Length)
        {
            Rearrange(2 * _ring.Length);
        }

        _isUnsorted |= Count > 0 && At(Count - 1).Seq > seq;
        At(Count++) = new Entry { Seq = seq, Cost = cost };
        Bytes += cost;
    }

    /// <summary>Takes the oldest.</summary>
    public (long Seq, int Cost) TakeFirst()
    {
        var (seq, cost) = (FirstSeq, _ring[_first].Cost);
        _first = (_first + 1) & (_ring.Length - 1);
        Count--;
        Bytes -= cost;
        return (seq, cost);
    }

    /// <summary>Takes a position out of the middle: its client has acknowledged what it got in an earlier life.</summary>
    /// <returns>False: it is not here.</returns>
    public bool TryRemove(long seq, out int cost)
    {
        var place = Find(seq);
        if (place < 0)
        {
            cost = 0;
            return false;
        }

        cost = At(place).Cost;
        Bytes -= cost;
        for (Count--; place < Count; place++)
        {
            At(place) = At(place + 1);
        }

        return true;
    }

    /// <summary>A position is here.</summary>
    public bool Contains(long seq) => Find(seq) >= 0;

    /// <summary>PUBREC has come for what was sent in an earlier life: only PUBREL is left of it.</summary>
    /// <returns>What it no longer costs.</returns>
    public int MarkReceived(long seq)
    {
        ref var entry = ref At(Find(seq));
        var cost = entry.Cost;
        entry.Cost = 0;
        Bytes -= cost;
        return cost;
    }

    private void Sort()
    {
        if (_isUnsorted)
        {
            Rearrange(_ring.Length);
            Array.Sort(_ring, 0, Count, Comparer<Entry>.Create((one, other) => one.Seq.CompareTo(other.Seq)));
            _isUnsorted = false;
        }
    }

    private int Find(long seq)
    {
        Sort();
        var (low, high) = (0, Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var found = At(middle).Seq;
            if (found == seq)
            {
                return middle;
            }

            (low, high) = found < seq ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    private ref Entry At(int place) => ref _ring[(_first + place) & (_ring.Length - 1)];

    private void Rearrange(int size)
    {
        var ring = new Entry[size];
        for (var i = 0; i < Count; i++)
        {
            ring[i] = At(i);
        }

        (_ring, _first) = (ring, 0);
    }

    private struct Entry
    {
        public long Seq;
        public int Cost;
    }
}
