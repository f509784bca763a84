using Godwit.Protocol;
using Godwit.Protocol.Topics;

namespace Godwit.Broker.Routing;

/// <summary>
/// All subscriptions and retained messages of the broker. Shared by the shards: any number read without a lock, one at a time writes. One
/// of the three synchronised types of the core. Every write takes the next version, so that a retained PUBLISH reaches a subscription
/// exactly once: live when the subscription is older, from the store when it is newer.
/// </summary>
internal sealed partial class TopicTree
{
    /// <summary>What visiting a node counts as in bytes produced: it takes about as long as writing them.</summary>
    public const int VisitCostBytes = 16;

    private readonly Lock _writing = new();
    private readonly TopicNode _root = new(null, [], 0, 0, 0);
    private long _version;
    private int _subscriptionCount;
    private int _sharedSubscriptionCount;

    /// <summary>Above all first levels.</summary>
    public TopicNode Root => _root;

    /// <summary>Subscriptions of all sessions, shared ones included.</summary>
    public int SubscriptionCount => Volatile.Read(ref _subscriptionCount);

    /// <summary>Shared subscriptions of all sessions.</summary>
    public int SharedSubscriptionCount => Volatile.Read(ref _sharedSubscriptionCount);

    /// <summary>Adds a subscription, or puts it in the place of the session's older one with the same filter. [MQTT-3.8.4-3]</summary>
    /// <param name="subscription">Its version is set here.</param>
    /// <param name="filter">The same filter, taken apart.</param>
    /// <param name="replaced">The session's subscription with the same filter; null when it is new.</param>
    public void Subscribe(Subscription subscription, TopicFilter filter, Subscription? replaced)
    {
        lock (_writing)
        {
            subscription.SetVersion(++_version, replaced);
            if (replaced is not null)
            {
                subscription.Node = replaced.Node;
                subscription.Group = replaced.Group;
                var list = replaced.Group is null ? replaced.Node!.Subscribers! : replaced.Group.Members!;
                list.Replace(replaced, subscription);
                return;
            }

            var node = Walk(filter.Filter, filter.IsShared ? null : subscription.Filter);
            subscription.Node = node;
            _subscriptionCount++;
            CountInterest(node, 1);
            if (!filter.IsShared)
            {
                node.Subscribers = SubscriberList.Add(node.Subscribers, subscription);
                return;
            }

            _sharedSubscriptionCount++;
            var group = (node.Groups ??= new SharedGroupTable()).GetOrAdd(filter.ShareName);
            subscription.Group = group;
            group.Filter = subscription.Filter;
            group.Members = SubscriberList.Add(group.Members, subscription);
        }
    }

    /// <summary>Removes a subscription. [MQTT-3.10.4-2]</summary>
    public void Unsubscribe(Subscription subscription)
    {
        lock (_writing)
        {
            ++_version;
            _subscriptionCount--;
            var node = subscription.Node!;
            if (subscription.Group is { } group)
            {
                _sharedSubscriptionCount--;
                group.Members = SubscriberList.Remove(group.Members!, subscription);
                if (group.Members is null)
                {
                    node.Groups!.Remove(group);
                    node.Groups = node.Groups.IsEmpty ? null : node.Groups;
                }
            }
            else
            {
                node.Subscribers = SubscriberList.Remove(node.Subscribers!, subscription);
            }

            CountInterest(node, -1);
            Prune(node);
        }
    }

    /// <summary>Versions below this one have been used before the broker was started.</summary>
    public void ContinueAt(long version)
    {
        lock (_writing)
        {
            _version = Math.Max(_version, version);
        }
    }

