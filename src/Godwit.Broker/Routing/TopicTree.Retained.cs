using Godwit.Broker.Messages;
using Godwit.Protocol;
using Godwit.Protocol.Topics;

namespace Godwit.Broker.Routing;

/// <summary>The retained messages (5.0 §3.3.1.3): one a topic, in the same tree as the subscriptions and under the same versions.</summary>
internal sealed partial class TopicTree
{
    /// <summary>What a level costs besides its name: a node, and its place in the node above.</summary>
    private const int LevelBytes = 192;

    /// <summary>A message that has expired before its record is committed is looked at again after so long.</summary>
    private const int UnwrittenRetryMs = 1000;

    private readonly PriorityQueue<TopicNode, long> _expiries = new();
    private readonly Dictionary<byte[], Message> _cleared = new(Utf8Comparer.Instance);
    private int _retainedCount;
    private long _retainedBytes;
    private long _retainedLevelBytes;

    /// <summary>Retained messages, without those of <c>$SYS</c>.</summary>
    public int RetainedCount => Volatile.Read(ref _retainedCount);

    /// <summary>What they cost: topic, properties, payload and 64 each.</summary>
    public long RetainedBytes => Volatile.Read(ref _retainedBytes);

    /// <summary>What the levels cost that lead to retained messages, without those of <c>$SYS</c>: their names and 192 each.</summary>
    public long RetainedLevelBytes => Volatile.Read(ref _retainedLevelBytes);

    /// <summary>Topics whose message is cleared, but may be in the log, for tests of their bound.</summary>
    public int ClearedCount => _cleared.Count;

    /// <summary>Entries in the queue of expiries, for tests of its bound.</summary>
    public int ExpiryEntryCount => _expiries.Count;

    /// <summary>When the next retained message expires, in milliseconds; <see cref="long.MaxValue"/> is never. May be early, never late.</summary>
    public long NextExpiryMs
    {
        get
        {
            lock (_writing)
            {
                return _expiries.TryPeek(out _, out var deadline) ? deadline : long.MaxValue;
            }
        }
    }

    /// <summary>Stores a message as the retained one of its topic, in the place of an older. [MQTT-3.3.1-5] [MQTT3-3.3.1-5]</summary>
    /// <param name="message">Unpooled, payload not empty; its version is set here, also when it is not stored.</param>
    /// <param name="countMax">Most retained messages; 0 is no limit.</param>
    /// <param name="bytesMax">Most bytes of messages and levels; 0 is no limit.</param>
    /// <param name="ownerMax">Most of one principal, as far as they are counted; 0 is no limit.</param>
    /// <param name="replaced">The older message of the topic, also one that <see cref="ForgetCleared"/> still waits for; null when there was none, or it stays.</param>
    public RetainOutcome TryRetain(Message message, int countMax, long bytesMax, int ownerMax, out Message? replaced)
    {
        replaced = null;
        lock (_writing)
        {
            message.Version = ++_version;
            var isCounted = !IsServerTopic(message.Topic);
            var reached = Reach(message.Topic);
            var old = reached.IsTopic ? reached.Node.Retained : null;
            if (isCounted && ownerMax > 0 && _owners?.HasRoom(message, old, ownerMax) == false)
            {
                return RetainOutcome.OwnerFull;
            }

            if (isCounted && !TryCount(message, old, reached, countMax, bytesMax))
            {
                return RetainOutcome.Full;
            }

            var node = Place(message, reached);
            var cleared = ForgetClearedOf(message.Topic);
            replaced = old ?? cleared;
            if (isCounted && old is null)
            {
                CountLevels(node, 1);
            }

            ArmExpiry(node, message.RetainedUntilMs);
            return RetainOutcome.Stored;
        }
    }

    /// <summary>Puts back a retained message with the version it had; of two for one topic the later counts. Limits are not asked.</summary>
    /// <returns>The one that does not count; null when there is no other.</returns>
    public Message? RestoreRetained(Message message)
    {
        lock (_writing)
        {
            _version = Math.Max(_version, message.Version);
            var reached = Reach(message.Topic);
            var other = reached.IsTopic ? reached.Node.Retained : null;
            if (other is not null && other.Version > message.Version)
            {
                return message;
            }

            TryCount(message, other, reached, countMax: 0, bytesMax: 0);
            var node = Place(message, reached);
            if (other is null)
            {
                CountLevels(node, 1);
            }

            ArmExpiry(node, message.RetainedUntilMs);
            return other;
        }
    }

