using Godwit.Broker.Messages;
using Godwit.Protocol;

namespace Godwit.Broker.Routing;

/// <summary>
/// One level of the topic tree. Writers hold the tree's lock; readers hold nothing: every change is one published reference. Most nodes of
/// a large retained store are leaves, so what only an inner node needs stands in its <see cref="TopicChildren"/>.
/// </summary>
internal sealed class TopicNode
{
    /// <summary>
    /// A leaf takes its name from a message or a subscription whose topic or filter is no longer than this, instead of holding a copy. When they
    /// are gone and others need the node, it holds so many bytes at most, however short its own level is.
    /// </summary>
    private const int SharedNameBytesMax = 128;

    private readonly ushort _levelAt;
    private readonly ushort _levelSize;
    private byte[] _name;               // the level stands in it; a message's bytes, or the node's own
    private TopicChildren? _children;
    private TopicNode? _next;
    private SubscriberList? _subscribers;
    private Message? _retained;
    private Extras? _extras;

    /// <summary>Makes a node that its parent does not know yet.</summary>
    /// <param name="parent">Null for the root.</param>
    /// <param name="name">Bytes with the level in them; the node keeps them.</param>
    /// <param name="levelAt">Where in <paramref name="name"/> the level begins, at most 65,535.</param>
    /// <param name="levelSize">Its size in bytes, at most 65,535.</param>
    /// <param name="hashCode">Of the level, by <see cref="Utf8Hash"/>.</param>
    public TopicNode(TopicNode? parent, byte[] name, int levelAt, int levelSize, int hashCode)
    {
        (Parent, HashCode) = (parent, hashCode);
        (_name, _levelAt, _levelSize) = (name, (ushort)levelAt, (ushort)levelSize);
    }

    public TopicNode? Parent { get; }

    public int HashCode { get; }

    /// <summary>Its name, UTF-8; may be empty.</summary>
    public ReadOnlySpan<byte> Level => new(Volatile.Read(ref _name), _levelAt, _levelSize);

    /// <summary>What stands below; null when nothing does.</summary>
    public TopicChildren? Children => Volatile.Read(ref _children);

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
    public Message? Retained => Volatile.Read(ref _retained);

    /// <summary>A retained message stands here or below. Of those of <c>$SYS</c>, only its own counts.</summary>
    public bool HasRetained => _retained is not null || _children is { RetainedBelow: > 0 };

    /// <summary>The entry of this node that counts in the queue of retained expiries; <see cref="long.MaxValue"/> when there is none.</summary>
    public long ExpiryArmedMs
    {
        get => _extras?.ExpiryArmedMs ?? long.MaxValue;
        set => MakeExtras().ExpiryArmedMs = value;
    }

    /// <summary>The next younger literal child of the same parent. One that has been removed keeps it.</summary>
    public TopicNode? NextSibling
    {
        get => Volatile.Read(ref _next);
        set => Volatile.Write(ref _next, value);
    }

    /// <summary>The next older literal child of the same parent. Writer only.</summary>
    public TopicNode? Previous { get; set; }

    /// <summary>The oldest literal child.</summary>
    public TopicNode? FirstChild => Children?.First;

    /// <summary>Nothing ends here or below.</summary>
    public bool IsEmpty => _children is null && _subscribers is null && Groups is null && _retained is null;

    /// <summary>The child for a level taken literally.</summary>
    public TopicNode? Find(ReadOnlySpan<byte> level) => Children?.Find(level, Utf8Hash.Of(level));

    /// <summary>The child for a level of a filter; <c>+</c> and <c>#</c> are the wildcards.</summary>
    public TopicNode? FindOfFilter(ReadOnlySpan<byte> level)
    {
        if (level is [(byte)'+'])
        {
            return Children?.Plus;
        }

        return level is [(byte)'#'] ? Children?.Hash : Find(level);
    }

    /// <summary>Finds or makes the child of a filter's level; <c>+</c> and <c>#</c> are the wildcards. Writer only.</summary>
    /// <param name="level">Its name.</param>
    /// <param name="kept">Bytes that end with the level and that a subscription keeps anyway; null: the child copies its name.</param>
    public TopicNode GetOrAddOfFilter(ReadOnlySpan<byte> level, byte[]? kept)
    {
        if (FindOfFilter(level) is { } found)
        {
            return found;
        }

        var isWildcard = level is [(byte)'+'] or [(byte)'#'];
        var hash = isWildcard ? 0 : Utf8Hash.Of(level);
        var child = kept is { Length: <= SharedNameBytesMax }
            ? new TopicNode(this, kept, kept.Length - level.Length, level.Length, hash)
            : new TopicNode(this, level.ToArray(), 0, level.Length, hash);
        if (!isWildcard)
        {
            return OwnChildren().Add(child);
        }

        return level[0] == (byte)'+' ? OwnChildren().SetPlus(child) : OwnChildren().SetHash(child);
    }

    /// <summary>Makes the child of a level that has none. Writer only.</summary>
    public TopicNode Add(ReadOnlySpan<byte> level, int hash) => OwnChildren().Add(new TopicNode(this, level.ToArray(), 0, level.Length, hash));

    /// <summary>Makes the child at which a message's topic ends, where there is none. Writer only.</summary>
    /// <param name="message">Of the retained store; it is stored here.</param>
    /// <param name="levelAt">Where in its topic the last level begins.</param>
    /// <param name="hash">Of that level.</param>
    public TopicNode AddLeaf(Message message, int levelAt, int hash)
    {
        var topic = message.Topic;
        if (topic.Length > SharedNameBytesMax)
        {
            var own = Add(topic[levelAt..], hash);
            own.Keep(message);
            return own;
        }

        return OwnChildren().Add(new TopicNode(this, message.Bytes, levelAt, topic.Length - levelAt, hash) { _retained = message });
    }

    /// <summary>Takes an empty child out. Writer only. Readers that stand on it walk on.</summary>
    public void Remove(TopicNode child)
    {
        _children!.Remove(child);
        if (_children.IsEmpty)
        {
            Volatile.Write(ref _children, null);
        }
    }

    /// <summary>Stores the retained message of this topic. Writer only.</summary>
    public void Keep(Message message)
    {
        if (ReferenceEquals(_name, _retained?.Bytes))
        {
            Volatile.Write(ref _name, message.Bytes);           // the same topic at the same place: the older message is not kept alive
        }

        Volatile.Write(ref _retained, message);
    }

    /// <summary>Forgets the retained message. Writer only.</summary>
    public void Forget()
    {
        if (ReferenceEquals(_name, _retained?.Bytes))
        {
            Volatile.Write(ref _name, _name[..(_levelAt + _levelSize)]);    // a search or an expiry may hold the node for long, but not the payload
        }

        Volatile.Write(ref _retained, null);
    }

    private TopicChildren OwnChildren()
    {
        if (_children is null)
        {
            Volatile.Write(ref _children, new TopicChildren());
        }

        return _children!;
    }

    private Extras MakeExtras()
    {
        if (_extras is null)
        {
            Volatile.Write(ref _extras, new Extras());
        }

        return _extras!;
    }

    /// <summary>What few nodes have.</summary>
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
