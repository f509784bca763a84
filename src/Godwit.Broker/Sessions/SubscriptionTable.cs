using Godwit.Broker.Routing;
using Godwit.Protocol;

namespace Godwit.Broker.Sessions;

/// <summary>The subscriptions of one session by Topic Filter: a short list, and a dictionary once it is long.</summary>
internal sealed class SubscriptionTable
{
    private const int ListMax = 8;

    private readonly List<Subscription> _list = new(0);
    private Dictionary<byte[], Subscription>? _byFilter;

    public int Count => _byFilter?.Count ?? _list.Count;

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

    /// <summary>Adds, or replaces the one with the same filter.</summary>
    public void Put(Subscription subscription)
    {
        if (_byFilter is not null)
        {
            _byFilter[subscription.Filter] = subscription;
            return;
        }

        var index = IndexOf(subscription.Filter);
        if (index >= 0)
        {
            _list[index] = subscription;
        }
        else if (_list.Count < ListMax)
        {
            _list.Add(subscription);
        }
        else
        {
            _byFilter = _list.ToDictionary(existing => existing.Filter, Utf8Comparer.Instance);
            _byFilter[subscription.Filter] = subscription;
            _list.Clear();
        }
    }

    /// <summary>Removes.</summary>
    public void Remove(Subscription subscription)
    {
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