    /// <summary>Forgets the retained message of a topic. [MQTT-3.3.1-6] [MQTT3-3.3.1-10]</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="cleared">
    /// The message; null when there was none. One that is in the log is told again, to who clears the topic again, until <see cref="ForgetCleared"/>.
    /// </param>
    /// <returns>The version of this write.</returns>
    public long ClearRetained(ReadOnlySpan<byte> topic, out Message? cleared)
    {
        lock (_writing)
        {
            cleared = null;
            var version = ++_version;
            var reached = Reach(topic);
            if (reached.IsTopic)
            {
                cleared = reached.Node.Retained;
                Drop(reached.Node);
            }

            cleared ??= ClearedOf(topic);
            if (cleared is { LogId: not 0 })
            {
                _cleared.GetAlternateLookup<ReadOnlySpan<byte>>()[topic] = cleared;
            }

            return version;
        }
    }

    /// <summary>The log knows for good that a message was cleared.</summary>
    public void ForgetCleared(Message message)
    {
        lock (_writing)
        {
            if (ClearedOf(message.Topic) == message)
            {
                _cleared.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(message.Topic);
            }
        }
    }

    /// <summary>A new message has come to a topic that was cleared: it is told what it replaces in the log.</summary>
    private Message? ForgetClearedOf(ReadOnlySpan<byte> topic)
    {
        var cleared = ClearedOf(topic);
        if (cleared is not null)
        {
            _cleared.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(topic);
        }

        return cleared;
    }

    private Message? ClearedOf(ReadOnlySpan<byte> topic) =>
        _cleared.Count > 0 && _cleared.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(topic, out var cleared) ? cleared : null;

    /// <summary>Drops retained messages whose time is over.</summary>
    /// <param name="nowMs">The time of the turn.</param>
    /// <param name="dropped">Gets them.</param>
    public void ExpireRetained(long nowMs, List<Message> dropped)
    {
        lock (_writing)
        {
            while (_expiries.TryPeek(out var node, out var deadline) && deadline <= nowMs)
            {
                _expiries.Dequeue();
                if (deadline != node.ExpiryArmedMs)
                {
                    continue;                           // an earlier deadline was armed after this one, and has been seen
                }

                node.ExpiryArmedMs = long.MaxValue;
                if (node.Retained is not { } retained)
                {
                    continue;
                }

                if (retained.RetainedUntilMs <= nowMs && retained.Write is not null)
                {
                    ArmExpiry(node, nowMs + UnwrittenRetryMs);      // who clears the topic has to find it, and wait
                }
                else if (retained.RetainedUntilMs <= nowMs)
                {
                    ++_version;
                    dropped.Add(retained);
                    Drop(node);
                }
                else
                {
                    ArmExpiry(node, retained.RetainedUntilMs);
                }
            }
        }
    }

    /// <summary>Walks as far as there are nodes.</summary>
    private Reached Reach(ReadOnlySpan<byte> topic)
    {
        var node = _root;
        var position = 0;
        while (true)
        {
            var level = topic.Slice(position, LevelSize(topic, position));
            var hash = Utf8Hash.Of(level);
            if (node.Children?.Find(level, hash) is not { } child)
            {
                return new Reached(node, position, hash, IsTopic: false);
            }

            node = child;
            position += level.Length + 1;
            if (position > topic.Length)
            {
                return new Reached(node, position, hash, IsTopic: true);
            }
        }
    }

    /// <summary>Puts a message at its topic, and makes the levels that are not there yet.</summary>
    private static TopicNode Place(Message message, in Reached reached)
    {
        var (node, position, hash, isTopic) = reached;
        var topic = message.Topic;
        while (!isTopic)
        {
            var size = LevelSize(topic, position);
            if (position + size == topic.Length)
            {
                return node.AddLeaf(message, position, hash);
            }

            node = node.Add(topic.Slice(position, size), hash);
            position += size + 1;
            hash = Utf8Hash.Of(topic.Slice(position, LevelSize(topic, position)));
        }

        node.Keep(message);
        return node;
    }

