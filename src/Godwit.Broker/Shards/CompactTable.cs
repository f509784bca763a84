namespace Godwit.Broker.Shards;

/// <summary>
/// Objects that know their key, in an open-addressing table of references with linear probing. A dictionary would take three times the
/// memory for each. A derived class says what the hash of an item is and how it is found.
/// </summary>
/// <typeparam name="TItem">What stands in it.</typeparam>
public abstract class CompactTable<TItem>
    where TItem : class
{
    private const int SizeMin = 64;

    /// <summary>Items in it.</summary>
    public int Count { get; private set; }

    /// <summary>All items, in no order. Nothing may be added or removed meanwhile.</summary>
    public IEnumerable<TItem> All => Slots.OfType<TItem>();

    /// <summary>The places; their number is a power of two, and at least a quarter is free.</summary>
    protected TItem?[] Slots { get; private set; } = new TItem?[SizeMin];

    /// <summary>Adds an item whose key is not there.</summary>
    public void Add(TItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        if ((Count + 1) * 4 > Slots.Length * 3)
        {
            Resize(2 * Slots.Length);
        }

        Insert(item);
        Count++;
    }

    /// <summary>Takes an item out, if it is there.</summary>
    public void Remove(TItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        var mask = Slots.Length - 1;
        var hole = HashOf(item) & mask;
        while (Slots[hole] != item)
        {
            if (Slots[hole] is null)
            {
                return;
            }

            hole = (hole + 1) & mask;
        }

        // Who stands behind the hole, and is looked for from the hole or from before it on, moves up: a search ends at the first free place.
        for (var i = (hole + 1) & mask; Slots[i] is { } moved; i = (i + 1) & mask)
        {
            if (((i - HashOf(moved)) & mask) >= ((i - hole) & mask))
            {
                Slots[hole] = moved;
                hole = i;
            }
        }

        Slots[hole] = null;
        Count--;
        if (Slots.Length > SizeMin && Count * 8 < Slots.Length)
        {
            Resize(Slots.Length / 4);
        }
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        Slots = new TItem?[SizeMin];
        Count = 0;
    }

    /// <summary>Hash of an item's key; its lowest bits are used.</summary>
    protected abstract int HashOf(TItem item);

    private void Resize(int size)
    {
        var old = Slots;
        Slots = new TItem?[Math.Max(SizeMin, size)];
        foreach (var item in old)
        {
            if (item is not null)
            {
                Insert(item);
            }
        }
    }

    private void Insert(TItem item)
    {
        var mask = Slots.Length - 1;
        var i = HashOf(item) & mask;
        while (Slots[i] is not null)
        {
            i = (i + 1) & mask;
        }

        Slots[i] = item;
    }
}
