using System.Buffers;
using System.Diagnostics;
using System.Numerics;

namespace Godwit.Storage.Index;

/// <summary>
/// The positions of one session's queue: which record each needs. A window from the oldest position that is not over to the newest stands in
/// a ring of 8 bytes a position. When a few old positions stay while the queue moves on, they leave the window and stand in a table of their
/// own, so that the ring is never much longer than what it holds.
/// </summary>
internal sealed class QueueRing
{
    /// <summary>Nothing has been said of this position yet.</summary>
    public const long Unseen = 0;

    /// <summary>The position is over; perhaps it was before its record came.</summary>
    public const long Done = 1;

    /// <summary>Lowest id that a position can hold.</summary>
    public const long IdMin = 2;

    /// <summary>A window up to this size is kept however little it holds.</summary>
    private const int WindowMin = 64;

    /// <summary>A ring has at most so many places for each position it holds.</summary>
    private const int SlackMax = 8;

    /// <summary>Positions that nothing was said of yet are remembered behind the window, but not whole stretches that were never used.</summary>
    private const int UnseenMax = 1024;

    private const int FirstCapacity = 8;

    private long[] _slots = [];
    private long _base;                 // every position below is over or a straggler
    private long _end;                  // every position from here on is unseen
    private int _liveInWindow;
    private Dictionary<long, long>? _stragglers;
    private long[]? _sorted;            // the stragglers' positions; some may be gone

    /// <summary>Positions that hold an id.</summary>
    public int Count { get; private set; }

    /// <summary>What a position holds.</summary>
    /// <returns>An id, <see cref="Unseen"/> or <see cref="Done"/>.</returns>
    public long this[long seq]
    {
        get
        {
            if (seq >= _end)
            {
                return Unseen;
            }

            return seq >= _base ? _slots[Slot(seq)] : Straggler(seq);
        }
    }

    /// <summary>A position needs this record from now on.</summary>
    public void Set(long seq, long id)
    {
        Debug.Assert(id >= IdMin, "the numbers below are marks");
        if (this[seq] < IdMin)
        {
            Count++;
            _liveInWindow += seq >= _base ? 1 : 0;
        }

        Write(seq, id);
    }

    /// <summary>A position is over.</summary>
    public void MarkDone(long seq)
    {
        if (this[seq] >= IdMin)
        {
            Count--;
            _liveInWindow -= seq >= _base ? 1 : 0;
        }

        if (seq < _base)
        {
            _stragglers?.Remove(seq);
            return;
        }

        Write(seq, Done);
        Advance();
    }

    /// <summary>Finds the first position that is not over.</summary>
    /// <param name="seq">Where to look from; then where it is, or where nothing has been said of any position yet.</param>
    /// <param name="id">Its id, or <see cref="Unseen"/>.</param>
    /// <returns>False: there is none.</returns>
    public bool TryNext(ref long seq, out long id)
    {
        if (seq < _base && TryNextStraggler(ref seq, out id))
        {
            return true;
        }

        for (seq = Math.Max(seq, _base); seq < _end; seq++)
        {
            id = _slots[Slot(seq)];
            if (id != Done)
            {
                return true;
            }
        }

        id = Unseen;
        return false;
    }

    /// <summary>Nothing older will come: what nobody spoke of below <paramref name="next"/> is over. Arranges anew what is left.</summary>
    public void Settle(long next)
    {
        var live = new List<(long Seq, long Id)>(Count);
        for (var seq = 0L; TryNext(ref seq, out var id); seq++)
        {
            if (id != Unseen)
            {
                live.Add((seq, id));
            }
        }

        Release();
        _base = live.Count == 0 ? next : Math.Max(live[0].Seq, next - Math.Max(WindowMin, (long)SlackMax * live.Count));
        _end = _base;
        if (next > _base)
        {
            Resize(next - _base);
            _end = next;
            for (var seq = _base; seq < next; seq++)
            {
                _slots[Slot(seq)] = Done;
            }
        }

        foreach (var (seq, id) in live)
        {
            Set(seq, id);
        }

        Advance();
    }

