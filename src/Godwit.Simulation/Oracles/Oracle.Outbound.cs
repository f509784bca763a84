using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;
using Godwit.Simulation.Networks;
using Godwit.Simulation.Runs;

namespace Godwit.Simulation.Oracles;

/// <summary>Whether a packet from the broker may stand where it stands.</summary>
internal sealed partial class Oracle
{
    private long _lastExchange;

    private void Judge(Edge edge, WirePacket packet)
    {
        if (edge.IsLeaving)
        {
            return;                                     // nobody reads it
        }

        if (packet.SizeBytes > edge.PacketSizeMax)
        {
            throw Violation("I9", $"{edge} takes packets of {edge.PacketSizeMax} bytes and is sent {packet.SizeBytes}: {packet}");
        }

        if (!edge.HasConnack)
        {
            JudgeConnack(edge, packet);
            return;
        }

        if (packet.Type == PacketType.Disconnect)
        {
            JudgeDisconnect(edge, packet);
            return;
        }

        // What was written before the takeover, in the same turn, leaves before the connection is closed.
        if (edge.Session is not { } session || (session.Connection != edge && !(edge.IsTakenOver && edge.IsOpen)))
        {
            throw Violation("I8", $"{edge} has lost its session and is sent {packet}");
        }

        JudgeAnswer(edge, session, packet);
    }

    private void JudgeConnack(Edge edge, WirePacket packet)
    {
        if (edge.IsRefused && packet is { Type: PacketType.Connack, ReasonCode: not 0 })
        {
            return;
        }

        if (packet.Type != PacketType.Connack || packet.ReasonCode != 0)
        {
            throw Violation("I12", $"{edge} is answered {packet} instead of CONNACK 0");
        }

        if (edge.Predecessor is { IsOpen: true } old)
        {
            throw Violation("I8", $"{edge} is accepted while {old} still has the session");
        }

        edge.HasConnack = true;
        edge.ConnackMs = _nowMs;
        edge.Will?.IsSureWill = true;
        if (edge.Version != ProtocolVersion.Mqtt31 && packet.SessionPresent != edge.ExpectedPresent)
        {
            throw Violation("I8", $"{edge} is told session present {packet.SessionPresent}, and the model says {edge.ExpectedPresent}");
        }

        edge.Session!.IsSure = true;
        _ended.RemoveAll(session => string.Equals(session.ClientId, edge.ClientId, StringComparison.Ordinal));       // no crash brings them back
    }

    private static void JudgeDisconnect(Edge edge, WirePacket packet)
    {
        var isDeserved = (DisconnectReasonCode)packet.ReasonCode switch
        {
            DisconnectReasonCode.SessionTakenOver => edge.IsTakenOver,
            DisconnectReasonCode.KeepAliveTimeout or DisconnectReasonCode.QuotaExceeded => true,
            _ => false,
        };
        if (!isDeserved || edge.Version != ProtocolVersion.Mqtt5)
        {
            throw Violation("I12", $"{edge} did nothing wrong and is sent {packet}");
        }
    }

    private void JudgeAnswer(Edge edge, ModelSession session, WirePacket packet)
    {
        switch (packet.Type)
        {
            case PacketType.Publish:
                JudgePublish(edge, session, packet);
                break;

            case PacketType.Puback:
                TakeAnswer(edge, edge.AwaitingPuback, session, packet)?.Acknowledge(_nowMs);
                break;

            case PacketType.Pubrec:
                TakeAnswer(edge, edge.AwaitingPubrec, session, packet)?.Acknowledge(_nowMs);
                break;

            case PacketType.Pubrel:
                JudgePubrel(edge, session, packet);
                break;

            case PacketType.Pubcomp:
                if (!edge.AwaitingPubcomp.TryDequeue(out var expected) || expected != packet.PacketId)
                {
                    throw Violation("I9", $"{edge} is sent {packet} and waits for {expected}");
                }

                session.Releasing.Remove(packet.PacketId);
                break;

            case PacketType.Suback or PacketType.Unsuback:
                JudgeResponse(edge, packet);
                break;

            case PacketType.Pingresp:
                if (--edge.AwaitingPingresp < 0)
                {
                    throw Violation("I9", $"{edge} is sent PINGRESP and did not ask");
                }

                break;

            default:
                throw Violation("I9", $"{edge} is sent {packet}");
        }
    }

