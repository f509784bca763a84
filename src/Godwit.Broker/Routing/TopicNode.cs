using Godwit.Broker.Messages;
using Godwit.Protocol;

namespace Godwit.Broker.Routing;

/// <summary>
/// One level of the topic tree. Writers hold the tree's lock; readers hold nothing: every change is one published reference.
/// Children stand in an open-addressing table (for matching) and in a list in order of insertion (for walking).
/// </summary>
internal sealed class TopicNode(TopicNode? parent, byte[] level)
{
    private static readonly TopicNode Removed = new(null, []);

    private TopicNode?[]? _table;
    private int _used;                  // slots of the table that are not null
    private int _childCount;
    private TopicNode? _firstChild;
    private TopicNode? _lastChild;
    private TopicNode? _next;
    private TopicNode? _previous;
    private TopicNode? _plus;
    private TopicNode? _hash;
    private SubscriberList? _subscribers;
    private SharedGroupTable? _groups;
    private Message? _retained;

    public TopicNode? Parent { get; } = parent;

    public byte[] Level { get; } = level;

    /// <summary>Subscriptions whose filter ends here.</summary>
    public SubscriberList? Subscribers
    {
        get => Volatile.Read(ref _subscribers);
        set => Volatile.Write(ref _subscribers, value);
    }

    /// <summary>Shared groups whose filter ends here; null when there are none.</summary>
    public SharedGroupTable? Groups
    {
        get => Volatile.Read(ref _groups);
        set => Volatile.Write(ref _groups, value);
    }

    /// <summary>The retained message of this topic.</summary>
    public Message? Retained
    {
        get => Volatile.Read(ref _retained);
        set => Volatile.Write(ref _retained, value);
    }

    /// <summary>Retained messages here and below, without those of <c>$SYS</c>.</summary>
    public int RetainedBelow { get; set; }

    /// <summary>The entry of this node that counts in the queue of retained expiries; <see cref="long.MaxValue"/> when there is none.</summary>
    public long ExpiryArmedMs { get; set; } = long.MaxValue;

    public TopicNode? Plus => Volatile.Read(ref _plus);

    public TopicNode? Hash => Volatile.Read(ref _hash);

    public TopicNode? FirstChild => Volatile.Read(ref _firstChild);

    public TopicNode? NextSibling => Volatile.Read(ref _next);

    /// <summary>Nothing ends here or below.</summary>
    public bool IsEmpty => _childCount == 0 && _plus is null && _hash is null && _subscribers is null && _groups is null && _retained is null;

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

    /// <summary>The child for a level of a filter; <c>+</c> and <c>#</c> are the wildcards.</summary>
    public TopicNode? FindOfFilter(ReadOnlySpan<byte> level)
    {
        if (level.SequenceEqual("+"u8))
        {
            return Plus;
        }

        return level.SequenceEqual("#"u8) ? Hash : Find(level);
    }

    /// <summary>Finds or makes the child of a filter's level; <c>+</c> and <c>#</c> are the wildcards. Writer only.</summary>
    public TopicNode GetOrAdd(ReadOnlySpan<byte> level, bool isFilter)
    {
        if (isFilter && level.SequenceEqual("+"u8))
        {
            return _plus ?? Publish(ref _plus, level);
        }

        if (isFilter && level.SequenceEqual("#"u8))
        {
            return _hash ?? Publish(ref _hash, level);
        }

        return Find(level) ?? AddChild(new TopicNode(this, level.ToArray()));
    }

    /// <summary>Takes an empty child out. Writer only. Readers that stand on it walk on.</summary>
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
        _childCount--;
    }

    private TopicNode Publish(ref TopicNode? place, ReadOnlySpan<byte> level)
    {
        var node = new TopicNode(this, level.ToArray());
        Volatile.Write(ref place, node);
        return node;
    }

    private TopicNode AddChild(TopicNode child)
    {
        if (_table is null || (_used + 1) * 4 > _table.Length * 3)
        {
            Rebuild();
        }

        Insert(_table!, child);
        _used++;
        _childCount++;
        child._previous = _lastChild;
        if (_lastChild is null)
        {
            Volatile.Write(ref _firstChild, child);
        }
        else
        {
            Volatile.Write(ref _lastChild._next, child);
        }

        _lastChild = child;
        return child;
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
        if (child._previous is null)
        {
            Volatile.Write(ref _firstChild, child._next);
        }
        else
        {
            Volatile.Write(ref child._previous._next, child._next);
        }

        if (child._next is null)
        {
            _lastChild = child._previous;
        }
        else
        {
            child._next._previous = child._previous;
        }
    }

    private void Rebuild()
    {
        var size = 4;
        while (size * 3 < (_childCount + 1) * 5)        // at most 60 % full afterwards
        {
            size *= 2;
        }

        var table = new TopicNode?[size];
        for (var child = _firstChild; child is not null; child = child._next)
        {
            Insert(table, child);
        }

        _used = _childCount;
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
