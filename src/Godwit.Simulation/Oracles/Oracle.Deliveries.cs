using Godwit.Protocol;
using Godwit.Protocol.Properties;
using Godwit.Simulation.Networks;
using Godwit.Simulation.Runs;

namespace Godwit.Simulation.Oracles;

/// <summary>Whether a message may go to a session, and whether all that had to have gone.</summary>
internal sealed partial class Oracle
{
    /// <summary>The application of a client is given a message.</summary>
    public void Delivered(Edge edge, WirePacket packet)
    {
        var session = edge.Session!;
        var message = _messages.Find(packet.Payload);
        if (message is null || message.IsGuarded)
        {
            return;                                 // empty: nobody can tell one from the other
        }

        var record = session.DeliveryOf(message);
        record.Received++;
        var times = ++record.ReceivedWithQoS[(int)packet.QoS];
        if (packet.QoS != QoS.AtLeastOnce && times > record.SentWithQoS[(int)packet.QoS])
        {
            throw Violation("I2", $"the application of {session} gets {message} {times} times with QoS {(int)packet.QoS}");
        }

        if (record.Received > 1 || packet.Retain || message.IsWill || message.Publications.Count > 1 || record.SentShared > 0)
        {
            return;                                 // order is that of first deliveries to what is not shared
        }

        if (session.HasOutlivedBroker && message.Publications.TrueForAll(publication => publication.ExpiresFromMs <= _nowMs))
        {
            return;                                 // it was dropped as expired, and a crash took that back: then it counts as sent
        }

        var key = (message.PublisherId, message.Topic, message.QoS, packet.QoS);
        if (session.LastReceived.TryGetValue(key, out var last) && last > message.Number)
        {
            throw Violation("I3", $"the application of {session} gets {message} behind m{last}");
        }

        session.LastReceived[key] = message.Number;
    }

    private void JudgePublish(Edge edge, ModelSession session, WirePacket packet)
    {
        var message = packet.Payload.Length == 0 ? ClearedBy(edge, packet) : _messages.Find(packet.Payload);
        if (message is null || message.Publications.Count == 0 || !string.Equals(message.Topic, packet.Topic, StringComparison.Ordinal))
        {
            throw Violation(message is { IsWill: true } ? "I7" : "I4", $"{edge} is sent what nobody has published: {packet}");
        }

        if (packet.QoS != QoS.AtMostOnce && !JudgeExchange(edge, session, packet, message))
        {
            if (message.IsGuarded)
            {
                JudgeRights(edge, session, packet, message);
            }

            return;
        }

        if (!message.IsClear)
        {
            if (!edge.WasCongested && !packet.Dup && edge.ConnackMs != _nowMs)  // else it may have been written, and waited for the transport
            {
                JudgeExpiry(edge, packet, message);
            }

            JudgeProperties(edge, packet, message);
            if (message.IsGuarded)
            {
                JudgeRights(edge, session, packet, message);
            }
            else
            {
                JudgeRoute(edge, session, packet, message);
            }
        }
    }

    private Message ClearedBy(Edge edge, WirePacket packet) =>
        _retained.LastClear(packet.Topic) ?? throw Violation("I4", $"{edge} is sent an empty message nobody has published: {packet}");

    private void JudgeProperties(Edge edge, WirePacket packet, Message message)
    {
        if (edge.Version != ProtocolVersion.Mqtt5)
        {
            return;
        }

        var passed = new List<byte>();
        foreach (var property in PropertyBlock.FromTrusted(packet.Properties))
        {
            switch (property.Id)
            {
                case PropertyId.TopicAlias:
                    Hit(Situation.OutboundAlias);
                    break;

                case PropertyId.SubscriptionIdentifier or PropertyId.MessageExpiryInterval:
                    break;

                default:
                    passed.AddRange(property.Encoded);
                    break;
            }
        }

        if (!passed.SequenceEqual(message.Properties))
        {
            throw Violation("I4", $"{edge} is sent {packet} with other properties than it was published with");
        }
    }

    private void JudgeExpiry(Edge edge, WirePacket packet, Message message)
    {
        var expiresFrom = 0L;
        var expiresTo = 0L;
        foreach (var publication in message.Publications)
        {
            expiresFrom = Math.Max(expiresFrom, publication.ExpiresFromMs);
            expiresTo = Math.Max(expiresTo, publication.ExpiresToMs(_nowMs));
        }

        if (expiresTo <= _nowMs)
        {
            throw Violation("I13", $"{edge} is sent {packet} {_nowMs - expiresTo} ms after it expired");
        }

        if (edge.Version != ProtocolVersion.Mqtt5 || message.Publications.Count > 1 || _plan.Settings.MessageExpirySecondsMax > 0)
        {
            return;
        }

        var told = packet.NumberOr(PropertyId.MessageExpiryInterval, uint.MaxValue);
        if ((told == uint.MaxValue) != (message.ExpirySeconds is null)
            || (told != uint.MaxValue && (told * 1000L < expiresFrom - _nowMs - 1000 || told * 1000L > expiresTo - _nowMs + 1000)))
        {
            throw Violation("I13", $"{edge} is sent {packet} with an expiry of {told} s; it has {expiresFrom - _nowMs} ms left");
        }
    }

