using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Simulation.Networks;
using Godwit.Simulation.Runs;

namespace Godwit.Simulation.Oracles;

/// <summary>What a packet from a client means.</summary>
internal sealed partial class Oracle
{
    private void HandIn(Edge edge, WirePacket packet)
    {
        var session = edge.Session ?? throw new InvalidOperationException("A packet before CONNACK.");
        switch (packet.Type)
        {
            case PacketType.Publish:
                HandInPublish(edge, session, packet);
                break;

            case PacketType.Puback:
                Acknowledge(edge, session, packet, isQoS2: false);
                break;

            case PacketType.Pubrec:
                HandInPubrec(edge, session, packet);
                break;

            case PacketType.Pubrel:
                if (session.Inbound.Remove(packet.PacketId, out var released))
                {
                    session.Releasing[packet.PacketId] = released;
                }

                edge.AwaitingPubcomp.Enqueue(packet.PacketId);
                break;

            case PacketType.Pubcomp:
                Complete(edge, session, packet.PacketId);
                break;

            case PacketType.Subscribe:
                HandInSubscribe(edge, session, packet);
                break;

            case PacketType.Unsubscribe:
                HandInUnsubscribe(edge, session, packet);
                break;

            case PacketType.Pingreq:
                edge.AwaitingPingresp++;
                break;

            case PacketType.Disconnect:
                edge.DisconnectCode = packet.ReasonCode;
                var expiry = packet.NumberOr(PropertyId.SessionExpiryInterval, uint.MaxValue - 1);
                edge.DisconnectExpiryMs = expiry == uint.MaxValue - 1 ? null : ExpiryOf(expiry);
                break;
        }
    }

    private void HandInPublish(Edge edge, ModelSession session, WirePacket packet)
    {
        if (packet.QoS == QoS.ExactlyOnce && session.Inbound.TryGetValue(packet.PacketId, out var known))
        {
            Hit(Situation.QoS2PublishRepeated);
            Reopen(known);
            edge.AwaitingPubrec.Enqueue((packet.PacketId, known));
            return;
        }

        var message = packet.Payload.Length == 0 ? ClearMessage(edge, packet) : _messages.Find(packet.Payload)!;
        var publication = Begin(message);
        switch (packet.QoS)
        {
            case QoS.AtMostOnce:
                edge.Unanswered.Add(publication);
                break;

            case QoS.AtLeastOnce:
                edge.AwaitingPuback.Enqueue((packet.PacketId, publication));
                break;

            default:
                session.Inbound[packet.PacketId] = publication;
                edge.AwaitingPubrec.Enqueue((packet.PacketId, publication));
                break;
        }
    }

    /// <summary>A repeat of what was never answered: now, at the latest, it has its effect.</summary>
    private void Reopen(Publication publication)
    {
        if (publication is { IsPromised: false, IsSettled: true })
        {
            if (!publication.IsOpen)
            {
                _open.Add(publication);
            }

            publication.Reopen();
        }
    }

    private static Message ClearMessage(Edge edge, WirePacket packet) =>
        new MessageTemplate(edge.ClientId, packet.Topic, packet.QoS) { Retain = packet.Retain }.Make(0, []);

    private void HandInPubrec(Edge edge, ModelSession session, WirePacket packet)
    {
        if (!session.Outbound.ContainsKey(packet.PacketId) && packet.ReasonCode < 0x80)
        {
            edge.AwaitingPubrelNotFound.Add(packet.PacketId);
            return;
        }

        Acknowledge(edge, session, packet, isQoS2: true);
    }

