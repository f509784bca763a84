using Godwit.Broker.Messages;
using Godwit.Broker.Sessions;
using Godwit.Broker.Shards;

namespace Godwit.Broker.Routing;

/// <summary>
/// Brings a message to its subscriptions: retained store, one match, own shard at once, other shards by batch. Overlapping subscriptions
/// of one session become one copy with the highest QoS and all Subscription Identifiers. [MQTT-3.3.4-2] [MQTT-3.3.4-3] [MQTT3-3.3.5-1]
/// </summary>
internal sealed class Router(Shard shard)
{
    /// <summary>Visits that a match has for nothing. Ordinary topics need fewer; wildcards at every level can need 100,000.</summary>
    private const int FreeVisits = 64;

    private readonly MatchList _matches = new();
    private Pending[] _pending = new Pending[16];
    private MatchList.Segment[] _foreignSegments = new MatchList.Segment[16];
    private int _pendingCount;
    private long _stamp;

    private TopicTree Tree => shard.Core.Tree;

    /// <summary>Publishes for a client, a will or the broker.</summary>
    /// <param name="view">The message; QoS already within the server's maximum.</param>
    /// <param name="retain">RETAIN of the PUBLISH.</param>
    /// <param name="publisherId">Client identifier of the publisher; null for the broker.</param>
    /// <param name="mayRefuse">The publisher can be told that the retained store is full; else the message is delivered without being stored.</param>
    public RouteResult Publish(in MessageView view, bool retain, string? publisherId, bool mayRefuse)
    {
        var context = new PublishContext { View = view, WasRetain = retain, PublisherId = publisherId };
        if (retain && !TryRetain(ref context))
        {
            if (mayRefuse)
            {
                return RouteResult.RetainedFull;
            }

            context.Version = Tree.ClearRetained(view.Topic);       // [MQTT3-3.3.1-7] what is delivered leaves no older one behind
        }

        Tree.Match(view.Topic, _matches);
        shard.ProducedBytes += Math.Max(0, _matches.VisitedCount - FreeVisits) * TopicTree.VisitCostBytes;
        if (_matches.IsEmpty)
        {
            return RouteResult.NoSubscribers;
        }

        var foreign = Deliver(_matches.Segments, ref context);
        while (foreign != 0)
        {
            var index = System.Numerics.BitOperations.TrailingZeroCount(foreign);
            foreign &= foreign - 1;
            shard.BatchFor(index).Add(context.Store(shard.Pool), _matches.Segments);
            shard.ProducedBytes += view.CostBytes;
        }

        foreach (var group in _matches.Groups)
        {
            DeliverToGroup(group, ref context, null);
        }

        context.Stored?.Release();
        return RouteResult.Matched;
    }

    /// <summary>A message from another shard, for this shard's sessions among some lists.</summary>
    public void DeliverForeign(Message message, ReadOnlySpan<DeliveryBatch.Entry> entries)
    {
        var context = ContextOf(message);
        if (_foreignSegments.Length < entries.Length)
        {
            _foreignSegments = new MatchList.Segment[2 * entries.Length];
        }

        for (var i = 0; i < entries.Length; i++)
        {
            _foreignSegments[i] = entries[i].Segment;
        }

        Deliver(_foreignSegments.AsSpan(0, entries.Length), ref context);
        Array.Clear(_foreignSegments, 0, entries.Length);
    }

    /// <summary>A message for one member of a shared group, chosen by another shard or left over by another member.</summary>
    public void DeliverShared(Message message, Subscription member, List<Subscription>? tried)
    {
        var context = ContextOf(message);
        if (!TryDeliverToMember(member, ref context))
        {
            DeliverToGroup(member.Group!, ref context, [.. tried ?? [], member]);
        }
    }

    /// <summary>A message that a member of a shared group no longer takes, because its session has ended. [MQTT-4.8.2-5]</summary>
    public void Redistribute(Message message, SharedGroup group)
    {
        var context = ContextOf(message);
        DeliverToGroup(group, ref context, null);
    }

    private static PublishContext ContextOf(Message message) => new()
    {
        View = message.View,
        Stored = message,
        WasRetain = message.WasRetain,
        PublisherId = message.PublisherId,
        Version = message.Version,
    };

    /// <summary>Retained store before match, so that a subscription gets the message live or from the store, never neither.</summary>
    /// <returns>False: the store is full.</returns>
    private bool TryRetain(ref PublishContext context)
    {
        if (context.View.Payload.IsEmpty)
        {
#if DEFECTS
            if (Protocol.Defect.Is("retained-not-cleared")) { return true; }
#endif
            context.Version = Tree.ClearRetained(context.View.Topic);       // [MQTT-3.3.1-6] [MQTT-3.3.1-7] [MQTT3-3.3.1-10] [MQTT3-3.3.1-11]
            return true;
        }

        var message = MessagePool.Unpooled(context.View);
        var isFromBroker = context.PublisherId is null && Publications.IsReserved(context.View.Topic);
        var seconds = isFromBroker ? 0 : shard.Core.Settings.RetainedExpirySeconds;     // $SYS says what has not changed only once
        message.RetainedUntilMs = Math.Min(context.View.ExpiresAtMs, seconds > 0 ? shard.NowMs + (seconds * 1000L) : long.MaxValue);
        message.WasRetain = true;
        message.PublisherId = context.PublisherId;
        var stored = Tree.TryRetain(message, shard.Core.Limits.RetainedMessagesMax, shard.Core.Limits.RetainedBytesMax);
        context.Version = message.Version;
        if (stored)
        {
            shard.RetainedExpiry.Arm(message.RetainedUntilMs);
        }
        else
        {
            shard.Count(DropReason.RetainedLimit);
        }

        return stored;
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
            foreign |= 1UL << session.ShardIndex;
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
            shard.Count(DropReason.NoLocal);                // [MQTT-3.8.3-3]
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

    private void DeliverToGroup(SharedGroup group, ref PublishContext context, List<Subscription>? tried)
    {
        while (group.Pick(shard.Core.Settings.SharedStrategy, context.View.Topic, tried) is { } member)
        {
            if (member.Session.ShardIndex != shard.Index)
            {
                shard.BatchFor(member.Session.ShardIndex).AddShared(context.Store(shard.Pool), member, tried);
                shard.ProducedBytes += context.View.CostBytes;
                return;
            }

            if (TryDeliverToMember(member, ref context))
            {
#if DEFECTS
                if (Protocol.Defect.Is("shared-twice") && tried is null) { tried = [member]; continue; }
#endif
                return;
            }

            tried = [.. tried ?? [], member];
        }

        shard.Count(DropReason.NoMember);
    }

    private bool TryDeliverToMember(Subscription member, ref PublishContext context)
    {
        if (member.Session.HasEnded)
        {
            return false;
        }

        shard.Deliveries.Begin(1);
        return shard.Deliveries.Deliver(member.Session, ref context, new Delivery(member) { Group = member.Group });
    }

    private struct Pending
    {
        public Session Session;
        public Delivery Delivery;
    }
}
