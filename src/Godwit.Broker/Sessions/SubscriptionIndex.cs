using Godwit.Broker.Routing;
using Godwit.Protocol;

namespace Godwit.Broker.Sessions;

/// <summary>The subscriptions of a session that has more than one, by Topic Filter: a short list, and a dictionary once it is long.</summary>
internal sealed class SubscriptionIndex
{
    private const int ListMax = 8;

    private readonly List<Subscription> _list = new(2);
    private Dictionary<byte[], Subscription>? _byFilter;

    public int Count => _byFilter?.Count ?? _list.Count;

    /// <summary>What the subscriptions cost, as <see cref="SubscriptionTable.CostOf"/> says it.</summary>
    public long Bytes { get; private set; }

    public IEnumerable<Subscription> All => _byFilter?.Values ?? (IEnumerable<Subscription>)_list;

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
        Bytes += SubscriptionTable.CostOf(subscription.Filter);
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
        Bytes -= SubscriptionTable.CostOf(subscription.Filter);
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