    /// <summary>The shared group of a filter; null when it has no members.</summary>
    /// <param name="sharedFilter">The whole filter, <c>$share/...</c> included.</param>
    public SharedGroup? FindGroup(ReadOnlySpan<byte> sharedFilter)
    {
        if (!TopicFilter.TryParse(sharedFilter, out var filter) || !filter.IsShared)
        {
            return null;
        }

        lock (_writing)
        {
            var levels = filter.Filter;
            for (TopicNode? node = _root; ;)
            {
                var end = levels.IndexOf(TopicName.Separator);
                node = node.FindOfFilter(end < 0 ? levels : levels[..end]);
                if (node is null || end < 0)
                {
                    return node?.Groups?.Find(filter.ShareName);
                }

                levels = levels[(end + 1)..];
            }
        }
    }

    /// <summary>Finds all subscriptions for a Topic Name (§4.7). No recursion: depth costs heap, not stack.</summary>
    /// <param name="topic">Valid name, UTF-8.</param>
    /// <param name="matches">Cleared first.</param>
    public void Match(ReadOnlySpan<byte> topic, MatchList matches)
    {
        matches.Clear();
        var hidden = TopicName.IsHidden(topic);
        var node = _root;
        var position = 0;
        var visited = 0;
        while (true)
        {
            visited++;
            var children = node.Children;
            var seesWildcards = !hidden || position > 0;        // [MQTT-4.7.2-1] [MQTT3-4.7.2-1]
            if (seesWildcards && children?.Hash is { } hash)
            {
                matches.Add(hash);
            }

            TopicNode? child = null;
            if (position > topic.Length)
            {
                matches.Add(node);
            }
            else if (children is not null)
            {
                child = Next(children, topic, ref position, seesWildcards, matches);
            }

            if (child is not null)
            {
                node = child;
            }
            else if (!matches.TryPop(out node!, out position))
            {
                matches.VisitedCount = visited;
                return;
            }
        }
    }

    /// <summary>One level on: the child of that name, and later the one of <c>+</c>.</summary>
    private static TopicNode? Next(TopicChildren children, ReadOnlySpan<byte> topic, ref int position, bool seesWildcards, MatchList matches)
    {
        var size = LevelSize(topic, position);
        var child = children.Interest > 0 ? children.Find(topic.Slice(position, size), Utf8Hash.Of(topic.Slice(position, size))) : null;
        position += size + 1;
        if (!seesWildcards || children.Plus is not { } plus)
        {
            return child;
        }

        if (child is null)
        {
            return plus;
        }

        matches.Push(plus, position);
        return child;
    }

    /// <summary>Bytes from a position to the next separator, or to the end.</summary>
    private static int LevelSize(ReadOnlySpan<byte> topic, int position)
    {
        var end = position;
        while (end < topic.Length && topic[end] != TopicName.Separator)        // levels are short: a call that finds the end costs more
        {
            end++;
        }

        return end - position;
    }

    /// <summary>Finds or makes the node of a filter.</summary>
    /// <param name="filter">The filter, without <c>$share/...</c>.</param>
    /// <param name="kept">The same bytes, which a subscription keeps anyway; null for none.</param>
    private TopicNode Walk(ReadOnlySpan<byte> filter, byte[]? kept)
    {
        var node = _root;
        while (true)
        {
            var end = filter.IndexOf(TopicName.Separator);
            node = node.GetOrAddOfFilter(end < 0 ? filter : filter[..end], end < 0 ? kept : null);
            if (end < 0)
            {
                return node;
            }

            filter = filter[(end + 1)..];
        }
    }

    /// <summary>A subscription has come to a node, or has gone: so the way of a match leads here, or ends earlier.</summary>
    private static void CountInterest(TopicNode node, int change)
    {
        for (; node.Parent is { } parent; node = parent)
        {
            var siblings = parent.Children!;
            if (!ReferenceEquals(siblings.Plus, node) && !ReferenceEquals(siblings.Hash, node))
            {
                siblings.Interest += change;
            }
        }
    }

    private static void Prune(TopicNode node)
    {
        while (node.IsEmpty && node.Parent is { } parent)
        {
            parent.Remove(node);
            node = parent;
        }
    }
}
