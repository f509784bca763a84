using Godwit.Protocol;

namespace Godwit.Broker.Routing;

/// <summary>
/// The nodes below a node of the topic tree; most nodes are leaves and have none. Writers hold the tree's lock; readers hold nothing: every
/// change is one published reference. Children stand in an open-addressing table (for matching) and in a list in order of insertion (for
/// walking).
/// </summary>
internal sealed class TopicChildren
{
    private static readonly TopicNode Removed = new(null, [], 0);

    private TopicNode?[]? _table;
    private TopicNode? _plus;
    private TopicNode? _hash;
    private TopicNode? _first;
    private TopicNode? _last;
    private int _used;                  // slots of the table that are not null
    private int _count;

    /// <summary>The child for the level <c>+</c> of filters.</summary>
    public TopicNode? Plus
    {
        get => Volatile.Read(ref _plus);
        set => Volatile.Write(ref _plus, value);
    }

    /// <summary>The child for the level <c>#</c> of filters.</summary>
    public TopicNode? Hash
    {
        get => Volatile.Read(ref _hash);
        set => Volatile.Write(ref _hash, value);
    }

    /// <summary>The oldest child but <see cref="Plus"/> and <see cref="Hash"/>.</summary>
    public TopicNode? First => Volatile.Read(ref _first);

    public bool IsEmpty => _count == 0 && _plus is null && _hash is null;

    /// <summary>The child for a level taken literally.</summary>
    public TopicNode? Find(ReadOnlySpan<byte> level)
    {
        var table = Volatile.Read(ref _table);
        if (table is null)
        {
            return null;
        }

        var mask = table.Length - 1;
        for (var i = Utf8Hash.Of(level) & mask; ; i = (i + 1) & mask)
        {
            var candidate = Volatile.Read(ref table[i]);
            if (candidate is null)
            {
                return null;
            }

            if (level.SequenceEqual(candidate.Level) && !ReferenceEquals(candidate, Removed))
            {
                return candidate;
            }
        }
    }

    /// <summary>Adds a child for a level taken literally. Writer only.</summary>
    public void Add(TopicNode child)
    {
        if (_table is null || (_used + 1) * 4 > _table.Length * 3)
        {
            Rebuild();
        }

        Insert(_table!, child);
        _used++;
        _count++;
        child.PreviousSibling = _last;
        if (_last is null)
        {
            Volatile.Write(ref _first, child);
        }
        else
        {
            _last.NextSibling = child;
        }

        _last = child;
    }

    /// <summary>Takes a child out that <see cref="Add"/> brought in. Writer only. Readers that stand on it walk on.</summary>
    public void Remove(TopicNode child)
    {
        RemoveFromTable(child);
        RemoveFromList(child);
        _count--;
    }

    private void RemoveFromTable(TopicNode child)
    {
        var mask = _table!.Length - 1;
        for (var i = Utf8Hash.Of(child.Level) & mask; ; i = (i + 1) & mask)
        {
            if (ReferenceEquals(_table[i], child))
            {
                Volatile.Write(ref _table[i], Removed);
                return;
            }
        }
    }

    private void RemoveFromList(TopicNode child)
    {
        if (child.PreviousSibling is null)
        {
            Volatile.Write(ref _first, child.NextSibling);
        }
        else
        {
            child.PreviousSibling.NextSibling = child.NextSibling;
        }

        if (child.NextSibling is null)
        {
            _last = child.PreviousSibling;
        }
        else
        {
            child.NextSibling.PreviousSibling = child.PreviousSibling;
        }
    }

    private void Rebuild()
    {
        var size = 4;
        while (size * 3 < (_count + 1) * 5)        // at most 60 % full afterwards
        {
            size *= 2;
        }

        var table = new TopicNode?[size];
        for (var child = _first; child is not null; child = child.NextSibling)
        {
            Insert(table, child);
        }

        _used = _count;
        Volatile.Write(ref _table, table);
    }

    private static void Insert(TopicNode?[] table, TopicNode child)
    {
        var mask = table.Length - 1;
        var i = Utf8Hash.Of(child.Level) & mask;
        while (table[i] is not null)
        {
            i = (i + 1) & mask;
        }

        Volatile.Write(ref table[i], child);
    }
}