    private Publication? TakeAnswer(Edge edge, Queue<(ushort PacketId, Publication Publication)> awaiting, ModelSession session, WirePacket packet)
    {
        if (!awaiting.TryDequeue(out var first) || first.PacketId != packet.PacketId)
        {
            throw Violation("I9", $"{edge} is sent {packet} and waits for {first.PacketId}");
        }

        if (WasFull && packet.ReasonCode == (byte)PubackReasonCode.QuotaExceeded && edge.Version == ProtocolVersion.Mqtt5)
        {
            Refuse(session, first.Publication, packet);
            return null;
        }

        if (IsRefusedForRights(session, first.Publication, packet))
        {
            return null;
        }

        return packet.ReasonCode is 0 or (byte)PubackReasonCode.NoMatchingSubscribers
            ? first.Publication
            : throw Violation("I12", $"{edge} is refused a correct message: {packet}");
    }

    private void JudgeResponse(Edge edge, WirePacket packet)
    {
        var isSubscribe = packet.Type == PacketType.Suback;
        if (!edge.AwaitingResponse.TryDequeue(out var pending) || pending.PacketId != packet.PacketId || pending.IsSubscribe != isSubscribe)
        {
            throw Violation("I9", $"{edge} is sent {packet} and waits for {pending}");
        }

        for (var i = 0; i < pending.Parts.Count; i++)
        {
            var (interest, request) = pending.Parts[i];
            if (WasFull && request is not null && packet.ReasonCodes[i] >= 0x80)
            {
                Withdraw(interest, request);
                continue;
            }

            if (request is null)
            {
                End(interest);
                continue;
            }

            request.To = _tick;
            foreach (var older in interest.Requests)
            {
                if (older.From < request.From && older.ReplacedTo == long.MaxValue)
                {
                    older.ReplacedTo = _tick;
                }
            }

            if (request is { WantsRetained: true, MayNotBeNew: false })
            {
                _answered.Add((interest, request));
            }
        }
    }

    private void JudgePubrel(Edge edge, ModelSession session, WirePacket packet)
    {
        if (session.Outbound.TryGetValue(packet.PacketId, out var exchange) && (exchange.IsReceived || IsWithdrawn(edge, exchange)))
        {
            if (exchange.SentOn != edge)
            {
                Hit(Situation.PubrelRepeated);
                InOrder(edge, exchange);
            }

            exchange.SentOn = edge;
            exchange.IsReleased = true;
            return;
        }

        var mayBeWithdrawn = _plan.HasRights && session.MayRepeatUnsent;        // what never left the broker counts as sent
        if (!edge.AwaitingPubrelNotFound.Remove(packet.PacketId) && !session.Uncertain.ContainsKey(packet.PacketId) && !mayBeWithdrawn)
        {
            throw Violation("I2", $"{edge} is sent {packet} before its PUBREC");
        }
    }

    /// <summary>The right has gone while the broker waited for PUBREC: PUBREL comes in the place of the repeat.</summary>
    private static bool IsWithdrawn(Edge edge, ModelSession.Exchange exchange)
    {
        var isWithdrawn = exchange is { Message.IsGuarded: true, QoS: QoS.ExactlyOnce } && exchange.SentOn != edge;
        exchange.IsReceived |= isWithdrawn;
        return isWithdrawn;
    }

