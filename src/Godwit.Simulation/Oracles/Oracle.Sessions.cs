using Godwit.Broker.Shards;
using Godwit.Simulation.Runs;

namespace Godwit.Simulation.Oracles;

/// <summary>How sessions begin, lose their connection and end, and what becomes of their wills.</summary>
internal sealed partial class Oracle
{
    /// <summary>The broker's own word for why a connection ended; it decides nothing here.</summary>
    public void Told(string clientId, CloseReason reason)
    {
        switch (reason)
        {
            case CloseReason.KeepAliveTimeout:
                Hit(Situation.KeepAliveTimeout);
                break;

            case CloseReason.SlowReader:
                Hit(Situation.SlowReader);
                break;
        }

        if (_trace.IsText)
        {
            _trace.Write(_nowMs, $"{clientId} ended: {reason}");
        }
    }

    private void TakeSession(Edge edge, int shardIndex)
    {
        var session = SessionOf(edge.ClientId);
        if (session?.Connection is { } old)
        {
            HitTakeover(session, old);
            old.IsTakenOver = true;
            edge.Predecessor = old;
            EndConnection(old, isDisconnectHandled: false);     // what is handled closes the connection at once
            session = SessionOf(edge.ClientId);
        }

        if (session is not null && !edge.CleanStart)
        {
            if (session.ExpiresAtMs <= _nowMs)
            {
                edge.Overdue = session;             // whether it is there still is what the broker says
                Hit(Situation.ReconnectAtExpiry);
                return;
            }

            Resume(session, edge);
            edge.ExpectedPresent = true;
            return;
        }

        if (session is not null)
        {
            Hit(Situation.CleanStartOverSession);
            EndSession(session);
        }

        edge.ExpectedPresent = false;
        Create(edge, shardIndex);
    }

    private void HitTakeover(ModelSession session, Edge old)
    {
        Hit(Situation.Takeover);
        foreach (var exchange in session.OutboundOrder)
        {
            if (exchange.IsReceived && !exchange.IsOver)
            {
                Hit(Situation.TakeoverDuringPubrel);
            }
        }

        if (old.IsHalfOpen)
        {
            Hit(Situation.HalfOpenTakeover);
        }
    }

    /// <summary>CONNECT was accepted. Of a session whose time was over the broker says what became of it; CONNACK will say the same.</summary>
    public void Accepted(Edge edge, bool isPresent)
    {
        if (edge.Overdue is not { } session)
        {
            return;
        }

        edge.Overdue = null;
        edge.ExpectedPresent = isPresent;
        if (isPresent)
        {
            Resume(session, edge);
            return;
        }

        EndSession(session);
        Create(edge, session.ShardIndex);
    }

    private void Create(Edge edge, int shardIndex)
    {
        var session = new ModelSession(edge.ClientId, shardIndex, ++_lastSession);
        _byClientId.Add(edge.ClientId, session);
        _sessions.Add(session);
        Attach(session, edge);
    }

    private void Resume(ModelSession session, Edge edge)
    {
        Hit(Situation.SessionResumed);
        if (session.Will is not null)
        {
            Hit(Situation.WillCancelledByReconnect);
            session.DueWill?.Settle(_nowMs);        // it was due in this very turn: either is right
            LetGoOfWill(session);
        }

        session.DueWill = null;
        session.WillDueMs = ModelSession.Never;
        session.ExpiresAtMs = ModelSession.Never;
        foreach (var exchange in session.OutboundOrder)
        {
            exchange.HoldsQuota = false;
        }

        Attach(session, edge);
    }

    private void Attach(ModelSession session, Edge edge)
    {
        session.Connection = edge;
        session.ExpiryMs = edge.GrantedExpiryMs;
        session.Will = edge.Will;
        session.WillDelayMs = edge.WillDelayMs;
        session.ChangedAt = _tick;
        edge.Session = session;
        edge.Since = _tick;
    }

