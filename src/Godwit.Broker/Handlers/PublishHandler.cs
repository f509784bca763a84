using Godwit.Broker.Log;
using Godwit.Broker.Messages;
using Godwit.Broker.Routing;
using Godwit.Broker.Security;
using Godwit.Broker.Sessions;
using Godwit.Broker.Shards;
using Godwit.Protocol;
using Godwit.Protocol.Delivery;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Handlers;

/// <summary>PUBLISH from a client (5.0 §3.3): checks, alias, rights, QoS 2 duplicates, then the router, then the acknowledgement.</summary>
internal sealed class PublishHandler(Shard shard)
{
    private byte[] _propertyScratch = new byte[1024];
    private byte[] _topicScratch = [];

    public PacketError Handle(Connection connection, byte flags, ReadOnlySpan<byte> body)
    {
        var error = PublishPacket.TryRead(flags, body, connection.Version, out var publish);
        if (error != PacketError.None)
        {
            return error;
        }

        var topic = publish.Topic;
        error = Check(connection, publish, ref topic);
        if (error != PacketError.None)
        {
            return error;
        }

        shard.Counters.PublishReceived[(int)publish.QoS]++;
        shard.Counters.PublishBytesReceived += publish.Payload.Length;
        if (publish.QoS != QoS.ExactlyOnce)
        {
            var record = new PublishRecord { IsRelaxed = IsRelaxed(topic) };
            var code = Accept(connection, publish, topic, record, out var ticket);
            if (publish.QoS == QoS.AtLeastOnce && !connection.IsClosed && !connection.IsAsking)
            {
                shard.Answer(connection, new PubackPacket { PacketId = publish.PacketId, ReasonCode = CodeFor(connection, code) }, ticket);     // [MQTT-4.3.2-4] [MQTT3-4.3.2-2]
            }

            return PacketError.None;
        }

        return HandleQoS2(connection, publish, topic);
    }

    private PacketError HandleQoS2(Connection connection, in PublishPacket publish, ReadOnlySpan<byte> topic)
    {
        var session = connection.Session!;
        var inbound = session.Inbound;
        var code = PubackReasonCode.Success;
        switch (inbound.OnPublish(publish.PacketId, shard.Core.Limits.ReceiveMaximum))
        {
            case InboundOutcome.ReceiveMaximumExceeded:
                return PacketError.ReceiveMaximumExceeded;          // [MQTT-3.3.4-7]

            case InboundOutcome.New:
                var record = InboundRecord(session, publish.PacketId);
                var accepted = Accept(connection, publish, topic, record, out var ticket);
                code = CodeFor(connection, accepted);
                if (connection.IsClosed || connection.IsAsking)
                {
                    inbound.Refuse(publish.PacketId);               // 3.x: the client repeats it; what waits is handled anew: then it is a new message
                    return PacketError.None;
                }

                if (code.IsError())
                {
                    inbound.Refuse(publish.PacketId);               // [MQTT-4.3.3-9] no PUBREL follows
                }
                else if (record.InboundId != 0 && !accepted.IsError())      // what was dropped for a 3.x client is not in the log
                {
                    (session.InboundRecords ??= [])[publish.PacketId] = record.InboundId;
                }

                session.InboundTicket = ticket ?? session.InboundTicket;
                break;
        }

#if DEFECTS
        if (Defect.Is("qos2-forgotten-after-pubrec")) { inbound.Refuse(publish.PacketId); }
#endif
#if DEFECTS
        if (Defect.Is("pubrec-before-inbound-durable")) { session.InboundTicket = null; }
#endif
        shard.Answer(
            connection,
            new PubrecPacket { PacketId = publish.PacketId, ReasonCode = (PubrecReasonCode)code },   // [MQTT-4.3.3-8] [MQTT3-4.3.3-2]
            session.InboundTicket);
        return PacketError.None;
    }

    /// <summary>The packet id of a durable session's client is remembered together with the message.</summary>
    private PublishRecord InboundRecord(Session session, ushort packetId) => session.No == 0
        ? default
        : new PublishRecord { InboundSessionNo = session.No, InboundPacketId = packetId, InboundId = shard.Durability!.Log.NewId() };