    /// <summary>Counts a message that comes to a topic, unless a limit is reached.</summary>
    private bool TryCount(Message message, Message? old, in Reached reached, int countMax, long bytesMax)
    {
        var count = _retainedCount + (old is null ? 1 : 0);
        var bytes = _retainedBytes + message.CostBytes - (old?.CostBytes ?? 0);
        var levelBytes = _retainedLevelBytes + (old is null ? NewLevelCost(message.Topic, reached) : 0);
        if ((countMax > 0 && count > countMax) || (bytesMax > 0 && bytes + levelBytes > bytesMax))
        {
            return false;
        }

        _retainedCount = count;
        _retainedBytes = bytes;
        _owners?.Replace(message, old);
        return true;
    }

    private static long LevelCost(TopicNode node) => LevelBytes + node.Level.Length;

    /// <summary>What a first message would add to the levels that count. Nothing is made for it yet: a message that is refused costs nothing.</summary>
    private static long NewLevelCost(ReadOnlySpan<byte> topic, in Reached reached)
    {
        var cost = 0L;
        for (var node = reached.Node; !node.HasRetained && node.Parent is { } parent; node = parent)
        {
            cost += LevelCost(node);
        }

        if (reached.IsTopic)
        {
            return cost;
        }

        var levels = TopicName.CountLevels(topic[reached.Position..]);
        return cost + ((LevelBytes - 1L) * levels) + topic.Length - reached.Position + 1;      // there is one separator less than levels
    }

    /// <summary>A message has come to a node, or is about to go: the levels that lead to it count as long as they lead to any.</summary>
    private void CountLevels(TopicNode node, int change)
    {
        if (node.Children is not { RetainedBelow: > 0 })
        {
            _retainedLevelBytes += change * LevelCost(node);
        }

        while (node.Parent is { } parent)
        {
            var siblings = parent.Children!;
            siblings.RetainedBelow += change;
            var isOnlyOne = siblings.RetainedBelow == (change > 0 ? 1 : 0) && parent.Retained is null;
            if (isOnlyOne && parent != _root)
            {
                _retainedLevelBytes += change * LevelCost(parent);
            }

            node = parent;
        }
    }

    private static bool IsServerTopic(ReadOnlySpan<byte> topic) => topic.StartsWith("$SYS/"u8);

    /// <summary>A message that is replaced again and again by one that lives longer keeps one entry, which is moved when it comes up.</summary>
    private void ArmExpiry(TopicNode node, long deadlineMs)
    {
        if (deadlineMs < node.ExpiryArmedMs)
        {
            node.ExpiryArmedMs = deadlineMs;
            _expiries.Enqueue(node, deadlineMs);
            if (_expiries.Count > 1024 && _expiries.Count > 4 * _retainedCount)
            {
                DropDeadExpiries();
            }
        }
    }

    /// <summary>Entries of messages that were cleared long before their time: kept, they would grow without bound on ever new topics.</summary>
    private void DropDeadExpiries()
    {
        var live = _expiries.UnorderedItems.Where(entry => entry.Element.Retained is not null && entry.Priority == entry.Element.ExpiryArmedMs).ToArray();
        _expiries.Clear();
        _expiries.EnqueueRange(live);
    }

    private void Drop(TopicNode node)
    {
        if (node.Retained is { } old)
        {
            if (!IsServerTopic(old.Topic))
            {
                _retainedCount--;
                _retainedBytes -= old.CostBytes;
                _owners?.Remove(old);
                CountLevels(node, -1);
            }

            node.Forget();
        }

        Prune(node);
    }

    /// <summary>How far the nodes of a topic reach.</summary>
    /// <param name="Node">The last of them; the root when there is none.</param>
    /// <param name="Position">Where in the topic the first level begins that has no node.</param>
    /// <param name="HashCode">Of that level.</param>
    /// <param name="IsTopic">All levels have one: <paramref name="Node"/> is the topic's.</param>
    private readonly record struct Reached(TopicNode Node, int Position, int HashCode, bool IsTopic);
}
