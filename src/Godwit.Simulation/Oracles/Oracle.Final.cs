using Godwit.Protocol;

namespace Godwit.Simulation.Oracles;

/// <summary>The end of a run: faults have stopped, everybody is connected, and what was promised must have come.</summary>
internal sealed partial class Oracle
{
    /// <summary>No will waits, and no exchange with a client is open.</summary>
    public bool IsDrained =>
        _sessions.TrueForAll(session => session.Outbound.Values.All(exchange => exchange is { Message.IsGuarded: true, QoS: QoS.AtLeastOnce }) && session.Inbound.Count == 0 && (session.Will is null || session.Connection is not null));

    /// <summary>What keeps the broker from being drained, for a person.</summary>
    public string WhatWaits() => string.Join(", ", _sessions
        .Where(session => session.Outbound.Count + session.Inbound.Count > 0)
        .Select(session => $"{session}: {session.Outbound.Count} towards it, {session.Inbound.Count} from it"));

    /// <summary>Everything has drained: nothing may be missing but what a limit has dropped and counted.</summary>
    /// <param name="droppedByLimit">What the broker says it has dropped because a queue was full or a packet too large.</param>
    public void JudgeEnd(long droppedByLimit)
    {
        var missing = new List<FormattableString>();
        foreach (var session in _sessions)
        {
            CountMissing(session, missing);
            JudgeRetained(session);
        }

        foreach (var (publication, member) in _shared.Missing())
        {
            if (publication.ExpiresFromMs > _nowMs)
            {
                missing.Add($"nobody of the group has got {publication.Message}; {member.Session} was there for {member.Filter} all the time");
            }
        }

        if (missing.Count > droppedByLimit)
        {
            throw Violation("I1", $"{missing[0]} ({missing.Count} missing, {droppedByLimit} dropped by limits)");
        }
    }

    private void CountMissing(ModelSession session, List<FormattableString> missing)
    {
        foreach (var number in session.Owed.Order())
        {
            var message = _messages.Of(number);
            var record = session.DeliveryOf(message);
            if (record is { Received: 0, IsRefused: false } && ((!record.MayBeLost && record.SentWithQoS[1] + record.SentWithQoS[2] > 0) || message.Publications.TrueForAll(publication => publication.ExpiresFromMs > _nowMs)))
            {
                missing.Add($"{session} never got {message} (QoS {(int)message.QoS}), which the broker had acknowledged");
            }
        }

        foreach (var (number, record) in session.Deliveries)
        {
            if (record.IsRefused || record is { MayBeLost: true, Received: 0 })
            {
                continue;
            }

            if (record.Sent > 0 && record.Received == 0 && record.QoS > QoS.AtMostOnce)
            {
                throw Violation("I1", $"{session} was sent {_messages.Of(number)} and its application never got it");
            }

            if (record.ReceivedWithQoS[2] != record.SentWithQoS[2])
            {
                throw Violation("I2", $"{session} was sent {_messages.Of(number)} {record.SentWithQoS[2]} times with QoS 2 and its application got it {record.ReceivedWithQoS[2]} times");
            }
        }
    }

    private void JudgeRetained(ModelSession session)
    {
        foreach (var interest in session.Interests)
        {
            if (interest.EndsFrom != long.MaxValue)
            {
                continue;
            }

            foreach (var request in interest.Requests)
            {
                foreach (var owed in request.OwedRetained)
                {
                    JudgeOwedRetained(session, interest, request, owed);
                }
            }
        }
    }

    private void JudgeOwedRetained(ModelSession session, Interest interest, Interest.Request request, Publication owed)
    {
        var isSure = interest.Requests.TrueForAll(one => one.From < request.From || one.QoS > QoS.AtMostOnce) && owed.Message.QoS > QoS.AtMostOnce;
        var hasConnection = session.Connection is { WasCongested: false, PacketSizeMax: int.MaxValue } edge && edge.Since < request.From;
        var wasReplaced = interest.Requests.Exists(one => one.From > request.From && one.NoLocal);
        if ((!isSure && !hasConnection) || owed.ExpiresFromMs <= _nowMs || _retained.MayBeReplaced(owed) || wasReplaced || _plan.HasSmallQueues || WasFull)
        {
            return;
        }

        if (session.DeliveryOf(owed.Message).LastWithRetain < request.From && session.Connection!.PacketSizeMax == int.MaxValue)
        {
            throw Violation("I6", $"{session} has subscribed to {interest.Filter} and did not get the retained {owed.Message}");
        }
    }
}
