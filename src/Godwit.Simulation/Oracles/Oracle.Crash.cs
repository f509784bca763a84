using Godwit.Protocol;
using Godwit.Simulation.Runs;

namespace Godwit.Simulation.Oracles;

/// <summary>What a crash of the broker leaves. Where something was under way the store decides, and what it has decided is so from then on.</summary>
internal sealed partial class Oracle
{
    private readonly List<ModelSession> _ended = [];        // their end may not be in the store
    private readonly List<ModelSession> _lostWithWill = [];
    private long _durableTick;

    /// <summary>The broker is at rest, and all that it has written is durable: a crash takes nothing of it back.</summary>
    public void Durable()
    {
        _durableTick = ++_tick;
        _ended.Clear();
        foreach (var session in _sessions)
        {
            session.Finished.Clear();
            session.Releasing.Clear();
        }
    }

    /// <summary>The client has said DISCONNECT and the broker has let go of it; its last answers may still wait.</summary>
    public void Left(Edge edge)
    {
        if (edge is { IsOpen: true, IsLeaving: false, DisconnectCode: not null, Session: not null })
        {
            _tick++;
            edge.IsLeaving = true;
            EndConnection(edge, isDisconnectHandled: true);
        }
    }

    /// <summary>The broker's process is gone, and with it all that lived in memory.</summary>
    /// <param name="nowMs">The time.</param>
    /// <param name="hasStore">What the disk holds is left; <see cref="Restarted"/> says what that is.</param>
    public void Crashed(long nowMs, bool hasStore)
    {
        _nowMs = nowMs;
        _tick++;
        Hit(Situation.BrokerCrash);
        if (_trace.IsText)
        {
            _trace.Write(_nowMs, $"the broker has crashed");
        }

        _ending.ForEach(interest => interest.EndsTo = _tick);
        foreach (var publication in _open)
        {
            publication.Settle(nowMs);
            publication.Close(_tick);
            if (hasStore && publication is { IsAcknowledged: true, Message.QoS: > QoS.AtMostOnce })
            {
                Expect(publication, isCrash: true);
            }
        }

        _open.Clear();
        _ending.Clear();
        if (hasStore)
        {
            ExpectRetained();                       // SUBACK has said that they are owed
        }

        _answered.Clear();
        if (!hasStore)
        {
            ForgetAll();
        }
    }

    /// <summary>A new process has come up and this is what it found.</summary>
    /// <param name="image">What the store held.</param>
    /// <param name="nowMs">The time.</param>
    /// <param name="shiftMs">By so much the store's clock was moved: every deadline in it is later by this.</param>
    public void Restarted(RecoveredImage image, long nowMs, long shiftMs)
    {
        _nowMs = nowMs;
        _tick++;
        if (_trace.IsText)
        {
            _trace.Write(_nowMs, $"the broker has come up with\n{image}");
        }

        ShiftAll(shiftMs);
        AdoptSessions(image);
        AdoptRetained(image);
        AdoptSearches(image);
        JudgeOrphans(image);
        _shared.Crashed(_durableTick, IsKept);
        foreach (var session in _sessions)
        {
            session.Owed.RemoveWhere(number => !_messages.Of(number).Publications.Exists(IsKept));
        }

        _durableTick = ++_tick;
        _tick++;
        _ended.Clear();
        _sessions.ForEach(session => session.ChangedAt = _tick);    // the broker now writes down that their connections are over
        PublishOrphans(image);
    }

    private void ForgetAll()
    {
        foreach (var session in _sessions)
        {
            session.HasEnded = true;
        }

        _sessions.Clear();
        _byClientId.Clear();
        _retained.Clear();
        _shared.Clear();
    }

    private void ShiftAll(long milliseconds)
    {
        for (var number = 1; number <= _messages.Count && milliseconds != 0; number++)
        {
            _messages.Of(number).Publications.ForEach(publication => publication.Shift(milliseconds, _nowMs));
        }

        foreach (var session in _sessions.Concat(_ended))
        {
            session.ExpiresAtMs = session.ExpiresAtMs == ModelSession.Never ? ModelSession.Never : session.ExpiresAtMs + milliseconds;
            session.WillDueMs = session.WillDueMs == ModelSession.Never ? ModelSession.Never : session.WillDueMs + milliseconds;
        }
    }

    private void AdoptRetained(RecoveredImage image)
    {
        // What has expired is dropped before anybody is let in.
        var held = image.Retained.Where(pair => pair.Value.UntilMs > _nowMs && !pair.Key.StartsWith(RightsModel.Prefix, StringComparison.Ordinal)).ToDictionary(pair => pair.Key, pair => _messages.Find(pair.Value.Payload), StringComparer.Ordinal);
        foreach (var topic in _retained.Topics.Union(held.Keys, StringComparer.Ordinal).ToList())
        {
            if (_retained.Adopt(topic, held.GetValueOrDefault(topic), IsKept, _nowMs, _tick) is { } fault)
            {
                throw Violation("I6", $"{fault}");
            }
        }
    }

    /// <summary>No crash can have taken it back.</summary>
    private bool IsKept(Publication publication) =>
        (publication.IsAcknowledged && publication.Message.QoS > QoS.AtMostOnce) || (publication.IsPromised && publication.To <= _durableTick);
}
