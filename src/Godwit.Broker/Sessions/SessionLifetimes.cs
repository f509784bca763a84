using Godwit.Broker.Log;
using Godwit.Broker.Messages;
using Godwit.Broker.Routing;
using Godwit.Broker.Security;
using Godwit.Broker.Shards;
using Godwit.Protocol;

namespace Godwit.Broker.Sessions;

/// <summary>How sessions begin, lose their connection, expire and end, and what becomes of their wills (5.0 §3.1.2.5, §4.1).</summary>
internal sealed class SessionLifetimes(Shard shard)
{
    /// <summary>A new session, not connected yet.</summary>
    /// <param name="clientId">Whose.</param>
    /// <param name="isDurable">It outlives its connection, so it outlives the process where there is a log.</param>
    public Session Create(string clientId, bool isDurable)
    {
        var no = isDurable && shard.Durability is { } durability ? durability.Log.NewSessionNo() : 0;
        return Create(clientId, no);
    }

    /// <summary>A session with a number of the log; 0 for none.</summary>
    public Session Create(string clientId, uint no)
    {
        var session = new Session(clientId, shard.Index) { No = no };
        shard.Sessions.Add(session);
        shard.Counters.Sessions++;
        if (no != 0)
        {
            shard.SessionsByNo.Add(no, session);
        }

        return session;
    }

    /// <summary>A session that had ended before the broker was started, and has left something in its queue.</summary>
    public Session CreateEnded(string clientId, uint no)
    {
        var session = new Session(clientId, shard.Index) { No = no, HasEnded = true };
        shard.SessionsByNo.Add(no, session);
        return session;
    }

    /// <summary>Writes a durable session to the log as it is now.</summary>
    public void Record(Session session) => Record(session, session.UnsentSeq);

    private void Record(Session session, long unsentSeq)
    {
        var log = shard.Durability!.Log;
        var id = log.NewId();
        log.PutSession(id, new SessionRecord
        {
            SessionNo = session.No,
            ClientId = session.ClientId,
            UserName = session.UserName,
            ExpiryMs = session.ExpiryMs,
            IsConnected = session.Connection is not null,
            EndsAtMs = session.ExpiresAtMs,
            UnsentSeq = unsentSeq,
        });
        if (session.RecordId != 0)
        {
            log.Delete(session.RecordId);
        }

        session.RecordId = id;
    }

    /// <summary>The will of a session changes: a new connection's, the same with a deadline, or none. Every will is in the log, so that it outlives the process.</summary>
    public void SetWill(Session session, Will? will)
    {
        if (shard.Durability is { } durability)
        {
            var replaced = session.Will?.RecordId ?? 0;
            if (will is not null)
            {
                will.RecordId = durability.Log.NewId();
                durability.Log.PutWill(will.RecordId, will.ToRecord(session));
            }

            if (replaced != 0)
            {
                durability.Log.Delete(replaced);
            }
        }

        session.Will = will;
    }

    /// <summary>A client comes back: no expiry runs, and a will that still waits is never sent. [MQTT-3.1.3-9]</summary>
    public void Resume(Session session)
    {
        SetWill(session, null);
        session.WillDueMs = Session.Never;
        session.ExpiresAtMs = Session.Never;
        shard.SetTimer(session, Session.Never);
    }

    /// <summary>The connection has ended, in whatever way. Expiry and will delay count from now. [MQTT-3.1.2-23]</summary>
    public void Detach(Connection connection, CloseReason reason)
    {
        var session = connection.Session!;
        connection.Session = null;
        session.Connection = null;
        if (reason == CloseReason.ServerShutdown)
        {
            session.Will = null;                // not now: where there is a log, the next start sends it
        }

#if DEFECTS
        if (Defect.Is("will-lost-at-takeover") && reason == CloseReason.TakenOver) { session.Will = null; }
#endif
        if (session.ExpiryMs == 0)
        {
            End(session);
            return;
        }

        shard.RetainedDeliveries.QueueBacklog(session);
        session.OutboundIfAny?.TrimExcess();
        session.ExpiresAtMs = session.ExpiryMs == Session.Never ? Session.Never : shard.NowMs + session.ExpiryMs;
        session.WillDueMs = session.Will is null ? Session.Never : shard.NowMs + session.Will.DelayMs;
#if DEFECTS
        if (Defect.Is("session-never-expires")) { session.ExpiresAtMs = Session.Never; }
#endif
        if (session.No != 0)
        {
            Record(session);
            if (session.Will is { DelayMs: > 0 } will)
            {
                SetWill(session, will);         // with its deadline
            }
        }

        OnTimer(session);
    }

    /// <summary>A deadline of a session without connection: its will or its end, whichever has come. [MQTT-3.1.2-8]</summary>
    public void OnTimer(Session session)
    {
        if (session.ExpiresAtMs <= shard.NowMs)
        {
            shard.Counters.ExpiredSessions++;
            End(session);
            return;
        }

        if (session.WillDueMs <= shard.NowMs)
        {
            PublishWill(session);
        }

        shard.SetTimer(session, Math.Min(session.WillDueMs, session.ExpiresAtMs));
    }