    private bool IsRelaxed(ReadOnlySpan<byte> topic)
    {
        var beginnings = shard.Core.Settings.RelaxedTopics;
        for (var i = 0; i < beginnings.Count; i++)
        {
            if (topic.StartsWith(beginnings[i]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>3.x has no reason codes: what was refused is acknowledged and dropped. [MQTT3-3.3.5-2]</summary>
    private static PubackReasonCode CodeFor(Connection connection, PubackReasonCode code) =>
        connection.IsMqtt5 ? code : PubackReasonCode.Success;

    private PacketError Check(Connection connection, in PublishPacket publish, ref ReadOnlySpan<byte> topic)
    {
        var core = shard.Core;
        if (!publish.Properties.IsEmpty)
        {
            var error = CheckProperties(connection, publish.Properties, ref topic);
            if (error != PacketError.None)
            {
                return error;
            }
        }

        if (connection.IsMounted)
        {
            topic = MountPoint.Add(connection.Identity, topic, ref _topicScratch);
        }

        if (!core.IsTopicWithinLimits(topic))
        {
            return PacketError.TopicNameRefused;
        }

        if (publish.QoS > core.MaximumQoSOf(connection))
        {
            return PacketError.QoSNotSupported;                     // [MQTT-3.2.2-11]
        }

        return publish.Retain && !core.Settings.RetainAvailable ? PacketError.RetainNotSupported : PacketError.None;    // [MQTT-3.2.2-14]
    }

    /// <summary>The alias is set before rights and quota are asked: a refused PUBLISH still teaches it.</summary>
    private PacketError CheckProperties(Connection connection, PropertyBlock properties, ref ReadOnlySpan<byte> topic)
    {
        uint alias = 0;
        var userProperties = 0;
        foreach (var property in properties)
        {
            switch (property.Id)
            {
                case PropertyId.SubscriptionIdentifier:
                    return PacketError.SubscriptionIdentifierFromClient;        // [MQTT-3.3.4-6]

                case PropertyId.TopicAlias:
                    alias = property.Number;
                    break;

                case PropertyId.UserProperty:
                    userProperties++;
                    break;
            }
        }

        if (userProperties > shard.Core.Limits.UserPropertiesMax)
        {
            return PacketError.TooManyUserProperties;
        }

        if (alias == 0)
        {
            return PacketError.None;
        }

        connection.InboundAliases ??= new InboundTopicAliases(shard.Core.Limits.TopicAliasMaximum);
        return connection.InboundAliases.Resolve(alias, ref topic);
    }

    private PubackReasonCode Accept(
        Connection connection, in PublishPacket publish, ReadOnlySpan<byte> topic, in PublishRecord record, out Ticket? ticket)
    {
        ticket = null;
        if (!shard.Publications.MayPublish(connection, topic, publish.QoS, publish.Retain))
        {
            if (connection.IsAsking)
            {
                shard.Counters.PublishReceived[(int)publish.QoS]--;             // it is counted when it is handled anew
                shard.Counters.PublishBytesReceived -= publish.Payload.Length;
                return PubackReasonCode.NotAuthorized;
            }

            shard.Core.World.PublishDenied(connection, topic, publish.QoS, publish.Retain);
            return PubackReasonCode.NotAuthorized;
        }

        var announced = long.MaxValue;
        var properties = publish.Properties.Bytes;
        if (!properties.IsEmpty)
        {
            properties = TakePassThrough(publish.Properties, out announced);
        }

        var view = new MessageView
        {
            Topic = topic,
            Properties = properties,
            Payload = publish.Payload,
            QoS = publish.QoS,
            AnnouncedExpiryMs = announced,
            ExpiresAtMs = shard.Publications.CapExpiry(announced),
        };
        var mayRefuse = connection.IsMqtt5 && publish.QoS != QoS.AtMostOnce;
        switch (shard.Router.Publish(view, publish.Retain, connection.Subject, mayRefuse, record, out ticket))
        {
            case RouteResult.StoreFull when !connection.IsMqtt5:
                shard.Close(connection, CloseReason.StoreFull, DisconnectReasonCode.QuotaExceeded, "");
                return PubackReasonCode.QuotaExceeded;

            case RouteResult.RetainedFull or RouteResult.OwnerFull or RouteResult.StoreFull:
                return PubackReasonCode.QuotaExceeded;

            case RouteResult.NoSubscribers:
                return PubackReasonCode.NoMatchingSubscribers;

            default:
                return PubackReasonCode.Success;
        }
    }

    /// <summary>The properties that travel on, and when the message expires. Copied only when something has to be taken out.</summary>
    private ReadOnlySpan<byte> TakePassThrough(PropertyBlock properties, out long announcedExpiryMs)
    {
        announcedExpiryMs = long.MaxValue;
        var isWhole = true;
        foreach (var property in properties)
        {
            isWhole &= !PassThrough.StaysBehind(property.Id);
            if (property.Id == PropertyId.MessageExpiryInterval)
            {
                announcedExpiryMs = shard.NowMs + (property.Number * 1000L);
            }
        }

        if (isWhole)
        {
            return properties.Bytes;
        }

        if (_propertyScratch.Length < properties.Bytes.Length)
        {
            _propertyScratch = new byte[2 * properties.Bytes.Length];
        }

        return _propertyScratch.AsSpan(0, PassThrough.Copy(properties, _propertyScratch));
    }
}