    private void EndConnection(Edge edge, bool isDisconnectHandled)
    {
        if (!isDisconnectHandled)
        {
            edge.DisconnectCode = null;
            edge.DisconnectExpiryMs = null;
        }

        if (edge.DisconnectCode is not null)
        {
            HandledAll(edge);                       // DISCONNECT was handled, so all before it was
        }

        SettleAll(edge);
        var session = edge.Session!;
        session.Connection = null;
        session.ChangedAt = _tick;
        session.MayRepeatUnsent |= edge.IsLeaving || edge.WasCongested || edge.IsLost;
        if (edge.DisconnectExpiryMs is { } expiryMs)
        {
            session.ExpiryMs = expiryMs;
        }

        if (edge.DisconnectCode == 0 && session.Will is not null)
        {
            LetGoOfWill(session);                   // [MQTT-3.14.4-3]
        }
        else if (session.Will is not null)
        {
            Hit(edge.DisconnectCode is null ? Situation.WillAfterLoss : Situation.WillAfterDisconnectWithWill);
        }

        if (session.ExpiryMs == 0)
        {
            EndSession(session);
            return;
        }

        session.ExpiresAtMs = session.ExpiryMs == ModelSession.Never ? ModelSession.Never : _nowMs + session.ExpiryMs;
        session.WillDueMs = session.Will is null ? ModelSession.Never : _nowMs + session.WillDelayMs;
        if (session.WillDueMs <= _nowMs)
        {
            PublishWill(session);
        }
    }

    private void SettleAll(Edge edge)
    {
        foreach (var (_, publication) in edge.AwaitingPuback)
        {
            publication.Settle(_nowMs);
        }

        foreach (var (_, publication) in edge.AwaitingPubrec)
        {
            publication.Settle(_nowMs);
        }

        foreach (var publication in edge.Unanswered)
        {
            publication.Settle(_nowMs);
        }

        foreach (var exchange in edge.Unhandled)
        {
            exchange.IsUncertain = true;
            if (exchange.IsOver)
            {
                edge.Session!.Uncertain[exchange.PacketId] = exchange;
            }
        }
    }

    private void EndSession(ModelSession session)
    {
        if (session.Will is not null && session.WillDueMs > _nowMs && session.WillDelayMs > 0)
        {
            Hit(Situation.WillAtSessionEnd);
        }

        session.HasEnded = true;
        _ended.Add(session);
        _byClientId.Remove(session.ClientId);
        _sessions.Remove(session);
        foreach (var interest in session.Interests)
        {
            End(interest);
        }

        if (session.OutboundOrder.Exists(exchange => !exchange.IsOver && session.Interests.Exists(interest => interest.IsShared)))
        {
            Hit(Situation.SharedMemberGoneInFlight);
        }

        if (session.Will is not null)
        {
            PublishWill(session);
        }
    }

    private void PublishWill(ModelSession session)
    {
        if (session.Will!.Retain)
        {
            Hit(Situation.RetainedWill);
        }

        var publication = session.DueWill ?? Begin(session.Will);
        publication.Promise(_nowMs);
        session.DueWill = null;
        session.WillDueMs = ModelSession.Never;
        LetGoOfWill(session);
    }

    private void LetGoOfWill(ModelSession session)
    {
        session.ChangedAt = _tick;
        session.Will!.WillGoneAt = _tick;
        session.Will = null;
    }

    private void End(Interest interest)
    {
        if (interest.EndsFrom == long.MaxValue)
        {
            interest.EndsFrom = _tick;
        }

        if (interest.EndsTo == long.MaxValue)
        {
            _ending.Add(interest);
        }
    }

    /// <summary>A message has reached the broker.</summary>
    private Publication Begin(Message message)
    {
        var publication = new Publication(message, _tick, _nowMs) { MayNotBeRetained = _isFull };
        if (message.ExpirySeconds is { } seconds)
        {
            publication.SetExpiry(Math.Min(seconds, ExpirySecondsMax) * 1000L);
        }
        else if (_plan.Settings.MessageExpirySecondsMax > 0)
        {
            publication.SetExpiry(ExpirySecondsMax * 1000L);
        }

        message.Publications.Add(publication);
        _open.Add(publication);
        if (message is { Retain: true, IsGuarded: false })
        {
            _retained.Add(publication);
        }

        return publication;
    }

    private long ExpirySecondsMax => _plan.Settings.MessageExpirySecondsMax > 0 ? _plan.Settings.MessageExpirySecondsMax : uint.MaxValue;
}
