using Godwit.Broker.Messages;
using Godwit.Protocol.Topics;

namespace Godwit.Broker.Routing;

/// <summary>The retained messages (5.0 §3.3.1.3): one a topic, in the same tree as the subscriptions and under the same versions.</summary>
internal sealed partial class TopicTree
{
    private readonly PriorityQueue<TopicNode, long> _expiries = new();
    private int _retainedCount;
    private long _retainedBytes;

    /// <summary>Retained messages, without those of <c>$SYS</c>.</summary>
    public int RetainedCount => Volatile.Read(ref _retainedCount);

    /// <summary>What they cost: topic, properties, payload and 64 each.</summary>
    public long RetainedBytes => Volatile.Read(ref _retainedBytes);

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
    /// <param name="bytesMax">Most bytes; 0 is no limit.</param>
    /// <returns>False: a limit is reached; what was stored before stays.</returns>
    public bool TryRetain(Message message, int countMax, long bytesMax)
    {
        lock (_writing)
        {
            message.Version = ++_version;
            var node = Walk(message.Topic, isFilter: false);
            var old = node.Retained;
            if (!IsServerTopic(message.Topic))
            {
                var count = _retainedCount + (old is null ? 1 : 0);
                var bytes = _retainedBytes + message.CostBytes - (old?.CostBytes ?? 0);
                if ((countMax > 0 && count > countMax) || (bytesMax > 0 && bytes > bytesMax))
                {
                    Prune(node);
                    return false;
                }

                _retainedCount = count;
                _retainedBytes = bytes;
            }

            node.Retained = message;
            if (old is not null)
            {
                old.IsSuperseded = true;
            }

            ArmExpiry(node, message.RetainedUntilMs);
            return true;
        }
    }

    /// <summary>Forgets the retained message of a topic. [MQTT-3.3.1-6] [MQTT3-3.3.1-10]</summary>
    /// <returns>The version of this write.</returns>
    public long ClearRetained(ReadOnlySpan<byte> topic)
    {
        lock (_writing)
        {
            var version = ++_version;
            var node = _root;
            while (true)
            {
                var end = topic.IndexOf(TopicName.Separator);
                var next = node.Find(end < 0 ? topic : topic[..end]);
                if (next is null)
                {
                    return version;
                }

                node = next;
                if (end < 0)
                {
                    Drop(node);
                    return version;
                }

                topic = topic[(end + 1)..];
            }
        }
    }

    /// <summary>Drops retained messages whose time is over.</summary>
    public void ExpireRetained(long nowMs)
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

                if (retained.RetainedUntilMs <= nowMs)
                {
                    ++_version;
                    Drop(node);
                }
                else
                {
                    ArmExpiry(node, retained.RetainedUntilMs);
                }
            }
        }
    }

    /// <summary>
    /// Finds the retained messages that a filter matches and that are older than a subscription. The names of one level come in the order in
    /// which they were first used.
    /// </summary>
    /// <param name="filter">Valid filter, without <c>$share</c>.</param>
    /// <param name="olderThan">The subscription's version.</param>
    /// <param name="nowMs">Expired messages are left out. [MQTT-3.3.2-5]</param>
    /// <param name="found">Added to.</param>
    public void MatchRetained(ReadOnlySpan<byte> filter, long olderThan, long nowMs, List<Message> found)
    {
        var pending = new List<(TopicNode Node, int Position)> { (_root, 0) };
        while (TryPop(pending, out var visit))
        {
            var (node, position) = visit;
            if (position > filter.Length)
            {
                AddIfOlder(node, olderThan, nowMs, found);
                continue;
            }

            var rest = filter[position..];
            var end = rest.IndexOf(TopicName.Separator);
            var level = end < 0 ? rest : rest[..end];
            var next = position + level.Length + 1;
            if (level.SequenceEqual("#"u8))
            {
                AddSubtree(node, olderThan, nowMs, found);
            }
            else if (level.SequenceEqual("+"u8))
            {
                PushChildren(node, next, pending);
            }
            else if (node.Find(level) is { } child)
            {
                pending.Add((child, next));
            }
        }
    }

    private static bool IsServerTopic(ReadOnlySpan<byte> topic) => topic.StartsWith("$SYS/"u8);

    private static void AddIfOlder(TopicNode node, long olderThan, long nowMs, List<Message> found)
    {
        if (node.Retained is { } message && message.Version < olderThan && message.RetainedUntilMs > nowMs)
        {
            found.Add(message);
        }
    }

    /// <summary>The node itself and everything below; from the root, nothing that begins with <c>$</c>. [MQTT-4.7.2-1]</summary>
    private void AddSubtree(TopicNode top, long olderThan, long nowMs, List<Message> found)
    {
        AddIfOlder(top, olderThan, nowMs, found);
        var pending = new List<(TopicNode Node, int Position)>();
        PushChildren(top, 0, pending);
        while (TryPop(pending, out var visit))
        {
            AddIfOlder(visit.Node, olderThan, nowMs, found);
            PushChildren(visit.Node, 0, pending);
        }
    }

    /// <summary>The first child comes to lie on top.</summary>
    private void PushChildren(TopicNode node, int position, List<(TopicNode Node, int Position)> pending)
    {
        var first = pending.Count;
        for (var child = node.FirstChild; child is not null; child = child.NextSibling)
        {
            if (node != _root || !TopicName.IsHidden(child.Level))
            {
                pending.Add((child, position));
            }
        }

        pending.Reverse(first, pending.Count - first);
    }

    private static bool TryPop(List<(TopicNode Node, int Position)> pending, out (TopicNode Node, int Position) top)
    {
        if (pending.Count == 0)
        {
            top = default;
            return false;
        }

        top = pending[^1];
        pending.RemoveAt(pending.Count - 1);
        return true;
    }

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
            }

            old.IsSuperseded = true;
            node.Retained = null;
        }

        Prune(node);
    }
}
