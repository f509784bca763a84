using System.Numerics;
using System.Runtime.CompilerServices;

namespace Godwit.Storage.Index;

/// <summary>
/// All entries by id. Ids are given out in a row, so pages of neighbours are dense while their records live and go away together; those
/// that outlive their neighbours stand in small pages. What a page gives back is kept for the next one: nothing is allocated in steady state.
/// </summary>
internal sealed class EntryTable
{
    private const int PageShift = 6;
    private const int SpareMax = 1024;

    private readonly Dictionary<long, EntryPage> _pages = [];
    private readonly Stack<EntryPage> _sparePages = new();
    private readonly Stack<Entry[]>[] _spareArrays = [.. Enumerable.Range(0, PageShift + 1).Select(_ => new Stack<Entry[]>())];

    private long _lastNo = -1;
    private EntryPage _last = new();

    /// <summary>Number of entries.</summary>
    public int Count { get; private set; }

    /// <summary>The ids that have an entry, in order; the table must not change meanwhile.</summary>
    public IEnumerable<long> Ids =>
        from pageNo in _pages.Keys.Order()
        let live = _pages[pageNo].Live
        from id in Enumerable.Range(0, EntryPage.Size)
        where (live & (1UL << id)) != 0
        select (pageNo << PageShift) + id;

    /// <summary>The entry of an id, valid until the next call of <see cref="Add"/> or <see cref="Remove"/>; a null reference when there is none.</summary>
    public ref Entry Find(long id)
    {
        if (!TryFindPage(id >> PageShift))
        {
            return ref Unsafe.NullRef<Entry>();
        }

        return ref _last.Find((int)(id & (EntryPage.Size - 1)));
    }

    /// <summary>There is an entry.</summary>
    public bool Contains(long id) => !Unsafe.IsNullRef(ref Find(id));

    /// <summary>Makes an entry for an id that has none.</summary>
    public ref Entry Add(long id, Entry entry)
    {
        if (!TryFindPage(id >> PageShift))
        {
            _lastNo = id >> PageShift;
            _last = _sparePages.TryPop(out var page) ? page : new EntryPage();
            _last.MoveTo(Rent(PageShift));
            _pages.Add(_lastNo, _last);
        }

        var inPage = (int)(id & (EntryPage.Size - 1));
        if (_last.IsFullFor(inPage))
        {
            GiveBack(_last.MoveTo(Rent(BitOperations.Log2((uint)_last.Entries.Length) + 1)));
        }

        Count++;
        ref var added = ref _last.Add(inPage);
        added = entry;
        return ref added;
    }

    /// <summary>Forgets an id that has an entry.</summary>
    public void Remove(long id)
    {
        if (!TryFindPage(id >> PageShift))
        {
            return;
        }

        Count--;
        _last.Remove((int)(id & (EntryPage.Size - 1)));
        if (_last.IsEmpty)
        {
            _pages.Remove(_lastNo);
            GiveBack(_last.Release());
            if (_sparePages.Count < SpareMax)
            {
                _sparePages.Push(_last);
            }

            _lastNo = -1;
        }
        else if (_last.IsSparse)
        {
            GiveBack(_last.MoveTo(Rent(BitOperations.Log2((uint)_last.Entries.Length) - 2)));
        }
    }

    private bool TryFindPage(long pageNo)
    {
        if (pageNo == _lastNo)
        {
            return true;
        }

        if (!_pages.TryGetValue(pageNo, out var page))
        {
            return false;
        }

        _lastNo = pageNo;
        _last = page;
        return true;
    }

    private Entry[] Rent(int log) => _spareArrays[log].TryPop(out var array) ? array : new Entry[1 << log];

    private void GiveBack(Entry[] array)
    {
        if (array.Length > 0 && _spareArrays[BitOperations.Log2((uint)array.Length)] is { Count: < SpareMax } spare)
        {
            spare.Push(array);
        }
    }
}
