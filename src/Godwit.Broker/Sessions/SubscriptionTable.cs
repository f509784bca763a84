using Godwit.Broker.Routing;
using Godwit.Protocol.Topics;

namespace Godwit.Broker.Sessions;

/// <summary>
/// The subscriptions of one session by Topic Filter. Most sessions have one, which then stands here itself: no list is made for it.
/// A part of <see cref="Session"/>: to be changed where it stands, not in a copy.
/// </summary>
internal struct SubscriptionTable
{
    /// <summary>What a level costs: a node of the topic tree, and its place in the node above.</summary>
    private const int LevelBytes = 256;

    private object? _content;       // null, one Subscription, or a SubscriptionIndex

    public readonly int Count => _content switch
    {
        null => 0,
        SubscriptionIndex many => many.Count,
        _ => 1,
    };

    /// <summary>What the subscriptions cost, as <see cref="CostOf"/> says it.</summary>
    public readonly long Bytes => _content switch
    {
        null => 0,
        SubscriptionIndex many => many.Bytes,
        var one => CostOf(((Subscription)one).Filter),
    };

    public readonly IEnumerable<Subscription> All => _content switch
    {
        null => [],
        SubscriptionIndex many => many.All,
        var one => [(Subscription)one],
    };

    /// <summary>What a filter costs, had no other session a similar one: it stands here whole, and in the topic tree level by level.</summary>
    public static long CostOf(ReadOnlySpan<byte> filter) => (2L * filter.Length) + (LevelBytes * (long)TopicName.CountLevels(filter));

    /// <summary>The subscription with exactly this filter. [MQTT-3.10.4-1]</summary>
    public readonly Subscription? Find(ReadOnlySpan<byte> filter)
    {
        if (_content is Subscription one)
        {
            return filter.SequenceEqual(one.Filter) ? one : null;
        }

        return ((SubscriptionIndex?)_content)?.Find(filter);
    }

    /// <summary>Adds one whose filter is not there yet.</summary>
    public void Add(Subscription subscription)
    {
        if (_content is null)
        {
            _content = subscription;
            return;
        }

        if (_content is not SubscriptionIndex many)
        {
            many = new SubscriptionIndex();
            many.Add((Subscription)_content);
            _content = many;
        }

        many.Add(subscription);
    }

    /// <summary>Puts a new subscription in the place of the one with the same filter. [MQTT-3.8.4-3]</summary>
    public void Replace(Subscription old, Subscription subscription)
    {
        if (_content is SubscriptionIndex many)
        {
            many.Replace(old, subscription);
        }
        else
        {
            _content = subscription;
        }
    }

    /// <summary>Removes.</summary>
    public void Remove(Subscription subscription)
    {
        if (_content is SubscriptionIndex many)
        {
            many.Remove(subscription);
        }
        else
        {
            _content = null;
        }
    }
}
