using Godwit.Broker.Routing;
using Godwit.Protocol;
using Godwit.Protocol.Topics;

namespace Godwit.Broker.Sessions;

/// <summary>The subscriptions of one session by Topic Filter: a short list, and a dictionary once it is long.</summary>
internal sealed class SubscriptionTable
{
    private const int ListMax = 8;

    /// <summary>What a level costs: a node of the topic tree, and its place in the node above.</summary>
    private const int LevelBytes = 256;

    private readonly List<Subscription> _list = new(0);
    private Dictionary<byte[], Subscription>? _byFilter;

    public int Count => _byFilter?.Count ?? _list.Count;

    /// <summary>What the subscriptions cost, as <see cref="CostOf"/> says it.</summary>
    public long Bytes { get; private set; }

    public IEnumerable<Subscription> All => _byFilter?.Values ?? (IEnumerable<Subscription>)_list;

    /// <summary>What a filter costs, had no other session a similar one: it stands here whole, and in the topic tree level by level.</summary>
    public static long CostOf(ReadOnlySpan<byte> filter) => (2L * filter.Length) + (LevelBytes * (long)TopicName.CountLevels(filter));

    /// <summary>The subscription with exactly this filter. [MQTT-3.10.4-1]</summary>
    public Subscription? Find(ReadOnlySpan<byte> filter)
    {
        if (_byFilter is not null)
        {
            return _byFilter.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(filter, out var found) ? found : null;
        }

        var index = IndexOf(filter);
        return index < 0 ? null : _list[index];
    }

    /// <summary>Adds one whose filter is not there yet.</summary>
    public void Add(Subscription subscription)
    {
        Bytes += CostOf(subscription.Filter);
        if (_byFilter is null && _list.Count < ListMax)
        {
            _list.Add(subscription);
            return;
        }

        _byFilter ??= _list.ToDictionary(existing => existing.Filter, Utf8Comparer.Instance);
        _byFilter.Add(subscription.Filter, subscription);
        _list.Clear();
    }

    /// <summary>Puts a new subscription in the place of the one with the same filter. [MQTT-3.8.4-3]</summary>
    public void Replace(Subscription old, Subscription subscription)
    {
        if (_byFilter is not null)
        {
            _byFilter[old.Filter] = subscription;
        }
        else
        {
            _list[_list.IndexOf(old)] = subscription;
        }
    }

    /// <summary>Removes.</summary>
    public void Remove(Subscription subscription)
    {
        Bytes -= CostOf(subscription.Filter);
        if (_byFilter is not null)
        {
            _byFilter.Remove(subscription.Filter);
        }
        else
        {
            _list.Remove(subscription);
        }
    }

    private int IndexOf(ReadOnlySpan<byte> filter)
    {
        for (var i = 0; i < _list.Count; i++)
        {
            if (filter.SequenceEqual(_list[i].Filter))
            {
                return i;
            }
        }

        return -1;
    }
}
