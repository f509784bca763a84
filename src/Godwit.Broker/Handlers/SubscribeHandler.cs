using System.Buffers;
using Godwit.Broker.Log;
using Godwit.Broker.Protection;
using Godwit.Broker.Routing;
using Godwit.Broker.Security;
using Godwit.Broker.Sessions;
using Godwit.Broker.Shards;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;
using Godwit.Protocol.Topics;

namespace Godwit.Broker.Handlers;

/// <summary>SUBSCRIBE (5.0 §3.8): each filter is answered for itself, then SUBACK, then the retained messages.</summary>
internal sealed class SubscribeHandler(Shard shard)
{
    public PacketError Handle(Connection connection, ReadOnlySpan<byte> body)
    {
        var error = SubscribePacket.TryRead(body, connection.Version, out var subscribe);
        if (error != PacketError.None)
        {
            return error;
        }

        if (subscribe.Properties.CountOf(PropertyId.UserProperty) > shard.Core.Limits.UserPropertiesMax)
        {
            return PacketError.TooManyUserProperties;
        }

        if (!connection.IsMqtt5 && HasInvalidFilter(subscribe))
        {
            return PacketError.TopicFilterInvalid;          // [MQTT3-4.7.1-2] 3.x has no code that says so
        }

        if (shard.Core.Access.HasToAsk && connection.Inquiry is null && Undecided(connection, subscribe) is { Count: > 0 } questions)
        {
            shard.Ask(connection, questions);
            return PacketError.None;
        }

        var codes = ArrayPool<byte>.Shared.Rent(subscribe.FilterCount);
        error = SubscribeAll(connection, subscribe, codes.AsSpan(0, subscribe.FilterCount));
        ArrayPool<byte>.Shared.Return(codes);
        return error;
    }

