using Godwit.Broker.Log;
using Godwit.Broker.Messages;
using Godwit.Broker.Protection;
using Godwit.Broker.Security;
using Godwit.Broker.Sessions;
using Godwit.Broker.Shards;
using Godwit.Protocol;

namespace Godwit.Broker.Routing;

/// <summary>
/// Brings a message to its subscriptions: retained store, one match, own shard at once, other shards by batch. Overlapping subscriptions
/// of one session become one copy with the highest QoS and all Subscription Identifiers. [MQTT-3.3.4-2] [MQTT-3.3.4-3] [MQTT3-3.3.5-1]
/// </summary>
internal sealed partial class Router(Shard shard)
{
    /// <summary>Visits that a match has for nothing. Ordinary topics need fewer; wildcards at every level can need 100,000.</summary>
    private const int FreeVisits = 64;

    private readonly MatchList _matches = new();
    private Pending[] _pending = new Pending[16];
    private MatchList.Segment[] _foreignSegments = new MatchList.Segment[16];
    private int _pendingCount;
    private long _stamp;
    private ulong _foreignDurable;      // of the last match: shards with sessions that keep the message

    private TopicTree Tree => shard.Core.Tree;

    /// <summary>Publishes for a client, a will or the broker.</summary>
    /// <param name="view">The message; QoS already within the server's maximum.</param>
    /// <param name="retain">RETAIN of the PUBLISH.</param>
    /// <param name="publisher">Who publishes it; default for the broker.</param>
    /// <param name="mayRefuse">The publisher can be told that the retained store is full; else the message is delivered without being stored.</param>
    /// <param name="record">What is to be written with it.</param>
    /// <param name="ticket">What its acknowledgement waits for; null: for nothing.</param>
    public RouteResult Publish(in MessageView view, bool retain, in Subject publisher, bool mayRefuse, in PublishRecord record, out Ticket? ticket)
    {
        ticket = null;
        var isFromBroker = publisher.ClientId is null;
        if (!isFromBroker && record.WillId == 0 && shard.Durability is { IsFull: true } && NeedsStore(view, retain, record))
        {
            return RouteResult.StoreFull;
        }

        var context = new PublishContext { View = view, WasRetain = retain, PublisherId = publisher.ClientId, Record = record };
        context.PublisherIdentity = retain ? publisher.Identity?.Principal : null;
        var retained = retain ? Retain(ref context) : RetainOutcome.Stored;
        if (retained == RetainOutcome.OwnerFull)
        {
            return RouteResult.OwnerFull;
        }

        if (retained == RetainOutcome.Full)
        {
            if (mayRefuse)
            {
                return RouteResult.RetainedFull;
            }

            ClearRetained(ref context);             // [MQTT3-3.3.1-7] what is delivered leaves no older one behind
        }

        Tree.Match(view.Topic, _matches);
        shard.ProducedBytes += Math.Max(0, _matches.VisitedCount - FreeVisits) * TopicTree.VisitCostBytes;
        if (!_matches.IsEmpty)
        {
            DeliverMatches(ref context);
        }

        shard.Durability?.Follow(ref context, context.Replaced);
        if (shard.Durability is { } durability && durability.Write(ref context) && view.QoS > QoS.AtMostOnce && !record.IsRelaxed)
        {
            ticket = context.Pending?.Ticket ?? context.GateOrNull ?? durability.TurnTicket;
        }

        context.Stored?.Release();
        return _matches.IsEmpty ? RouteResult.NoSubscribers : RouteResult.Matched;
    }

    /// <summary>A message from another shard, for this shard's sessions among some lists.</summary>
    public void DeliverForeign(Message message, ReadOnlySpan<DeliveryBatch.Entry> entries)
    {
        var context = ContextOf(message, entries[0].Pending);
        if (_foreignSegments.Length < entries.Length)
        {
            _foreignSegments = new MatchList.Segment[2 * entries.Length];
        }

        for (var i = 0; i < entries.Length; i++)
        {
            _foreignSegments[i] = entries[i].Segment;
        }

        context.IsForeign = context.Pending is null;
        Deliver(_foreignSegments.AsSpan(0, entries.Length), ref context);
        Array.Clear(_foreignSegments, 0, entries.Length);
        shard.Durability?.Write(ref context);
        if (context.Stored != message)
        {
            context.Stored?.Release();
        }
    }