    /// <summary>Forgets everything and gives the memory back.</summary>
    public void Release()
    {
        GiveBack(_slots);
        _slots = [];
        _base = 0;
        _end = 0;
        _liveInWindow = 0;
        _stragglers = null;
        _sorted = null;
        Count = 0;
    }

    private int Slot(long seq) => (int)(seq & (_slots.Length - 1));

    private long Straggler(long seq) => _stragglers is not null && _stragglers.TryGetValue(seq, out var id) ? id : Done;

    private void Write(long seq, long value)
    {
        if (seq < _base)
        {
            AddStraggler(seq, value);
            return;
        }

        if (seq >= _end)
        {
            MakeRoom(seq);
            _end = seq + 1;
        }

        _slots[Slot(seq)] = value;
    }

    private void MakeRoom(long seq)
    {
        var window = seq + 1 - _base;
        if (window <= _slots.Length)
        {
            return;
        }

        if (window > WindowMin && (long)SlackMax * (_liveInWindow + 1) < window)
        {
            LeaveBehind(seq + 1 - Math.Max(WindowMin, _slots.Length / 2));
            window = seq + 1 - _base;
        }

        if (window > _slots.Length)
        {
            Resize(window);
        }
    }

    /// <summary>Moves the window forward; what still lives behind it becomes stragglers.</summary>
    private void LeaveBehind(long newBase)
    {
        for (var seq = _base; seq < Math.Min(newBase, _end); seq++)
        {
            ref var slot = ref _slots[Slot(seq)];
            if (slot >= IdMin || (slot == Unseen && seq >= newBase - UnseenMax))
            {
                _liveInWindow -= slot >= IdMin ? 1 : 0;
                AddStraggler(seq, slot);
            }

            slot = Unseen;
        }

        for (var seq = Math.Max(_end, newBase - UnseenMax); seq < newBase; seq++)
        {
            AddStraggler(seq, Unseen);
        }

        _base = newBase;
        _end = Math.Max(_end, newBase);
    }

    private void Advance()
    {
        while (_base < _end && _slots[Slot(_base)] == Done)
        {
            _slots[Slot(_base)] = Unseen;
            _base++;
        }

        if (_slots.Length > WindowMin && 4 * (_end - _base) <= _slots.Length)
        {
            Resize(Math.Max(2 * (_end - _base), 2 * FirstCapacity));
        }
    }

    private void Resize(long window)
    {
        var capacity = (int)BitOperations.RoundUpToPowerOf2((ulong)Math.Max(window, FirstCapacity));
        var slots = capacity < 2 * FirstCapacity ? new long[capacity] : ArrayPool<long>.Shared.Rent(capacity);
        Debug.Assert(slots.Length == capacity, "the pool has powers of two");
        Array.Clear(slots);
        for (var seq = _base; seq < _end; seq++)
        {
            slots[seq & (capacity - 1)] = _slots[Slot(seq)];
        }

        GiveBack(_slots);
        _slots = slots;
    }

    private static void GiveBack(long[] slots)
    {
        if (slots.Length >= 2 * FirstCapacity)
        {
            ArrayPool<long>.Shared.Return(slots);
        }
    }

    private void AddStraggler(long seq, long value)
    {
        _stragglers ??= [];
        _stragglers[seq] = value;
        _sorted = null;
    }

    private bool TryNextStraggler(ref long seq, out long id)
    {
        id = Unseen;
        if (_stragglers is null)
        {
            return false;
        }

        _sorted ??= [.. _stragglers.Keys.Order()];
        var index = Array.BinarySearch(_sorted, seq);
        for (index = index < 0 ? ~index : index; index < _sorted.Length; index++)
        {
            if (_stragglers.TryGetValue(_sorted[index], out id))
            {
                seq = _sorted[index];
                return true;
            }
        }

        return false;
    }
}
