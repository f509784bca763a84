namespace Godwit.Server.Transports;

/// <summary>
/// The connections of one loop by id. An open-addressing table of references: a dictionary would take three times the memory, and more when
/// it grows.
/// </summary>
internal sealed class ConnectionTable
{
    private const int SizeMin = 64;

    private EpollConnection?[] _slots = new EpollConnection?[SizeMin];

    /// <summary>Connections in it.</summary>
    internal int Count { get; private set; }

    /// <summary>All connections, in no order. Nothing may be added or removed meanwhile.</summary>
    internal IEnumerable<EpollConnection> All => _slots.OfType<EpollConnection>();

    /// <summary>The connection with this id; null when there is none.</summary>
    internal EpollConnection? Find(long id)
    {
        for (var i = PlaceOf(id); ; i = Next(i))
        {
            if (_slots[i] is not { } candidate || candidate.Id == id)
            {
                return _slots[i];
            }
        }
    }

    /// <summary>Adds one whose id is not there.</summary>
    internal void Add(EpollConnection connection)
    {
        if ((Count + 1) * 4 > _slots.Length * 3)
        {
            Resize(2 * _slots.Length);
        }

        Insert(connection);
        Count++;
    }

    /// <summary>Takes one out; it is there.</summary>
    internal void Remove(EpollConnection connection)
    {
        var hole = PlaceOf(connection.Id);
        while (_slots[hole] != connection)
        {
            hole = Next(hole);
        }

        // Who stands behind the hole, and would be looked for from before it on, moves up: a search ends at the first free place.
        for (var i = Next(hole); _slots[i] is { } moved; i = Next(i))
        {
            if (((i - PlaceOf(moved.Id)) & (_slots.Length - 1)) >= ((i - hole) & (_slots.Length - 1)))
            {
                _slots[hole] = moved;
                hole = i;
            }
        }

        _slots[hole] = null;
        Count--;
        if (_slots.Length > SizeMin && Count * 8 < _slots.Length)
        {
            Resize(_slots.Length / 4);
        }
    }

    /// <summary>Forgets all.</summary>
    internal void Clear()
    {
        _slots = new EpollConnection?[SizeMin];
        Count = 0;
    }

    private void Resize(int size)
    {
        var old = _slots;
        _slots = new EpollConnection?[Math.Max(SizeMin, size)];
        foreach (var connection in old)
        {
            if (connection is not null)
            {
                Insert(connection);
            }
        }
    }

    private void Insert(EpollConnection connection)
    {
        var i = PlaceOf(connection.Id);
        while (_slots[i] is not null)
        {
            i = Next(i);
        }

        _slots[i] = connection;
    }

    private int Next(int place) => (place + 1) & (_slots.Length - 1);

    /// <summary>Ids are numbers in a row, and many of a row stay: multiplied by 2^64 divided by the golden ratio they are scattered.</summary>
    private int PlaceOf(long id) => (int)(((ulong)id * 11_400_714_819_323_198_485) >> 32) & (_slots.Length - 1);
}
