namespace Godwit.Broker.Routing;

/// <summary>
/// Subscriptions that readers walk without a lock while one writer changes them: appending writes the slot before the count, removing
/// empties the slot, replacing exchanges it, and when room or order runs out the writer publishes a new list.
/// </summary>
internal sealed class SubscriberList
{
    private readonly Subscription?[]? _rest;        // all but the first: most lists have one member, and no array for it
    private Subscription? _first;
    private int _count;
    private int _live;

    private SubscriberList(int capacity) => _rest = capacity > 1 ? new Subscription?[capacity - 1] : null;

    /// <summary>Slots in use, empty ones included.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Subscriptions in it.</summary>
    public int Live => Volatile.Read(ref _live);

    /// <summary>The subscription in a slot; null when it was removed.</summary>
    public Subscription? this[int index] => Volatile.Read(ref Slot(index));

    /// <summary>Adds to the list, or to a larger copy. Writer only.</summary>
    /// <returns>The list to publish, which may be <paramref name="list"/>.</returns>
    public static SubscriberList Add(SubscriberList? list, Subscription subscription)
    {
        if (list is null)
        {
            list = new SubscriberList(1);
        }
        else if (list._count == list.Capacity)
        {
            list = list.CopyLive(2 * (list._live + 1));
        }

        list.Append(subscription);
        return list;
    }

    /// <summary>Puts a new subscription of the same session in the place of the old. Writer only.</summary>
    public void Replace(Subscription old, Subscription subscription)
    {
        subscription.Index = old.Index;
        Volatile.Write(ref Slot(old.Index), subscription);
    }

    /// <summary>Removes. Writer only.</summary>
    /// <returns>The list to publish; null when it is empty.</returns>
    public static SubscriberList? Remove(SubscriberList list, Subscription subscription)
    {
        Volatile.Write(ref list.Slot(subscription.Index), null);
        Volatile.Write(ref list._live, list._live - 1);
        if (list._live == 0)
        {
            return null;
        }

        return list._count > 16 && list._live < list._count / 2 ? list.CopyLive(list._live + 8) : list;
    }

    private int Capacity => 1 + (_rest?.Length ?? 0);

    private ref Subscription? Slot(int index) => ref index == 0 ? ref _first : ref _rest![index - 1];

    private SubscriberList CopyLive(int capacity)
    {
        var copy = new SubscriberList(capacity);
        for (var i = 0; i < _count; i++)
        {
            if (Slot(i) is { } subscription)
            {
                copy.Append(subscription);
            }
        }

        return copy;
    }

    private void Append(Subscription subscription)
    {
        subscription.Index = _count;
        Volatile.Write(ref Slot(_count), subscription);
        Volatile.Write(ref _live, _live + 1);
        Volatile.Write(ref _count, _count + 1);
    }
}