    /// <summary>QoS 1 and 2: packet ids, window and repeats. [MQTT-2.2.1-4] [MQTT-3.3.4-9] [MQTT-4.6.0-1]</summary>
    /// <returns>The message is sent for the first time.</returns>
    private bool JudgeExchange(Edge edge, ModelSession session, WirePacket packet, Message message)
    {
        session.Outbound.TryGetValue(packet.PacketId, out var exchange);
        if (!packet.Dup)
        {
            if (exchange is not null)
            {
                throw Violation("I9", $"{edge} is sent {packet} while the packet id is in use for {exchange.Message}");
            }

            BeginExchange(edge, session, packet, message);
            return true;
        }

        if (exchange is null && session.Uncertain.Remove(packet.PacketId, out var uncertain) && SameMessage(uncertain.Message, message))
        {
            exchange = Reopen(session, uncertain);
        }

        if (exchange is null && session.MayRepeatUnsent && !edge.HasSentNew)
        {
            AddExchange(edge, session, packet, message);
            return true;
        }

        if (exchange is { IsReceived: true, IsUncertain: true })
        {
            TakeBackAcknowledgement(session, exchange);
        }

        if (exchange is null || exchange.IsReceived || exchange.SentOn == edge || !SameMessage(exchange.Message, message))
        {
            throw Violation("I9", $"{edge} is sent {packet} as a repeat, and there is {(exchange is null ? "no such exchange" : exchange.Message)}");
        }

        if (edge.HasSentNew)
        {
            throw Violation("I3", $"{edge} is sent the repeat {packet} behind a new message");
        }

        Hit(Situation.PublishRepeated);
        InOrder(edge, exchange);
        TakeQuota(edge, exchange, packet);
        return false;
    }

    private static ModelSession.Exchange Reopen(ModelSession session, ModelSession.Exchange exchange)
    {
        exchange.IsOver = false;
        exchange.SentOn = null;
        TakeBackAcknowledgement(session, exchange);
        session.Outbound.Add(exchange.PacketId, exchange);
        session.OutboundOrder.Remove(exchange);
        session.OutboundOrder.Add(exchange);
        return exchange;
    }

    /// <summary>The message is sent again, or stands in the store as if it had not been answered: its PUBACK or PUBREC did not count.</summary>
    private static void TakeBackAcknowledgement(ModelSession session, ModelSession.Exchange exchange)
    {
        exchange.IsReceived = false;
        if (!exchange.Message.IsClear)
        {
            var record = session.DeliveryOf(exchange.Message);
            record.Acknowledged--;
            record.IsRefused = false;
        }
    }

    private static bool SameMessage(Message one, Message other) =>
        one.Number == other.Number && string.Equals(one.Topic, other.Topic, StringComparison.Ordinal);

    private void BeginExchange(Edge edge, ModelSession session, WirePacket packet, Message message)
    {
        if (!edge.HasSentNew)
        {
            foreach (var old in session.OutboundOrder)
            {
                if (!old.IsOver && old.SentOn != edge && !old.Message.IsGuarded)
                {
                    throw Violation("I3", $"{edge} is sent the new {packet} before {old.Message} id {old.PacketId} is repeated");
                }
            }

            edge.HasSentNew = true;
        }

        AddExchange(edge, session, packet, message);
    }

    private void AddExchange(Edge edge, ModelSession session, WirePacket packet, Message message)
    {
        if (packet.PacketId == 1 && _lastExchange > 0 && session.HasWrapped)
        {
            Hit(Situation.PacketIdWrap);
        }

        session.HasWrapped |= packet.PacketId == ushort.MaxValue;
        var sequence = session.Recovered.Remove(packet.PacketId, out var place) ? place : ++_lastExchange;
        var exchange = new ModelSession.Exchange(sequence, packet.PacketId, message, packet.QoS) { IsRetained = packet.Retain, Since = _tick };
        session.Outbound.Add(packet.PacketId, exchange);
        session.OutboundOrder.Add(exchange);
        TakeQuota(edge, exchange, packet);
    }

    private void TakeQuota(Edge edge, ModelSession.Exchange exchange, WirePacket packet)
    {
        exchange.SentOn = edge;
        exchange.HoldsQuota = true;
        edge.InFlight++;
        if (edge.InFlight > edge.ReceiveMaximum)
        {
            throw Violation("I9", $"{edge} has a Receive Maximum of {edge.ReceiveMaximum} and is sent {packet} as the {edge.InFlight}th");
        }

        if (edge.InFlight == edge.ReceiveMaximum)
        {
            Hit(Situation.ReceiveMaximumReached);
        }
    }

    private static void InOrder(Edge edge, ModelSession.Exchange exchange)
    {
        if (exchange.Message.IsGuarded)
        {
            return;                                     // PUBREL in the place of a repeat waits for the log
        }

        if (exchange.Sequence < edge.LastRepeated)
        {
            throw Violation("I3", $"{edge} is sent the repeat of {exchange.Message} id {exchange.PacketId} out of order");
        }

        edge.LastRepeated = exchange.Sequence;
    }
}
