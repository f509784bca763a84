using Godwit.Protocol;

namespace Godwit.Broker.Routing;

/// <summary>
/// What stands below a node of the topic tree; a node without children has none of it. Written under the tree's lock, read without:
/// every change is one published reference. Literal levels stand in an open-addressing table (for matching) and in a list in order of
/// insertion (for walking).
/// </summary>
internal sealed class TopicChildren
{
    private static readonly TopicNode Removed = new(null, [], 0, 0, 0);

    private TopicNode?[]? _table;
    private int _used;                  // slots of the table that are not null
    private int _count;
    private int _interest;
    private int _retainedBelow;
    private TopicNode? _first;
    private TopicNode? _last;
    private TopicNode? _plus;
    private TopicNode? _hash;

    public TopicNode? Plus => Volatile.Read(ref _plus);

    public TopicNode? Hash => Volatile.Read(ref _hash);

    /// <summary>The oldest literal child.</summary>
    public TopicNode? First => Volatile.Read(ref _first);

    public bool IsEmpty => _count == 0 && _plus is null && _hash is null;

    /// <summary>Retained messages at the literal levels and below them, without those of <c>$SYS</c>.</summary>
    public int RetainedBelow
    {
        get => Volatile.Read(ref _retainedBelow);
        set => Volatile.Write(ref _retainedBelow, value);
    }

    /// <summary>Subscriptions at the literal levels and below them: without any, a match does not look for its level.</summary>
    public int Interest
    {
        get => Volatile.Read(ref _interest);
        set => Volatile.Write(ref _interest, value);
    }

    /// <summary>The child for a level taken literally.</summary>
    /// <param name="level">Its name.</param>
    /// <param name="hash">Of the name, by <see cref="Utf8Hash"/>.</param>
    public TopicNode? Find(ReadOnlySpan<byte> level, int hash)
    {
        var table = Volatile.Read(ref _table);
        if (table is null)
        {
            return null;
        }

        var mask = table.Length - 1;
        for (var i = hash & mask; ; i = (i + 1) & mask)
        {
            var candidate = Volatile.Read(ref table[i]);
            if (candidate is null)
            {
                return null;
            }

            if (candidate.HashCode == hash && level.SequenceEqual(candidate.Level) && !ReferenceEquals(candidate, Removed))
            {
                return candidate;
            }
        }
    }

    /// <summary>Adds the node of <c>+</c>. Writer only.</summary>
    public TopicNode SetPlus(TopicNode node)
    {
        Volatile.Write(ref _plus, node);
        return node;
    }

    /// <summary>Adds the node of <c>#</c>. Writer only.</summary>
    public TopicNode SetHash(TopicNode node)
    {
        Volatile.Write(ref _hash, node);
        return node;
    }

    /// <summary>Adds a literal child that is not there. Writer only.</summary>
    public TopicNode Add(TopicNode child)
    {
        if (_table is null || (_used + 1) * 4 > _table.Length * 3)
        {
            Rebuild();
        }

        Insert(_table!, child);
        _used++;
        _count++;
        child.Previous = _last;
        if (_last is null)
        {
            Volatile.Write(ref _first, child);
        }
        else
        {
            _last.NextSibling = child;
        }

        _last = child;
        return child;
    }

    /// <summary>Takes a child out. Writer only. Readers that stand on it walk on.</summary>
    public void Remove(TopicNode child)
    {
        if (ReferenceEquals(child, _plus))
        {
            Volatile.Write(ref _plus, null);
            return;
        }

        if (ReferenceEquals(child, _hash))
        {
            Volatile.Write(ref _hash, null);
            return;
        }

        RemoveFromTable(child);
        RemoveFromList(child);
        _count--;
    }

    private void RemoveFromTable(TopicNode child)
    {
        var mask = _table!.Length - 1;
        for (var i = child.HashCode & mask; ; i = (i + 1) & mask)
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
        var next = child.NextSibling;
        if (child.Previous is null)
        {
            Volatile.Write(ref _first, next);
        }
        else
        {
            child.Previous.NextSibling = next;
        }

        if (next is null)
        {
            _last = child.Previous;
        }
        else
        {
            next.Previous = child.Previous;
        }
    }

    private void Rebuild()
    {
        var size = 4;
        while (size * 3 < (_count + 1) * 5)             // at most 60 % full afterwards
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
        var i = child.HashCode & mask;
        while (table[i] is not null)
        {
            i = (i + 1) & mask;
        }

        Volatile.Write(ref table[i], child);
    }
}
