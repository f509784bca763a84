using Godwit.Broker.Messages;
using Godwit.Broker.Routing;

namespace Godwit.Broker.Sessions;

/// <summary>
/// Retained messages found by SUBSCRIBE and sent as the client takes them: a reference each, so that a filter with 100,000 retained
/// messages costs the broker no copy of them.
/// </summary>
internal sealed class RetainedBacklog
{
    private readonly Queue<(Subscription Subscription, List<Message> Messages)> _found = new();
    private int _next;

    public bool IsEmpty => _found.Count == 0;

    /// <summary>Adds what a SUBSCRIBE has found.</summary>
    /// <param name="subscription">In use.</param>
    /// <param name="messages">At least one; the backlog keeps the list.</param>
    public void Add(Subscription subscription, List<Message> messages) => _found.Enqueue((subscription, messages));

    /// <summary>A SUBSCRIBE has replaced a subscription: what waits for the old one is owed to the new one. [MQTT-3.8.4-4]</summary>
    /// <param name="old">No longer in use.</param>
    /// <param name="replacement">Null: the new one has asked for all of them again.</param>
    public void Replace(Subscription old, Subscription? replacement)
    {
        var count = _found.Count;
        for (var i = 0; i < count; i++)
        {
            var (subscription, messages) = _found.Dequeue();
            if (!ReferenceEquals(subscription, old))
            {
                _found.Enqueue((subscription, messages));
            }
            else if (replacement is not null)
            {
                _found.Enqueue((replacement, messages));
            }
            else if (i == 0)
            {
                _next = 0;
            }
        }
    }

    /// <summary>Takes the next message.</summary>
    /// <returns>False: there is none left.</returns>
    public bool TryTake(out Subscription subscription, out Message message)
    {
        if (!_found.TryPeek(out var head))
        {
            subscription = null!;
            message = null!;
            return false;
        }

        subscription = head.Subscription;
        message = head.Messages[_next++];
        if (_next == head.Messages.Count)
        {
            _found.Dequeue();
            _next = 0;
        }

        return true;
    }
}