    /// <summary>
    /// The session is over: its will goes out if one waits, its subscriptions and messages are given up, and what a shared group's member
    /// leaves behind goes to another. [MQTT-4.8.2-5]
    /// </summary>
    public void End(Session session)
    {
        session.HasEnded = true;
        shard.Core.Users.Leave(session);
        shard.Sessions.Remove(session);
        shard.Counters.Sessions--;
        shard.SetTimer(session, Session.Never);
        foreach (var subscription in session.Subscriptions.All)
        {
            shard.Core.Tree.Unsubscribe(subscription);
        }

        if (session.Will is not null)
        {
            PublishWill(session);
        }

        var unsentSeq = session.UnsentSeq;
        session.InboundIfAny?.Clear();
        session.RetainedBacklog?.Clear();
        session.RetainedBacklog = null;
        session.OutboundIfAny?.Clear((queued, seq, qos, wasSent) => GiveUp(session, queued, seq, qos, wasSent));
        while (session.QueuedQoS0 is { Count: > 0 } queue)
        {
            GiveUp(session, queue.Dequeue(), seq: 0, QoS.AtMostOnce, wasSent: false);
        }

        Forget(session, unsentSeq);
    }

    /// <summary>What an ended session leaves of a shared group goes to another member, unless it is QoS 2 and its sending began. [MQTT-4.8.2-4]</summary>
    public static bool MayGoToAnother(QoS qos, bool wasSent)
    {
#if DEFECTS
        if (Defect.Is("shared-lost-with-member")) { return false; }
        if (Defect.Is("shared-qos2-sent-on")) { wasSent = false; }
#endif
        return qos == QoS.AtLeastOnce || (qos == QoS.ExactlyOnce && !wasSent);
    }

    /// <summary>
    /// Takes a session out of the log: at once, or, when something of its queue is still on its way to others, behind that. Then its record says
    /// meanwhile that it has ended, and a restart goes on with what is left.
    /// </summary>
    private void Forget(Session session, long unsentSeq)
    {
        if (session.No == 0)
        {
            return;
        }

        var durability = shard.Durability!;
        foreach (var subscription in session.Subscriptions.All)
        {
            durability.Log.Delete(subscription.RecordId);
        }

        foreach (var id in session.InboundRecords?.Values ?? Enumerable.Empty<long>())
        {
            durability.Delete(id);
        }

        if (shard.HandOvers.IsNeeded(session) || durability.LastPending is not null)
        {
            session.ExpiryMs = 0;
            session.ExpiresAtMs = shard.NowMs;
            Record(session, unsentSeq);
        }

        durability.NoteEnd();
        shard.HandOvers.Begin(session);
    }

    private void GiveUp(Session session, in QueuedMessage queued, long seq, QoS qos, bool wasSent)
    {
        if (queued.Group is { } group && MayGoToAnother(qos, wasSent))
        {
            shard.Router.HandOver(queued.Message, group, session.No != 0 && queued.Message.LogId != 0 ? new HandedOver(session.No, seq) : null);
        }
        else
        {
            shard.Count(DropReason.SessionEnded, qos);
        }

        shard.Deliveries.Settle(session, queued);
    }

    private void PublishWill(Session session)
    {
        var will = session.Will!;
        session.Will = null;                    // [MQTT-3.1.2-10] [MQTT3-3.1.2-10] exactly once
        session.WillDueMs = Session.Never;
#if DEFECTS
        if (Defect.Is("will-twice")) { session.Will = will; }
#endif
        PublishWill(will, session.Subject);
    }

    /// <summary>Publishes a will; in the log it is over when what it has become is there.</summary>
    public void PublishWill(Will will, in Subject who)
    {
        if (!shard.Publications.MayPublishWill(who, will.Topic, will.QoS, will.Retain))
        {
            shard.Core.World.WillDenied(who, will.Topic, will.QoS, will.Retain);
            if (will.RecordId != 0)
            {
                shard.Durability!.Log.Delete(will.RecordId);
            }

            return;
        }

        var announced = will.ExpiryMs == Session.Never ? Session.Never : shard.NowMs + will.ExpiryMs;
        var view = new MessageView
        {
            Topic = will.Topic,
            Properties = will.Properties,
            Payload = will.Payload,
            QoS = will.QoS,
            AnnouncedExpiryMs = announced,
            ExpiresAtMs = shard.Publications.CapExpiry(announced),
        };
        var record = new PublishRecord { WillId = will.RecordId };
#if DEFECTS
        if (Defect.Is("will-twice-after-crash")) { record = default; }
#endif
        var result = shard.Router.Publish(view, will.Retain, who, mayRefuse: false, record, out _);     // [MQTT-3.1.2-14] [MQTT-3.1.2-15]
        if (result == RouteResult.OwnerFull && will.RecordId != 0)
        {
            shard.Durability!.Log.Delete(will.RecordId);            // it has become nothing
        }
    }
}