    /// <summary>PUBACK or PUBREC: the message itself is no longer needed.</summary>
    private void Acknowledge(Edge edge, ModelSession session, WirePacket packet, bool isQoS2)
    {
        if (!session.Outbound.TryGetValue(packet.PacketId, out var exchange) || exchange.QoS == QoS.ExactlyOnce != isQoS2)
        {
            return;
        }

        edge.Unhandled.Add(exchange);
        if (!exchange.Message.IsClear && !exchange.IsReceived)
        {
            var record = session.DeliveryOf(exchange.Message);
            record.Acknowledged++;
            record.IsRefused |= packet.ReasonCode >= 0x80;
        }

        if (isQoS2 && packet.ReasonCode < 0x80)
        {
            exchange.IsReceived = true;
            return;
        }

        if (packet.ReasonCode >= 0x80)
        {
            Hit(Situation.RefusedByReceiver);
        }

        Finish(session, exchange);
    }

    private void Complete(Edge edge, ModelSession session, ushort packetId)
    {
        if (session.Outbound.TryGetValue(packetId, out var exchange) && exchange.IsReceived)
        {
            edge.Unhandled.Add(exchange);
            Finish(session, exchange);
        }
    }

    private void Finish(ModelSession session, ModelSession.Exchange exchange)
    {
        exchange.IsOver = true;
        if (exchange.HoldsQuota)
        {
            exchange.HoldsQuota = false;
            exchange.SentOn!.InFlight--;
        }

        session.Outbound.Remove(exchange.PacketId);
        if (_plan.Store.IsDurable)
        {
            session.Finished[exchange.PacketId] = exchange;
        }

        if (session.OutboundOrder.Count > 64 && session.OutboundOrder.Count > 4 * session.Outbound.Count)
        {
            session.OutboundOrder.RemoveAll(old => old.IsOver);
        }
    }

    private void HandInSubscribe(Edge edge, ModelSession session, WirePacket packet)
    {
        var identifier = packet.NumberOr(PropertyId.SubscriptionIdentifier, 0);
        var parts = new List<(Interest, Interest.Request?)>();
        foreach (var (filter, options) in packet.Filters)
        {
            var interest = session.Interests.Find(one => one.EndsFrom == long.MaxValue && string.Equals(one.Filter, filter, StringComparison.Ordinal));
            if (interest is null)
            {
                interest = new Interest(session, filter);
                session.Interests.Add(interest);
                if (interest.IsShared)
                {
                    _shared.Add(interest);
                }
            }
            else
            {
                Hit(Situation.SubscriptionReplaced);
            }

            var request = new Interest.Request
            {
                From = _tick,
                QoS = options.QoS,
                NoLocal = options.NoLocal,
                RetainAsPublished = options.RetainAsPublished,
                WantsRetained = !interest.IsShared && (options.RetainHandling == RetainHandling.SendAtSubscribe
                    || (options.RetainHandling == RetainHandling.SendIfNew && interest.Requests.TrueForAll(older => older.To == long.MaxValue))),
                MayNotBeNew = options.RetainHandling == RetainHandling.SendIfNew
                    && (interest.Requests.Count > 0
                        || session.Interests.Exists(old => old != interest && old.EndsTo == long.MaxValue && string.Equals(old.Filter, filter, StringComparison.Ordinal))),
                Identifier = identifier,
            };
            interest.Requests.Add(request);
            parts.Add((interest, request));
        }

        edge.AwaitingResponse.Enqueue(new Edge.PendingRequest(packet.PacketId, IsSubscribe: true, parts));
    }

    private void HandInUnsubscribe(Edge edge, ModelSession session, WirePacket packet)
    {
        var parts = new List<(Interest, Interest.Request?)>();
        foreach (var (filter, _) in packet.Filters)
        {
            foreach (var interest in session.Interests)
            {
                if (string.Equals(interest.Filter, filter, StringComparison.Ordinal) && interest.EndsTo == long.MaxValue)
                {
                    interest.EndsFrom = Math.Min(interest.EndsFrom, _tick);
                    parts.Add((interest, null));
                    if (session.Outbound.Count > 0)
                    {
                        Hit(Situation.UnsubscribedInFlight);
                    }
                }
            }
        }

        edge.AwaitingResponse.Enqueue(new Edge.PendingRequest(packet.PacketId, IsSubscribe: false, parts));
    }
}