    private static PublishContext ContextOf(Message message, PendingPublish? pending) => new()
    {
        View = message.View,
        Stored = message,
        WasRetain = message.WasRetain,
        PublisherId = message.PublisherId,
        PublisherIdentity = message.PublisherIdentity,
        Version = message.Version,
        Pending = pending,
        Record = new PublishRecord { MessageId = message.LogId, IsReference = message.LogId != 0 },
    };

    /// <summary>An acknowledgement of this message would promise what a full store cannot keep. Clearing a retained message frees space.</summary>
    private bool NeedsStore(in MessageView view, bool retain, in PublishRecord record)
    {
        if (view.QoS == QoS.AtMostOnce)
        {
            return false;
        }

        if (record.InboundId != 0 || (retain && !view.Payload.IsEmpty))
        {
            return true;
        }

        Tree.Match(view.Topic, _matches);
        foreach (var (list, count) in _matches.Segments)
        {
            for (var i = 0; i < count; i++)
            {
                if (list[i] is { QoS: > QoS.AtMostOnce, Session.No: not 0 })
                {
                    return true;
                }
            }
        }

        return _matches.Groups.Count > 0;
    }

    private void DeliverMatches(ref PublishContext context)
    {
        _foreignDurable = 0;
        var foreign = Deliver(_matches.Segments, ref context);
        while (foreign != 0)
        {
            var index = System.Numerics.BitOperations.TrailingZeroCount(foreign);
            foreign &= foreign - 1;
            shard.BatchFor(index).Add(context.Store(shard.Pool), _matches.Segments, PendingFor(index, ref context));
            shard.ProducedBytes += context.View.CostBytes;
        }

        foreach (var group in _matches.Groups)
        {
            DeliverToGroup(group, ref context, null);
        }
    }

    /// <summary>What another shard names its recipients to; null when it has none that keep the message or wait for its record.</summary>
    private PendingPublish? PendingFor(int shardIndex, ref PublishContext context)
    {
        if (shard.Durability is not { } durability || context.View.QoS == QoS.AtMostOnce)
        {
            return null;
        }

        if ((_foreignDurable & (1UL << shardIndex)) == 0 && context.Record.InboundId == 0)
        {
            return null;
        }

        var pending = durability.Defer(ref context);
        pending.Hold();
        return pending;
    }

    /// <summary>Retained store before match, so that a subscription gets the message live or from the store, never neither.</summary>
    private RetainOutcome Retain(ref PublishContext context)
    {
        if (context.View.Payload.IsEmpty)
        {
#if DEFECTS
            if (Protocol.Defect.Is("retained-not-cleared")) { return RetainOutcome.Stored; }
#endif
            ClearRetained(ref context);                                     // [MQTT-3.3.1-6] [MQTT-3.3.1-7] [MQTT3-3.3.1-10] [MQTT3-3.3.1-11]
            return RetainOutcome.Stored;
        }

        var isFromBroker = context.PublisherId is null && Publications.IsReserved(context.View.Topic);
        if (!isFromBroker && shard.Durability is { IsFull: true })
        {
            shard.Count(DropReason.StoreFull, context.View.QoS);
            return RetainOutcome.Full;
        }

        var message = MessagePool.Unpooled(context.View);
        var seconds = isFromBroker ? 0 : shard.Core.Settings.RetainedExpirySeconds;     // $SYS says what has not changed only once
        message.RetainedUntilMs = Math.Min(context.View.ExpiresAtMs, seconds > 0 ? shard.NowMs + (seconds * 1000L) : long.MaxValue);
        message.WasRetain = true;
        message.PublisherId = context.PublisherId;
        message.PublisherIdentity = context.PublisherIdentity;
        if (shard.Durability is { } durability && !isFromBroker)
        {
            message.LogId = context.MessageId(durability);
            message.Write = durability.IsAlone ? null : new RetainedWrite(message, durability);
            if (message.QoS == QoS.ExactlyOnce && !durability.IsAlone)
            {
                durability.Retaining(message, context.Gate(durability));        // whoever subscribes now, on whatever shard, waits for its record
            }
        }

        var outcome = Store(message, out var replaced);
        context.Version = message.Version;
        if (outcome == RetainOutcome.Stored)
        {
            shard.RetainedExpiry.Arm(message.RetainedUntilMs);
            context.Record = context.Record with
            {
                RetainedVersion = message.LogId == 0 ? 0 : message.Version,
                RetainedUntilMs = message.RetainedUntilMs,
                ReplacedId = replaced?.LogId ?? 0,
                Companion = message.Write,
            };
            context.Replaced = replaced;
        }
        else
        {
            shard.Count(outcome == RetainOutcome.OwnerFull ? DropReason.UserRetainedLimit : DropReason.RetainedLimit, context.View.QoS);
        }

        return outcome;
    }

