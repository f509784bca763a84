using Godwit.Protocol;
using Godwit.Protocol.Delivery;
using Godwit.Simulation.Runs;

namespace Godwit.Simulation.Oracles;

/// <summary>Queues and wills after a crash.</summary>
internal sealed partial class Oracle
{
    private void AdoptQueue(ModelSession session, RecoveredSession one)
    {
        if (one.NextSeq < session.NextSeq)
        {
            throw Violation("I9", $"the next position of {session} was {session.NextSeq} and is now {one.NextSeq}: packet ids are used again");
        }

        session.NextSeq = one.NextSeq;
        var sent = session.Outbound.Values.ToHashSet();
        session.OutboundOrder.Clear();
        session.Recovered.Clear();
        var kept = new HashSet<ModelSession.Exchange>();
        foreach (var position in one.Positions.Values)
        {
            var packetId = PacketIds.Of(position.Seq);
            var exchange = session.Outbound.GetValueOrDefault(packetId) ?? session.Finished.GetValueOrDefault(packetId) ?? session.Uncertain.GetValueOrDefault(packetId);
            if (exchange is not null && AdoptExchange(session, exchange, position) && kept.Add(exchange))
            {
                exchange.Sequence = ++_lastExchange;
                session.Outbound[packetId] = exchange;
                session.OutboundOrder.Add(exchange);
            }
            else if (position.IsReceived)
            {
                throw Violation("I2", $"in the store {session} has answered id {packetId} with PUBREC, and it was not sent");
            }
            else
            {
                session.Recovered[packetId] = ++_lastExchange;
            }
        }

        foreach (var exchange in sent.Where(exchange => !kept.Contains(exchange)))
        {
            JudgeLostExchange(session, exchange);
            session.Outbound.Remove(exchange.PacketId);
        }

        session.TakenBack.Clear();
        session.TakenBack.AddRange(sent.Union(session.Finished.Values).Union(session.Uncertain.Values)
            .Where(exchange => exchange is { IsRetained: true, QoS: QoS.AtLeastOnce } && exchange.Since > _durableTick && !kept.Contains(exchange))
            .Select(exchange => exchange.Message));
        session.Finished.Clear();
        session.Uncertain.Clear();
        session.MayRepeatUnsent = true;             // all that waits counts as sent
    }

    /// <summary>What the store says of an exchange.</summary>
    /// <returns>False: it speaks of another message.</returns>
    private bool AdoptExchange(ModelSession session, ModelSession.Exchange exchange, RecoveredPosition position)
    {
        var message = position.Payload.Length == 0 ? _retained.LastClear(position.Topic) : _messages.Find(position.Payload);
        if (!position.IsReceived && (message is null || !SameMessage(message, exchange.Message)))
        {
            return exchange.IsOver
                ? false
                : throw Violation("I9", $"in the store {session} has {position} at id {exchange.PacketId}, which was sent as {exchange.Message}");
        }

        if (position.IsReceived && (exchange.QoS != QoS.ExactlyOnce || !(exchange.IsReceived || exchange.IsOver || exchange.Message.IsGuarded)))
        {
            throw Violation("I2", $"in the store {session} has answered {exchange.Message} with PUBREC, and it has not");
        }

        if (!position.IsReceived && exchange.IsReleased)
        {
            throw Violation("I2", $"{session} was sent PUBREL for {exchange.Message} id {exchange.PacketId}, and in the store it is still to be sent");
        }

        if (!position.IsReceived && (exchange.IsOver || exchange.IsReceived))
        {
            TakeBackAcknowledgement(session, exchange);
        }

        if (position.IsReceived)
        {
            Hit(Situation.PubrelOverRestart);
        }

        exchange.IsReceived = position.IsReceived;
        exchange.IsOver = false;
        exchange.IsUncertain = false;
        exchange.HoldsQuota = false;
        return true;
    }

    /// <summary>It was sent, not acknowledged, and is not in the store: that is right when QoS 1 went out before it was durable.</summary>
    private void JudgeLostExchange(ModelSession session, ModelSession.Exchange exchange)
    {
        var isKept = !exchange.Message.IsGuarded && (exchange.Since <= _durableTick
            || exchange.QoS == QoS.ExactlyOnce
            || (!exchange.IsRetained && session.Owed.Contains(exchange.Message.Number) && exchange.Message.Publications.TrueForAll(IsKept)));
        if (isKept)
        {
            throw Violation(exchange.QoS == QoS.ExactlyOnce ? "I2" : "I1", $"the store has lost {exchange.Message} id {exchange.PacketId}, which {session} was sent and has not acknowledged");
        }

        exchange.IsOver = true;
        if (!exchange.Message.IsClear)
        {
            session.DeliveryOf(exchange.Message).MayBeLost = true;
        }
    }

    private void AdoptWill(ModelSession session, RecoveredSession one)
    {
        var expected = session.Will;
        var isConnected = session.Connection is not null;
        var isKept = session.ChangedAt <= _durableTick;
        if (one.Will is not { } will)
        {
            if (expected is { IsSureWill: true })
            {
                throw Violation("I7", $"the store has lost the will {expected} of {session}");
            }

            session.Will = null;
            session.WillDueMs = ModelSession.Never;
            return;
        }

        session.Will = JudgeWill(will);
        session.WillDelayMs = will.DelayMs;
        var due = will.DueAtMs == ModelSession.Never ? _nowMs + will.DelayMs : will.DueAtMs;
        if (session.Will == expected && !isConnected && isKept && due != session.WillDueMs)
        {
            throw Violation("I7", $"the will {expected} of {session} was due at {session.WillDueMs} and is now at {due}");
        }

        session.WillDueMs = due;
    }

    /// <summary>A will may be in the store if it was still waiting, or if nothing made durable that it is over.</summary>
    private Message JudgeWill(RecoveredWill will)
    {
        var message = _messages.Find(will.Payload);
        if (message is not { IsWill: true } || !string.Equals(message.PublisherId, will.ClientId, StringComparison.Ordinal) || message.WillGoneAt <= _durableTick)
        {
            throw Violation("I7", $"the will {will} is in the store, and it was published, removed or never there");
        }

        if (_sessions.Find(session => session.Deliveries.GetValueOrDefault(message.Number) is { } record && record.SentWithQoS[2] > 0) is { } receiver)
        {
            throw Violation("I7", $"the will {will} is in the store, and {receiver} was sent it with QoS 2");
        }

        message.WillGoneAt = long.MaxValue;
        return message;
    }

    /// <summary>Wills of sessions that ended with their connections go out before anybody is let in.</summary>
    private void PublishOrphans(RecoveredImage image)
    {
        foreach (var will in image.Orphans)
        {
            var message = _messages.Find(will.Payload)!;
            Hit(Situation.WillRecovered);
            Begin(message).Promise(_nowMs);
            message.WillGoneAt = _tick;
        }
    }

    private void JudgeOrphans(RecoveredImage image)
    {
        foreach (var will in image.Orphans)
        {
            JudgeWill(will).IsSureWill = false;
        }

        if (_lostWithWill.Find(session => session.Will!.IsSureWill) is { } lost)
        {
            throw Violation("I7", $"the store has lost the will {lost.Will} of {lost}");
        }

        _lostWithWill.Clear();
    }
}
