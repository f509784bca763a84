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
    /// A leaf takes its name from a message whose topic is no longer than this, instead of holding a copy. When the message is gone the node
    /// holds so many bytes at most, whatever its own level needs.
    /// </summary>
    private const int SharedNameBytesMax = 128;

    private readonly ushort _levelAt;
    private readonly ushort _levelSize;
    private byte[] _name;               // the level stands in it; a message's bytes, or the node's own
    private bool _isNameOfMessage;
    private TopicChildren? _children;
    private TopicNode? _next;
    private SubscriberList? _subscribers;
    private SharedGroupTable? _groups;
    private Message? _retained;

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
        get => Volatile.Read(ref _groups);
        set => Volatile.Write(ref _groups, value);
    }

    /// <summary>The retained message of this topic.</summary>
    public Message? Retained => Volatile.Read(ref _retained);

    /// <summary>Retained messages here and below, without those of <c>$SYS</c>.</summary>
    public int RetainedBelow { get; set; }

    /// <summary>The entry of this node that counts in the queue of retained expiries; <see cref="long.MaxValue"/> when there is none.</summary>
    public long ExpiryArmedMs { get; set; } = long.MaxValue;

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
    public bool IsEmpty => _children is null && _subscribers is null && _groups is null && _retained is null;

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
    public TopicNode GetOrAddOfFilter(ReadOnlySpan<byte> level)
    {
        if (FindOfFilter(level) is { } child)
        {
            return child;
        }

        if (level is [(byte)'+'])
        {
            return OwnChildren().SetPlus(new TopicNode(this, level.ToArray(), 0, 1, 0));
        }

        return level is [(byte)'#']
            ? OwnChildren().SetHash(new TopicNode(this, level.ToArray(), 0, 1, 0))
            : Add(level, Utf8Hash.Of(level));
    }

    /// <summary>Makes the child of a level that has none. Writer only.</summary>
    public TopicNode Add(ReadOnlySpan<byte> level, int hash) => OwnChildren().Add(new TopicNode(this, level.ToArray(), 0, level.Length, hash));

    /// <summary>Makes the child at which a message's topic ends, where there is none. Writer only.</summary>
    /// <param name="message">Of the retained store; <see cref="Keep"/> follows.</param>
    /// <param name="levelAt">Where in its topic the last level begins.</param>
    /// <param name="hash">Of that level.</param>
    public TopicNode AddLeaf(Message message, int levelAt, int hash)
    {
        var topic = message.Topic;
        if (topic.Length > SharedNameBytesMax)
        {
            return Add(topic[levelAt..], hash);
        }

        var leaf = new TopicNode(this, message.Bytes, levelAt, topic.Length - levelAt, hash) { _isNameOfMessage = true };
        return OwnChildren().Add(leaf);
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
        if (_isNameOfMessage)
        {
            Volatile.Write(ref _name, message.Bytes);           // the same topic at the same place: the older message is not kept alive
        }

        Volatile.Write(ref _retained, message);
    }

    /// <summary>Forgets the retained message. Writer only.</summary>
    public void Forget()
    {
        Volatile.Write(ref _retained, null);
        if (_isNameOfMessage)
        {
            Volatile.Write(ref _name, _name[..(_levelAt + _levelSize)]);    // a search or an expiry may hold the node for long, but not the payload
            _isNameOfMessage = false;
        }
    }

    private TopicChildren OwnChildren()
    {
        if (_children is null)
        {
            Volatile.Write(ref _children, new TopicChildren());
        }

        return _children!;
    }
}
