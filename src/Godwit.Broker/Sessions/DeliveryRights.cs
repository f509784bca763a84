using Godwit.Broker.Messages;
using Godwit.Broker.Security;
using Godwit.Broker.Shards;
using Godwit.Protocol;

namespace Godwit.Broker.Sessions;

/// <summary>
/// Whether a message may go to a session, on its concrete topic. Asked before each delivery and again when what has waited is sent, so a right that is
/// taken away ends at once what it allowed. No answer is kept.
/// </summary>
internal sealed class DeliveryRights(Shard shard)
{
    /// <summary>There are rules; read once a turn. Without them nothing here is asked.</summary>
    public bool AreChecked { get; private set; }

    /// <summary>A turn begins.</summary>
    public void BeginTurn() => AreChecked = shard.Core.Access.ChecksDelivery;

    /// <summary>
    /// A new message for a session. For a client that is away since before a restart only its user name is known, which may be too little to judge: its
    /// messages wait until it is back.
    /// </summary>
    public bool MayDeliver(Session session, ReadOnlySpan<byte> topic, QoS qos, bool retain) =>
        session.IsIdentityPartial || shard.Core.Access.MayReceive(session.Subject, topic, qos, retain);

    /// <summary>A message that has waited in the queue and is about to be sent.</summary>
    /// <param name="session">Connected.</param>
    /// <param name="queued">The message.</param>
    /// <param name="qos">With which it would be sent.</param>
    /// <param name="objection">With false: why not.</param>
    public bool MaySend(Session session, in QueuedMessage queued, QoS qos, out DropReason objection)
    {
        objection = DropReason.PublisherNotAuthorized;
#if DEFECTS
        if (Defect.Is("rights-skipped-on-queue")) { return true; }
#endif
        var message = queued.Message;
        if (!shard.Core.Access.MayReceive(session.Subject, message.Topic, qos, queued.Retain))
        {
            objection = ObjectionOf(session, message.Topic, qos, queued.Retain);
            return false;
        }

        return !queued.Retain || IsStillPublished(message);
    }

    /// <summary>Why a message that a client may not receive is not delivered: it may not, or nobody has been asked whether it may.</summary>
    public DropReason ObjectionOf(Session session, ReadOnlySpan<byte> topic, QoS qos, bool retain) =>
        shard.Core.Access.IsUndecided(session.Subject, AccessAction.Receive, topic, qos, retain) ? DropReason.NotDecided : DropReason.ReceiveNotAuthorized;

    /// <summary>The publisher of a retained message may still publish it. What the broker itself publishes needs no right.</summary>
    public bool IsStillPublished(Message message) =>
        message.PublisherId is not { } publisher || shard.Core.Access.MayStillPublish(new Subject(publisher, message.PublisherIdentity), message.Topic);
}
