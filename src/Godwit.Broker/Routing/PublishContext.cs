using Godwit.Broker.Messages;

namespace Godwit.Broker.Routing;

/// <summary>One PUBLISH while it is being delivered: the spans it came in, and the stored copy once somebody needs one.</summary>
internal ref struct PublishContext
{
    public MessageView View;

    /// <summary>The copy for queues and other shards; null until the first of them asks. The context holds one reference.</summary>
    public Message? Stored;

    /// <summary>RETAIN of the PUBLISH.</summary>
    public bool WasRetain;

    /// <summary>Client identifier of the publisher; null is the broker itself.</summary>
    public string? PublisherId;

    /// <summary>Tree version of a retained PUBLISH: only older subscriptions get it live. 0: all do.</summary>
    public long Version;

    /// <summary>The copy, made on first use.</summary>
    public Message Store(MessagePool pool)
    {
        if (Stored is null)
        {
            Stored = pool.Rent(View);
            Stored.WasRetain = WasRetain;
            Stored.PublisherId = PublisherId;
            Stored.Version = Version;
        }

        return Stored;
    }
}
