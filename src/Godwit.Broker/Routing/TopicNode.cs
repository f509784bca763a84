using Godwit.Broker.Messages;

namespace Godwit.Broker.Routing;

/// <summary>
/// One level of the topic tree. Writers hold the tree's lock; readers hold nothing: every change is one published reference. Most nodes are
/// leaves with one subscription, so what others have besides stands in parts of its own.
/// </summary>
/// <param name="parent">The level above; null for the root.</param>
/// <param name="name">Bytes that end with this level: its name alone, or a Topic Filter that somebody else keeps anyway.</param>
/// <param name="levelSize">How many of them are the level's.</param>
internal sealed class TopicNode(TopicNode? parent, byte[] name, int levelSize)
{
    private readonly int _levelSize = levelSize;
    private TopicNode? _nextSibling;
    private TopicChildren? _children;
    private SubscriberList? _subscribers;
    private Message? _retained;
    private Extras? _extras;

    public TopicNode? Parent { get; } = parent;

    public ReadOnlySpan<byte> Level => name.AsSpan(name.Length - _levelSize);

    /// <summary>Subscriptions whose filter ends here.</summary>
    public SubscriberList? Subscribers
    {
        get => Volatile.Read(ref _subscribers);
        set => Volatile.Write(ref _subscribers, value);
    }

    /// <summary>Shared groups whose filter ends here; null when there are none.</summary>
    public SharedGroupTable? Groups
    {
        get => Volatile.Read(ref _extras)?.Groups;
        set
        {
            if (value is not null || _extras is not null)
            {
                MakeExtras().Groups = value;
            }
        }
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
    public long ExpiryArmedMs
    {
        get => _extras?.ExpiryArmedMs ?? long.MaxValue;
        set => MakeExtras().ExpiryArmedMs = value;
    }

    /// <summary>The nodes below; null when there never were any.</summary>
    public TopicChildren? Children => Volatile.Read(ref _children);

    /// <summary>The oldest child but those for <c>+</c> and <c>#</c>.</summary>
    public TopicNode? FirstChild => Children?.First;

    /// <summary>Behind it in the order of insertion. Written by <see cref="TopicChildren"/>.</summary>
    public TopicNode? NextSibling
    {
        get => Volatile.Read(ref _nextSibling);
        set => Volatile.Write(ref _nextSibling, value);
    }

    /// <summary>Writer only.</summary>
    public TopicNode? PreviousSibling { get; set; }

    /// <summary>Nothing ends here or below.</summary>
    public bool IsEmpty => _children is not { IsEmpty: false } && _subscribers is null && Groups is null && _retained is null;

    /// <summary>The child for a level taken literally.</summary>
    public TopicNode? Find(ReadOnlySpan<byte> level) => Children?.Find(level);

    /// <summary>The child for a level of a filter; <c>+</c> and <c>#</c> are the wildcards.</summary>
    public TopicNode? FindOfFilter(ReadOnlySpan<byte> level)
    {
        if (level.SequenceEqual("+"u8))
        {
            return Children?.Plus;
        }

        return level.SequenceEqual("#"u8) ? Children?.Hash : Find(level);
    }

    /// <summary>Finds or makes the child of a filter's level; <c>+</c> and <c>#</c> are the wildcards. Writer only.</summary>
    /// <param name="level">Its name.</param>
    /// <param name="isFilter">The level is one of a Topic Filter.</param>
    /// <param name="keptName">Bytes that end with the level and live as long as the child; null: it copies its name.</param>
    public TopicNode GetOrAdd(ReadOnlySpan<byte> level, bool isFilter, byte[]? keptName)
    {
        var children = _children;
        if (children is null)
        {
            children = new TopicChildren();
            Volatile.Write(ref _children, children);
        }

        if (isFilter && level.SequenceEqual("+"u8))
        {
            return children.Plus ??= new TopicNode(this, keptName ?? level.ToArray(), level.Length);
        }

        if (isFilter && level.SequenceEqual("#"u8))
        {
            return children.Hash ??= new TopicNode(this, keptName ?? level.ToArray(), level.Length);
        }

        if (children.Find(level) is { } found)
        {
            return found;
        }

        var child = new TopicNode(this, keptName ?? level.ToArray(), level.Length);
        children.Add(child);
        return child;
    }

    /// <summary>Takes an empty child out. Writer only. Readers that stand on it walk on.</summary>
    public void Remove(TopicNode child)
    {
        var children = _children!;
        if (ReferenceEquals(child, children.Plus))
        {
            children.Plus = null;
        }
        else if (ReferenceEquals(child, children.Hash))
        {
            children.Hash = null;
        }
        else
        {
            children.Remove(child);
        }
    }

    private Extras MakeExtras()
    {
        if (_extras is null)
        {
            Volatile.Write(ref _extras, new Extras());
        }

        return _extras!;
    }

    private sealed class Extras
    {
        private SharedGroupTable? _groups;

        public SharedGroupTable? Groups
        {
            get => Volatile.Read(ref _groups);
            set => Volatile.Write(ref _groups, value);
        }

        public long ExpiryArmedMs { get; set; } = long.MaxValue;
    }
}
