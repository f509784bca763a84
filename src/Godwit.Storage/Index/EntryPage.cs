using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Godwit.Storage.Index;

/// <summary>The entries of 64 neighbouring ids. They stand packed in id order, so that a page with few of them is small.</summary>
internal sealed class EntryPage
{
    /// <summary>Ids of a page.</summary>
    public const int Size = 64;

    private ulong _present;             // ids that have a place in the array
    private ulong _live;                // ids that have an entry; a subset

    /// <summary>Places of entries, as many as a power of two.</summary>
    public Entry[] Entries { get; private set; } = [];

    /// <summary>Nothing is left.</summary>
    public bool IsEmpty => _live == 0;

    /// <summary>One bit for each id that has an entry, lowest id in the lowest bit.</summary>
    public ulong Live => _live;

    /// <summary>So few entries are left that a quarter of the array would do.</summary>
    public bool IsSparse => Entries.Length > 4 && 4 * BitOperations.PopCount(_live) <= Entries.Length;

    /// <summary>The entry of an id; a null reference when there is none.</summary>
    public ref Entry Find(int id)
    {
        if ((_live & (1UL << id)) == 0)
        {
            return ref Unsafe.NullRef<Entry>();
        }

        return ref Entries[IndexOf(id)];
    }

    /// <summary>Makes a place for an id; there has to be room in the array unless the id has had a place before.</summary>
    public ref Entry Add(int id)
    {
        Debug.Assert((_live & (1UL << id)) == 0, "it has an entry");
        var bit = 1UL << id;
        var index = IndexOf(id);
        if ((_present & bit) == 0)
        {
            var count = BitOperations.PopCount(_present);
            Array.Copy(Entries, index, Entries, index + 1, count - index);
            _present |= bit;
        }

        _live |= bit;
        Entries[index] = default;
        return ref Entries[index];
    }

    /// <summary>The array is full and the id has no place in it.</summary>
    public bool IsFullFor(int id) => (_present & (1UL << id)) == 0 && BitOperations.PopCount(_present) == Entries.Length;

    /// <summary>Forgets an id.</summary>
    public void Remove(int id) => _live &= ~(1UL << id);

    /// <summary>Moves what is left into another array.</summary>
    /// <returns>The array that held it; the caller owns it again.</returns>
    public Entry[] MoveTo(Entry[] entries)
    {
        var count = 0;
        for (var rest = _live; rest != 0; rest &= rest - 1)
        {
            entries[count++] = Entries[IndexOf(BitOperations.TrailingZeroCount(rest))];
        }

        _present = _live;
        var old = Entries;
        Entries = entries;
        return old;
    }

    /// <summary>Gives the array back; the page can be used for other ids.</summary>
    public Entry[] Release()
    {
        var old = Entries;
        Entries = [];
        _present = 0;
        _live = 0;
        return old;
    }

    private int IndexOf(int id) => BitOperations.PopCount(_present & ((1UL << id) - 1));
}