    private static bool HasInvalidFilter(in SubscribePacket subscribe)
    {
        foreach (var entry in subscribe.Filters)
        {
            if (!TopicFilter.TryParse(entry.Filter, out _))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Filters that somebody has to be asked about, before any of them has an effect: their order stays.</summary>
    private List<AccessQuestion> Undecided(Connection connection, in SubscribePacket subscribe)
    {
        var questions = new List<AccessQuestion>();
        foreach (var entry in subscribe.Filters)
        {
            var whole = MountPoint.AddToFilter(connection.Identity, entry.Filter);
            if (TryParse(whole, out var filter)
                && !shard.Core.Access.MaySubscribe(connection.Subject, filter.Filter, entry.Options.QoS)
                && shard.Core.Access.IsUndecided(connection.Subject, AccessAction.Subscribe, filter.Filter, entry.Options.QoS, retain: false))
            {
                questions.Add(new AccessQuestion(AccessAction.Subscribe, filter.Filter.ToArray(), entry.Options.QoS, retain: false));
            }
        }

        return questions;
    }

    private bool TryParse(ReadOnlySpan<byte> whole, out TopicFilter filter)
    {
        var limits = shard.Core.Limits;
        return TopicFilter.TryParse(whole, out filter)
            && shard.Core.IsTopicWithinLimits(whole)
            && (limits.FilterWildcardsMax == 0 || TopicFilter.CountWildcards(filter.Filter) <= limits.FilterWildcardsMax);
    }

    private bool MaySubscribe(Connection connection, ReadOnlySpan<byte> filter, QoS qos) =>
        shard.Core.Access.MaySubscribe(connection.Subject, filter, qos)
        || (Shard.AnswerInHand(connection, AccessAction.Subscribe, filter, qos, retain: false) == AccessAnswer.Allowed
            && shard.Core.Access.IsUndecided(connection.Subject, AccessAction.Subscribe, filter, qos, retain: false));

    private PacketError SubscribeAll(Connection connection, in SubscribePacket subscribe, Span<byte> codes)
    {
        var session = connection.Session!;
        var identifier = subscribe.Properties.NumberOr(PropertyId.SubscriptionIdentifier, 0);
        uint[]? identifiers = identifier == 0 ? null : [identifier];
        var count = 0;
        foreach (var entry in subscribe.Filters)                        // [MQTT-3.8.4-5] [MQTT3-3.8.4-4] one after the other
        {
            var filter = MountPoint.AddToFilter(connection.Identity, entry.Filter);
            var code = Subscribe(connection, session, filter, entry.Options, identifiers);
            shard.Core.World.Subscribed(connection, entry.Filter, code);
            if (code.IsError() && connection.Version == ProtocolVersion.Mqtt31)
            {
                return PacketError.TopicFilterInvalid;                  // 3.1 has no failure code: grant or close
            }

            codes[count++] = connection.IsMqtt5 || !code.IsError() ? (byte)code : (byte)SubackReasonCode.UnspecifiedError;
        }

        // SUBACK goes before the retained messages, which Pump sends as the client takes them. [MQTT-3.8.4-1] [MQTT3-3.8.4-1]
        var ticket = session.No != 0 ? shard.Durability!.TurnTicket : null;
#if DEFECTS
        if (Defect.Is("suback-before-durable")) { ticket = null; }
#endif
        session.SubackTicket = ticket;
        shard.Answer(connection, new SubackPacket { PacketId = subscribe.PacketId, ReasonCodes = codes }, ticket);
        shard.Deliveries.Pump(connection);
        return PacketError.None;
    }

    /// <summary>Subscribes to one filter.</summary>
    /// <param name="connection">Of the client.</param>
    /// <param name="session">Its session.</param>
    /// <param name="whole">The filter, with the mount point, and with <c>$share</c> where there is one.</param>
    /// <param name="options">What the client asks for.</param>
    /// <param name="identifiers">Subscription Identifiers; null for none.</param>
    private SubackReasonCode Subscribe(
        Connection connection, Session session, ReadOnlySpan<byte> whole, SubscriptionOptions options, uint[]? identifiers)
    {
        if (!TryParse(whole, out var filter))
        {
            return SubackReasonCode.TopicFilterInvalid;
        }

        if (!MaySubscribe(connection, filter.Filter, options.QoS))
        {
            return SubackReasonCode.NotAuthorized;
        }

        var replaced = session.Subscriptions.Find(whole);
        if (replaced is null && !HasRoom(session, whole))
        {
            return SubackReasonCode.QuotaExceeded;
        }

        var granted = (QoS)Math.Min((int)options.QoS, (int)shard.Core.MaximumQoSOf(connection));   // [MQTT-3.2.2-10]
        var subscription = new Subscription
        {
            Session = session,
            Filter = replaced?.Filter ?? whole.ToArray(),
            QoS = granted,
            NoLocal = options.NoLocal,
            RetainAsPublished = options.RetainAsPublished,
            Identifiers = identifiers,
            RecordId = session.No != 0 ? shard.Durability!.Log.NewId() : 0,
        };
        Record(subscription, replaced);
        shard.Core.Tree.Subscribe(subscription, filter, replaced);          // first the index, then the retained store
        if (replaced is null)
        {
            session.Subscriptions.Add(subscription);
            session.Usage?.AddSubscriptions(1);
        }
        else
        {
            session.Subscriptions.Replace(replaced, subscription);
        }

        SearchRetained(session, subscription, filter, options.RetainHandling, replaced);
        return (SubackReasonCode)granted;
    }

    private void Record(Subscription subscription, Subscription? replaced)
    {
        if (subscription.RecordId == 0)
        {
            return;
        }

        var log = shard.Durability!.Log;
        log.PutSubscription(subscription.RecordId, new SubscriptionRecord
        {
            SessionNo = subscription.Session.No,
            Filter = subscription.Filter,
            QoS = subscription.QoS,
            NoLocal = subscription.NoLocal,
            RetainAsPublished = subscription.RetainAsPublished,
            Identifier = subscription.Identifiers?[0] ?? 0,
        });
        if (replaced is not null)
        {
            log.Delete(replaced.RecordId);
        }
    }

    private bool HasRoom(Session session, ReadOnlySpan<byte> filter)
    {
        if (session.No != 0 && shard.Durability is { IsFull: true })
        {
            return false;
        }

        if (!HasUserRoom(session))
        {
            return false;
        }

        var limits = shard.Core.Limits;
        ref readonly var subscriptions = ref session.Subscriptions;
        return (limits.FiltersPerSessionMax == 0 || subscriptions.Count < limits.FiltersPerSessionMax)
            && subscriptions.Bytes + SubscriptionTable.CostOf(filter) <= limits.FilterBytesPerSessionMax;
    }

    private bool HasUserRoom(Session session)
    {
        if (shard.Core.Quotas is not { SubscriptionsMax: > 0 } quotas || session.Usage is not { } usage || usage.Subscriptions < quotas.SubscriptionsMax)
        {
            return true;
        }

        shard.Count(ProtectionReason.UserSubscriptions);
        return quotas.IsReportOnly;
    }

    private void SearchRetained(Session session, Subscription subscription, TopicFilter filter, RetainHandling handling, Subscription? replaced)
    {
        var wants = handling switch
        {
            RetainHandling.SendAtSubscribe => true,                         // [MQTT-3.3.1-9] [MQTT3-3.8.4-3]
            RetainHandling.SendIfNew => replaced is null,                   // [MQTT-3.3.1-10]
            _ => false,                                                     // [MQTT-3.3.1-11]
        };
        if (replaced?.RetainedSearch is { } search)
        {
            if (wants)
            {
                session.RetainedBacklog!.EndProgress(search);
                search.Begin(subscription);
                Record(session, search);
            }
            else
            {
                search.Pass(subscription);
            }
        }
        else if (wants && !filter.IsShared && MayFindRetained(subscription.Filter))
        {
            search = new RetainedSearch(shard.Core.Tree);
            search.Begin(subscription);
            if (session.No != 0 && !search.MayFind(shard.NowMs))
            {
                subscription.RetainedSearch = null;                         // so nothing of it has to be written
                return;
            }

            Record(session, search);
            (session.RetainedBacklog ??= new RetainedBacklog(shard.Durability)).Add(search);
        }
    }

    /// <summary>Most brokers retain little: nothing is made for a search that cannot find anything.</summary>
    private bool MayFindRetained(ReadOnlySpan<byte> filter) => shard.Core.Tree.RetainedCount > 0 || filter[0] == (byte)'$';

    /// <summary>SUBACK promises what a durable session is owed, so the log knows of it until all of it is in the queue.</summary>
    private void Record(Session session, RetainedSearch search)
    {
        if (session.No == 0 || shard.Core.Tree.RetainedCount == 0)
        {
            return;                                                         // what the broker itself says of $SYS it says anew after a restart
        }

        var log = shard.Durability!.Log;
        var id = log.NewId();
        log.PutRetainedSearch(id, new RetainedSearchRecord
        {
            SessionNo = session.No,
            Filter = search.Subscription.Filter,
            OlderThan = search.OlderThan,
            NoLocal = search.Subscription.NoLocal,
        });
        search.Progress = new RetainedProgress(session.No, id);
    }
}
