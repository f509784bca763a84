using Godwit.Broker.Log;
using Godwit.Broker.Messages;
using Godwit.Broker.Routing;
using Godwit.Broker.Shards;
using Godwit.Protocol;

namespace Godwit.Broker.Sessions;

/// <summary>Retained messages on their way to a session that has subscribed: found a few at a time, as the client takes them.</summary>
internal sealed class RetainedDeliveries(Shard shard)
{
    /// <summary>Retained messages of one SUBSCRIBE wait while this many messages are queued.</summary>
    private const int RetainedQueuedMax = 1000;

    /// <summary>Nodes visited for retained messages before others have their turn: a few milliseconds.</summary>
    private const int RetainedVisitsMax = 64 * 1024;

    /// <summary>The same when the client has left, which is done at once: as much as a full store of 1,000,000 topics.</summary>
    private const int RetainedVisitsAtLeaveMax = 1_000_000;

    /// <summary>The client has left: retained messages that wait become part of the queue, as far as limits allow.</summary>
    public void QueueBacklog(Session session)
    {
        var visits = RetainedVisitsAtLeaveMax;
        while (session.RetainedBacklog is { } backlog)
        {
            if (backlog.TryTake(shard.NowMs, ref visits, out var search, out var message))
            {
                Deliver(session, search, message);
                continue;
            }

            shard.CountStored(DropReason.QueueFull, backlog.Count);     // so many filters were not looked through
            backlog.Clear();
            session.RetainedBacklog = null;
        }
    }

    /// <summary>The connection has room: looks for messages as long as it has, and as its queue is short.</summary>
    public void Pump(Session session, Connection connection)
    {
        if (session.SubackTicket is { } suback)
        {
            if (!suback.IsDurable(shard.Durability!.Log))
            {
                return;
            }

            session.SubackTicket = null;
        }

        var visits = RetainedVisitsMax;
        while (session.RetainedBacklog is { } backlog && connection.CanTakeMore && QueuedCountOf(session) < RetainedQueuedMax)
        {
            if (backlog.TryTake(shard.NowMs, ref visits, out var search, out var message))
            {
                Deliver(session, search, message);
            }
            else if (backlog.Count == 0)
            {
                session.RetainedBacklog = null;
            }
            else
            {
                shard.Touch(connection);                    // it goes on in the next turn
                break;
            }
        }

        shard.ProducedBytes += (RetainedVisitsMax - visits) * TopicTree.VisitCostBytes;
    }

    private static int QueuedCountOf(Session session) => session.QueuedCount + (session.Stored?.Count ?? 0);

    private bool MayBeSent(Message message)
    {
#if DEFECTS
        if (Defect.Is("rights-skipped-on-retained")) { return true; }
#endif
        return shard.Rights.IsStillPublished(message);
    }

    private void Deliver(Session session, RetainedSearch search, Message message)
    {
        var subscription = search.Subscription;
        var qos = (QoS)Math.Min((int)message.QoS, (int)subscription.QoS);
        if (subscription.NoLocal && string.Equals(message.PublisherId, session.ClientId, StringComparison.Ordinal))
        {
            shard.Count(DropReason.NoLocal, qos);                // [MQTT-3.8.3-3] from the store no more than live
            return;
        }

        if (shard.Rights.AreChecked && !MayBeSent(message))
        {
            shard.Count(DropReason.PublisherNotAuthorized, qos);
            return;
        }

        if (search.IsResumed && qos == QoS.AtMostOnce)
        {
            shard.Count(DropReason.NotConnected, qos);           // the client has left since it asked, and may have got it before
            return;
        }

        // A queue that is in the log needs a message that is there; the one in the retained store never is when the broker itself has published it.
        var mayShare = session.No == 0 || message.LogId != 0;
        var context = new PublishContext
        {
            View = message.View,
            Stored = mayShare ? message : null,
            WasRetain = message.WasRetain,
            PublisherId = message.PublisherId,
            PublisherIdentity = message.PublisherIdentity,
            Record = new PublishRecord
            {
                MessageId = message.LogId,
                IsReference = message.LogId != 0,
                Companion = qos > QoS.AtMostOnce && message.LogId != 0 ? search.Progress : null,
            },
        };
        shard.Deliveries.Begin(1);
        shard.Deliveries.Deliver(session, ref context, new Delivery(subscription), qos, retain: true);       // [MQTT-3.3.1-8] [MQTT3-3.3.1-8]
        shard.Durability?.Write(ref context);
        if (!mayShare)
        {
            context.Stored?.Release();
        }
    }
}
