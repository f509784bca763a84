using Godwit.Broker.Log;
using Godwit.Broker.Messages;
using Godwit.Broker.Security;

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

    /// <summary>User name of the publisher of a retained message; null is anonymous.</summary>
    public Identity? PublisherIdentity;

    /// <summary>Tree version of a retained PUBLISH: only older subscriptions get it live. 0: all do.</summary>
    public long Version;

    /// <summary>The retained message that it has replaced or cleared.</summary>
    public Message? Replaced;

    /// <summary>What is written with it.</summary>
    public PublishRecord Record;

    /// <summary>It waits for recipients of other shards; null when not.</summary>
    public PendingPublish? Pending;

    /// <summary>This shard is the one that waits.</summary>
    public bool IsPendingHere;

    /// <summary>It comes from a session that has ended. There is room for it in a full store: it gives up as much as it takes.</summary>
    public readonly bool IsHandedOver => Record.Companion is HandedOver || Pending is { IsHandedOver: true };

    /// <summary>What QoS 2 receivers wait for; null when nobody has asked.</summary>
    public Ticket? GateOrNull;

    /// <summary>Another shard has published it, and does not wait for recipients of this one.</summary>
    public bool IsForeign;

    /// <summary>
    /// A durable session gets the message. When its shard does not know, because the subscription has overtaken the message, that shard may write it
    /// and forget it at any time: then this shard has a copy of its own, which is a message of its own in the log.
    /// </summary>
    public void Own()
    {
        if (IsForeign)
        {
            IsForeign = false;
            Record = default;
            Stored = null;          // the batch holds it
        }
    }

    /// <summary>The copy, made on first use.</summary>
    public Message Store(MessagePool pool)
    {
        if (Stored is null)
        {
            Stored = pool.Rent(View);
            Stored.WasRetain = WasRetain;
            Stored.PublisherId = PublisherId;
            Stored.PublisherIdentity = PublisherIdentity;
            Stored.Version = Version;
            Stored.LogId = Record.MessageId;
        }

        return Stored;
    }

    /// <summary>The number of the message in the log, taken on first use.</summary>
    public long MessageId(Durability durability)
    {
        if (Record.MessageId == 0)
        {
            Record = Record with { MessageId = durability.Log.NewId() };
            if (Stored is not null)
            {
                Stored.LogId = Record.MessageId;
            }
        }

        return Record.MessageId;
    }

    /// <summary>What QoS 2 receivers wait for.</summary>
    public Ticket Gate(Durability durability) =>
        GateOrNull ??= Pending?.Ticket ?? (durability.IsAlone ? durability.TurnTicket : new Ticket());

    /// <summary>The message as the log keeps it.</summary>
    public readonly MessageRecord ToRecord()
    {
        var view = View;
        return ToRecord(view, WasRetain, PublisherId, PublisherIdentity, Record);
    }

    /// <summary>A stored message as the log keeps it.</summary>
    public static MessageRecord ToRecord(Message message, scoped in PublishRecord record) =>
        ToRecord(message.View, message.WasRetain, message.PublisherId, message.PublisherIdentity, record);

    private static MessageRecord ToRecord(
        MessageView view, bool wasRetain, string? publisherId, Identity? publisher, scoped in PublishRecord record) => new()
    {
        Topic = view.Topic,
        Properties = view.Properties,
        Payload = view.Payload,
        QoS = view.QoS,
        WasRetain = wasRetain,
        ExpiresAtMs = view.ExpiresAtMs,
        AnnouncedExpiryMs = view.AnnouncedExpiryMs,
        PublisherId = publisherId,
        PublisherUserName = publisher?.UserName,
        RetainedVersion = record.RetainedVersion,
        RetainedUntilMs = record.RetainedUntilMs,
    };
}