    /// <summary>Puts a message into the retained store as far as the limits allow, and reports where its publisher has too many.</summary>
    private RetainOutcome Store(Message message, out Message? replaced)
    {
        var limits = shard.Core.Limits;
        var quotas = shard.Core.Quotas;
        var outcome = Tree.TryRetain(message, limits.RetainedMessagesMax, limits.RetainedBytesMax, quotas?.RetainedMax ?? 0, out replaced);
        if (outcome != RetainOutcome.OwnerFull)
        {
            return outcome;
        }

        shard.Count(ProtectionReason.UserRetained, message.QoS);
        return quotas!.IsReportOnly ? Tree.TryRetain(message, limits.RetainedMessagesMax, limits.RetainedBytesMax, ownerMax: 0, out replaced) : outcome;
    }

    private void ClearRetained(ref PublishContext context)
    {
        context.Version = Tree.ClearRetained(context.View.Topic, out var cleared);
        context.Replaced = cleared;
        if (cleared is { LogId: not 0 })
        {
            context.Record = context.Record with { ReplacedId = cleared.LogId, Companion = context.Record.Companion ?? new RetainedClear(cleared) };
        }
    }

    /// <summary>Delivers to this shard's sessions.</summary>
    /// <returns>A bit for every other shard that has sessions in these lists.</returns>
    private ulong Deliver(ReadOnlySpan<MatchList.Segment> segments, ref PublishContext context)
    {
        ulong foreign = 0;
        if (segments.Length == 1)
        {
            // One filter: a session stands in it once, so there is nothing to merge.
            var (list, count) = segments[0];
            shard.Deliveries.Begin(count);
            for (var i = 0; i < count; i++)
            {
                if (list[i] is { } subscription && IsMine(subscription, ref context, ref foreign))
                {
                    shard.Deliveries.Deliver(subscription.Session, ref context, new Delivery(subscription));
                }
            }

            return foreign;
        }

        _stamp++;
        _pendingCount = 0;
        foreach (var (list, count) in segments)
        {
            for (var i = 0; i < count; i++)
            {
                if (list[i] is { } subscription && IsMine(subscription, ref context, ref foreign))
                {
                    Merge(subscription);
                }
            }
        }

        shard.Deliveries.Begin(_pendingCount);
        for (var i = 0; i < _pendingCount; i++)
        {
            shard.Deliveries.Deliver(_pending[i].Session, ref context, _pending[i].Delivery);
        }

        return foreign;
    }

    private bool IsMine(Subscription subscription, scoped ref PublishContext context, ref ulong foreign)
    {
        var session = subscription.Session;
        if (session.ShardIndex != shard.Index)
        {
            var bit = 1UL << session.ShardIndex;
            foreign |= bit;
            _foreignDurable |= session.No != 0 && subscription.QoS > QoS.AtMostOnce ? bit : 0;
            return false;
        }

        if (context.Version != 0 && subscription.LiveSince > context.Version)
        {
            return false;                                   // it gets, or has got, this message from the retained store
        }

#if DEFECTS
        if (subscription.NoLocal && Protocol.Defect.Is("no-local-ignored")) { return !session.HasEnded; }
#endif
        if (subscription.NoLocal && string.Equals(session.ClientId, context.PublisherId, StringComparison.Ordinal))
        {
            shard.Count(DropReason.NoLocal, context.View.QoS);                // [MQTT-3.8.3-3]
            return false;
        }

        return !session.HasEnded;
    }

    private void Merge(Subscription subscription)
    {
        var session = subscription.Session;
        if (session.MatchStamp == _stamp)
        {
            ref var delivery = ref _pending[session.PendingIndex].Delivery;
            delivery = delivery.MergedWith(subscription);
            return;
        }

        if (_pendingCount == _pending.Length)
        {
            Array.Resize(ref _pending, 2 * _pendingCount);
        }

        session.MatchStamp = _stamp;
        session.PendingIndex = _pendingCount;
        _pending[_pendingCount++] = new Pending { Session = session, Delivery = new Delivery(subscription) };
    }

    private struct Pending
    {
        public Session Session;
        public Delivery Delivery;
    }
}
