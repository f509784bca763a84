using Godwit.Broker.Messages;
using Godwit.Broker.Shards;
using Godwit.Protocol;

namespace Godwit.Broker.Sessions;

/// <summary>How sessions begin, lose their connection, expire and end, and what becomes of their wills (5.0 §3.1.2.5, §4.1).</summary>
internal sealed class SessionLifetimes(Shard shard)
{
    /// <summary>A new session, not connected yet.</summary>
    public Session Create(string clientId)
    {
        var session = new Session(clientId, shard.Index);
        shard.Sessions.Add(clientId, session);
        shard.Counters.Sessions++;
        return session;
    }

    /// <summary>A client comes back: no expiry runs, and a will that still waits is never sent. [MQTT-3.1.3-9]</summary>
    public void Resume(Session session)
    {
        session.Will = null;
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
            session.Will = null;                // state lives in memory, so there is no next start that could send it
        }

#if DEFECTS
        if (Defect.Is("will-lost-at-takeover") && reason == CloseReason.TakenOver) { session.Will = null; }
#endif
        if (session.ExpiryMs == 0)
        {
            End(session);
            return;
        }

        shard.Deliveries.QueueRetainedBacklog(session);
        session.Outbound.TrimExcess();
        session.ExpiresAtMs = session.ExpiryMs == Session.Never ? Session.Never : shard.NowMs + session.ExpiryMs;
        session.WillDueMs = session.Will is null ? Session.Never : shard.NowMs + session.Will.DelayMs;
#if DEFECTS
        if (Defect.Is("session-never-expires")) { session.ExpiresAtMs = Session.Never; }
#endif
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
        shard.Sessions.Remove(session.ClientId);
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

        session.Inbound.Clear();
        session.RetainedBacklog = null;
        session.Outbound.Clear((queued, qos, wasSent) => GiveUp(session, queued, qos, wasSent));
        while (session.QueuedQoS0 is { Count: > 0 } queue)
        {
            GiveUp(session, queue.Dequeue(), QoS.AtMostOnce, wasSent: false);
        }
    }

    private void GiveUp(Session session, in QueuedMessage queued, QoS qos, bool wasSent)
    {
        // A QoS 2 message whose sending began is never sent to another member. [MQTT-4.8.2-4]
#if DEFECTS
        if (Defect.Is("shared-lost-with-member")) { (qos, wasSent) = (QoS.ExactlyOnce, true); }
        if (Defect.Is("shared-qos2-sent-on")) { wasSent = false; }
#endif
        if (queued.Group is { } group && (qos == QoS.AtLeastOnce || !wasSent))
        {
            shard.Router.Redistribute(queued.Message, group);
        }
        else
        {
            shard.Count(DropReason.SessionEnded);
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
        if (!shard.Publications.MayPublish(session.ClientId, session.UserName, will.Topic))
        {
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
        shard.Router.Publish(view, will.Retain, session.ClientId, mayRefuse: false);      // [MQTT-3.1.2-14] [MQTT-3.1.2-15]
    }
}
