using Godwit.Simulation.Runs;

namespace Godwit.Simulation.Oracles;

/// <summary>Sessions after a crash: what was acknowledged has to be in the store; of what was under way the store decides.</summary>
internal sealed partial class Oracle
{
    private void AdoptSessions(RecoveredImage image)
    {
        var pairs = image.Sessions.Select(one => (One: one, Session: FindFor(one))).ToList();
        var found = pairs.Select(pair => pair.Session).ToHashSet();
        foreach (var session in _sessions.Where(session => !found.Contains(session)).ToList())
        {
            JudgeLoss(session);
            Forget(session);
        }

        foreach (var (one, session) in pairs)
        {
            if (session.HasEnded)
            {
                Revive(session);
            }

            session.HasOutlivedBroker = true;
            AdoptWill(session, one);
            AdoptConnection(session, one);
            AdoptSubscriptions(session, one);
            AdoptInbound(session, one);
            AdoptQueue(session, one);
            session.IsSure = true;
        }

        if (image.Ended.Any(one => one.Positions.Count > 0))
        {
            Hit(Situation.HandOverAfterRestart);
        }
    }

    /// <summary>The session that the log knows under a number.</summary>
    private ModelSession FindFor(RecoveredSession one)
    {
        return _sessions.Find(session => session.No == one.No)
            ?? _ended.Find(session => session.No == one.No)
            ?? throw Violation("I8", $"a session of {one.ClientId} is in the store that has ended or never was");
    }

    private void JudgeLoss(ModelSession session)
    {
        var isKept = session.No != 0 && session.IsSure && session.ExpiresAtMs > _nowMs;
        if (isKept)
        {
            throw Violation("I8", $"the store has lost the session {session}");
        }
    }

    /// <summary>It is gone with the process, without a word.</summary>
    private void Forget(ModelSession session)
    {
        if (session is { No: 0, Will.IsSureWill: true })
        {
            _lostWithWill.Add(session);
        }

        session.HasEnded = true;
        session.HasOutlivedBroker = true;
        _byClientId.Remove(session.ClientId);
        _sessions.Remove(session);
        foreach (var interest in session.Interests)
        {
            End(interest, _tick);
        }
    }

    private static void End(Interest interest, long tick)
    {
        interest.EndsFrom = Math.Min(interest.EndsFrom, tick);
        interest.EndsTo = Math.Min(interest.EndsTo, tick);
    }

    private void Revive(ModelSession session)
    {
        session.HasEnded = false;
        session.ChangedAt = long.MaxValue;
        _byClientId.Add(session.ClientId, session);
        _sessions.Add(session);
    }

    private void AdoptConnection(ModelSession session, RecoveredSession one)
    {
        var edge = session.Connection;
        var isKept = session.ChangedAt <= _durableTick;
        if (edge is { HasConnack: true } && (!one.IsConnected || one.ExpiryMs != session.ExpiryMs))
        {
            throw Violation("I8", $"{session} was connected with an expiry of {session.ExpiryMs} ms; in the store it is {(one.IsConnected ? "" : "not ")}connected with {one.ExpiryMs} ms");
        }

        if (edge is null && isKept && (one.IsConnected || one.EndsAtMs != session.ExpiresAtMs))
        {
            throw Violation("I8", $"{session} was to end at {session.ExpiresAtMs}; in the store it is at {one.EndsAtMs}");
        }

        var fromNow = one.ExpiryMs == ModelSession.Never ? ModelSession.Never : _nowMs + one.ExpiryMs;
        session.Connection = null;
        session.ExpiryMs = one.ExpiryMs;
        session.ExpiresAtMs = one.IsConnected ? fromNow : one.EndsAtMs;
    }

    private void AdoptSubscriptions(ModelSession session, RecoveredSession one)
    {
        foreach (var interest in session.Interests.Where(interest => interest.EndsTo == long.MaxValue).ToList())
        {
            var isKept = interest.EndsFrom == long.MaxValue && interest.Requests.Exists(request => request.To != long.MaxValue);
            if (!one.Subscriptions.ContainsKey(interest.Filter))
            {
                if (isKept)
                {
                    throw Violation("I1", $"the store has lost the subscription {interest.Filter} of {session}");
                }

                End(interest, _tick);
            }
        }

        foreach (var (filter, subscription) in one.Subscriptions)
        {
            AdoptSubscription(session, filter, subscription);
        }
    }

    private void AdoptSubscription(ModelSession session, string filter, RecoveredSubscription subscription)
    {
        var isSure = session.ChangedAt != long.MaxValue;
        var interests = session.Interests.FindAll(interest => (!isSure || interest.EndsTo == long.MaxValue) && string.Equals(interest.Filter, filter, StringComparison.Ordinal));
        var request = interests.SelectMany(interest => interest.Requests).LastOrDefault(request =>
            (!isSure || request.ReplacedTo == long.MaxValue)
            && subscription == new RecoveredSubscription(request.QoS, request.NoLocal, request.RetainAsPublished, request.Identifier));
        if (request is null)
        {
            throw Violation("I8", $"the store gives {session} the subscription {filter} {subscription}, which it does not have");
        }

        if (interests is [{ EndsFrom: long.MaxValue } only] && request == only.Requests[^1] && request.To != long.MaxValue)
        {
            return;
        }

        interests.ForEach(interest => End(interest, _tick));
        var next = new Interest(session, filter);
        next.Requests.Add(new Interest.Request
        {
            From = _tick,
            To = _tick,
            QoS = request.QoS,
            NoLocal = request.NoLocal,
            RetainAsPublished = request.RetainAsPublished,
            WantsRetained = false,
            Identifier = request.Identifier,
        });
        session.Interests.Add(next);
        if (next.IsShared)
        {
            _shared.Add(next);
        }
    }

    private static void AdoptInbound(ModelSession session, RecoveredSession one)
    {
        foreach (var (packetId, publication) in session.Inbound.ToList())
        {
            if (one.Inbound.Contains(packetId))
            {
                continue;
            }

            if (publication is { IsAcknowledged: true, Message.IsGuarded: false })
            {
                throw Violation("I2", $"the store has lost the packet id {packetId} of {publication.Message}, for which {session} has got PUBREC");
            }

            publication.IsLost = true;
            session.Inbound.Remove(packetId);
        }

        foreach (var packetId in one.Inbound.Where(packetId => !session.Inbound.ContainsKey(packetId)))
        {
            session.Inbound[packetId] = session.Releasing.GetValueOrDefault(packetId)
                ?? throw Violation("I2", $"the store remembers the packet id {packetId} of {session}, which was released");
        }

        session.Releasing.Clear();
    }
}