    private void JudgeRoute(Edge edge, ModelSession session, WirePacket packet, Message message)
    {
        var routes = new Routes(this, session, message);
        var record = session.DeliveryOf(message);
        if (packet.Retain)
        {
            record.SentWithRetain++;
            record.LastWithRetain = _tick;
        }

        record.Sent++;
        record.SentWithQoS[(int)packet.QoS]++;
        record.QoS = packet.QoS > record.QoS ? packet.QoS : record.QoS;
        var sum = routes.Sum + record.TakenBack;
        if (routes.Sum == 0)
        {
            throw Violation(packet.Retain ? "I6" : "I4", $"{edge} has not asked for {packet}");
        }

        var plainMax = routes.Live + routes.Shared;
        var retainMax = routes.Stored + record.TakenBack + (message.Retain ? routes.AsPublished : 0);
        if (record.Sent > sum || record.Sent - record.SentWithRetain > plainMax || record.SentWithRetain > retainMax)
        {
            var invariant = packet.Retain ? "I6" : message.IsWill ? "I7" : "I2";
            throw Violation(invariant, $"{edge} is sent {packet} for the {record.Sent}th time ({record.SentWithRetain} retained); {routes} are right{(record.TakenBack > 0 ? $", and {record.TakenBack} again" : "")}");
        }

        if (packet.QoS == QoS.ExactlyOnce && record.SentWithQoS[2] > routes.Sum - routes.Lost)
        {
            throw Violation("I2", $"{edge} is sent {packet}, which a crash had taken back and which was not published again");
        }

        if (!routes.AllowsQoS(packet.QoS))
        {
            throw Violation("I4", $"{edge} is sent {packet}, and no subscription gives that QoS");
        }

        if (!packet.Retain && routes is { Live: > 0, Shared: 0 } && packet.QoS < routes.LowestQoS)
        {
            throw Violation("I4", $"{edge} is sent {packet}; its subscriptions give QoS {(int)routes.LowestQoS}");
        }

        if (edge.Version == ProtocolVersion.Mqtt5)
        {
            JudgeIdentifiers(edge, packet, routes);
        }

        if (routes is { Shared: > 0, Live: 0, Stored: 0 })
        {
            record.SentShared++;
            _shared.Sent(session, message, routes.SharedFilter!, packet.QoS, _tick);
        }
    }

    private void JudgeIdentifiers(Edge edge, WirePacket packet, Routes routes)
    {
        var told = new List<uint>();
        foreach (var property in PropertyBlock.FromTrusted(packet.Properties))
        {
            if (property.Id == PropertyId.SubscriptionIdentifier)
            {
                told.Add(property.Number);
            }
        }

        if (told.Count > 1)
        {
            Hit(Situation.OverlapMerged);
        }

        foreach (var identifier in told)
        {
            if (!routes.Identifiers.Contains(identifier))
            {
                throw Violation("I4", $"{edge} is sent {packet} with Subscription Identifier {identifier}, which is not of a subscription that matches");
            }
        }

        if (!packet.Retain && routes.Shared == 0 && routes.NeededIdentifiers.Find(needed => !told.Contains(needed)) is var missing and not 0)
        {
            throw Violation("I4", $"{edge} is sent {packet} without Subscription Identifier {missing}");
        }
    }

    /// <summary>A publication has had its effect: whoever had to get it is owed it.</summary>
    private void Expect(Publication publication, bool isCrash = false)
    {
        var message = publication.Message;
        if (message.IsClear || message.IsGuarded)
        {
            return;
        }

        foreach (var session in _sessions)
        {
            var lowest = -1;
            var highest = 0;
            foreach (var interest in session.Interests)
            {
                if (interest.IsShared || !interest.Matches(message.Levels))
                {
                    continue;
                }

                var granted = GrantedBy(interest, publication, session);
                highest = Math.Max(highest, granted.Highest);
                if (interest.Covers(publication.From, publication.To))
                {
                    lowest = Math.Max(lowest, granted.Lowest);
                }
            }

            if (lowest > 0 && message.QoS > QoS.AtMostOnce)
            {
                session.Owed.Add(message.Number);
            }
            else if (!isCrash && lowest >= 0 && (highest == 0 || message.QoS == QoS.AtMostOnce))
            {
                ExpectQoS0(session, publication);
            }
        }

        _shared.Expect(publication);
    }

    /// <summary>What an interest gives for a message; -1: nothing, because of No Local.</summary>
    internal static (int Lowest, int Highest) GrantedBy(Interest interest, Publication publication, ModelSession session)
    {
        var lowest = 3;
        var highest = -1;
        foreach (var request in interest.During(publication.From, publication.To))
        {
            if (request.NoLocal && string.Equals(session.ClientId, publication.Message.PublisherId, StringComparison.Ordinal))
            {
                return (-1, 2);
            }

            lowest = Math.Min(lowest, (int)request.QoS);
            highest = Math.Max(highest, (int)request.QoS);
        }

        return (lowest, highest);
    }

    /// <summary>QoS 0 is gone when it is not sent at once to a client that takes what it is sent.</summary>
    private void ExpectQoS0(ModelSession session, Publication publication)
    {
        if (_plan is { HasSmallQueues: true, Settings.QueueQoS0Messages: true })
        {
            return;                                     // it may have come behind others, and a full queue
        }

        if (session.Connection is { WasCongested: false, PacketSizeMax: int.MaxValue } edge
            && edge.HasConnack
            && edge.Since < publication.From
            && publication.ExpiresFromMs == long.MaxValue
            && session.DeliveryOf(publication.Message).Sent == 0)
        {
            throw Violation("I1", $"{session} is connected and was not sent {publication.Message}, which has QoS 0 for it");
        }
    }

    /// <summary>Subscriptions that were answered are owed the retained messages that were there.</summary>
    private void ExpectRetained()
    {
        foreach (var (interest, request) in _answered)
        {
            foreach (var publication in _retained.Certain(request.From, _tick))
            {
                var isOwn = request.NoLocal && string.Equals(publication.Message.PublisherId, interest.Session.ClientId, StringComparison.Ordinal);
                if (!isOwn && interest.Matches(publication.Message.Levels))
                {
                    request.OwedRetained.Add(publication);
                }
            }
        }

        _answered.Clear();
    }
}
