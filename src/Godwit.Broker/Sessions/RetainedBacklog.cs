using Godwit.Broker.Messages;
using Godwit.Broker.Routing;

namespace Godwit.Broker.Sessions;

/// <summary>
/// Retained messages found by SUBSCRIBE and sent as the client takes them: a reference each, so that a filter with 100,000 retained
/// messages costs the broker no copy of them.
/// </summary>
internal sealed class RetainedBacklog
{
    private readonly Dictionary<Subscription, Found> _bySubscription = new(ReferenceEqualityComparer.Instance);     // what is still owed
    private Queue<Found> _found = new();                                                                            // the same in order, and some that is not

    public bool IsEmpty => _bySubscription.Count == 0;

    /// <summary>Adds what a new subscription has found.</summary>
    public void Add(Subscription subscription, List<Message> messages)
    {
        if (messages.Count > 0)
        {
            var found = new Found(subscription, messages);
            _found.Enqueue(found);
            _bySubscription.Add(subscription, found);
        }
    }

    /// <summary>A SUBSCRIBE has replaced a subscription: what waits for the old one is owed to the new one. [MQTT-3.8.4-4]</summary>
    /// <param name="old">No longer in use.</param>
    /// <param name="replacement">Null: the new one has asked for all of them again.</param>
    public void Replace(Subscription old, Subscription? replacement)
    {
        if (!_bySubscription.Remove(old, out var found))
        {
            return;
        }

        if (replacement is null)
        {
            found.Messages = [];                            // its place in the queue is passed over
            DropEmpty();
        }
        else
        {
            found.Subscription = replacement;
            _bySubscription.Add(replacement, found);
        }
    }

    /// <summary>Takes the next message.</summary>
    /// <returns>False: there is none left.</returns>
    public bool TryTake(out Subscription subscription, out Message message)
    {
        while (_found.TryPeek(out var head))
        {
            if (head.Next < head.Messages.Count)
            {
                subscription = head.Subscription;
                message = head.Messages[head.Next++];
                return true;
            }

            _found.Dequeue();
            _bySubscription.Remove(head.Subscription);
        }

        subscription = null!;
        message = null!;
        return false;
    }

    /// <summary>A client that subscribes again and again and takes nothing must not make the queue grow.</summary>
    private void DropEmpty()
    {
        if (_found.Count > 16 + (2 * _bySubscription.Count))
        {
            _found = new Queue<Found>(_found.Where(found => found.Messages.Count > 0));
        }
    }

    /// <summary>What one subscription has found and how much of it is sent.</summary>
    private sealed class Found(Subscription subscription, List<Message> messages)
    {
        public Subscription Subscription = subscription;
        public List<Message> Messages = messages;
        public int Next;
    }
}
