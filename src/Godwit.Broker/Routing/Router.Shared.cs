using Godwit.Broker.Log;
using Godwit.Broker.Messages;
using Godwit.Protocol;

namespace Godwit.Broker.Routing;

/// <summary>Shared groups: each message to one member (5.0 §4.8.2).</summary>
internal sealed partial class Router
{
    /// <summary>A message for one member of a shared group, chosen by another shard or left over by another member.</summary>
    public void DeliverShared(Message message, Subscription member, List<Subscription>? tried, PendingPublish? pending)
    {
        var context = ContextOf(message, pending);
        if (!TryDeliverToMember(member, ref context))
        {
            DeliverToGroup(member.Group!, ref context, [.. tried ?? [], member]);
        }

        shard.Durability?.Write(ref context);
    }

    /// <summary>A message that a member of a shared group no longer takes, because its session has ended. [MQTT-4.8.2-5]</summary>
    /// <param name="message">The message.</param>
    /// <param name="group">The group.</param>
    /// <param name="from">Its place in the log up to now; null when it has none.</param>
    public void HandOver(Message message, SharedGroup group, HandedOver? from)
    {
        var context = ContextOf(message, pending: null);
        var isCopied = from is null && shard.Durability is not null;
        if (isCopied)
        {
            context.Record = default;
            context.Stored = null;          // others hold the message and count on its number in the log
        }
        else
        {
            context.Record = context.Record with { Companion = from };
        }

        HandOver(ref context, group);
        if (isCopied)
        {
            context.Stored?.Release();
        }
    }

    /// <summary>The same for a message that has been read from the store; its record says where it comes from.</summary>
    public void HandOver(ref PublishContext context, SharedGroup group)
    {
        // All members may have left, and others come: that is another group, and the same shared subscription.
        DeliverToGroup(group.Members is null ? Tree.FindGroup(group.Filter) ?? group : group, ref context, null);
        shard.Durability?.Write(ref context);
    }

    private void DeliverToGroup(SharedGroup group, ref PublishContext context, List<Subscription>? tried)
    {
        while (group.Pick(shard.Core.Settings.SharedStrategy, context.View.Topic, tried) is { } member)
        {
            if (member.Session.ShardIndex != shard.Index)
            {
                PassOn(member, ref context, tried);
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

        shard.Count(DropReason.NoMember, context.View.QoS);
    }

    /// <summary>The member belongs to another shard: that one goes on.</summary>
    private void PassOn(Subscription member, ref PublishContext context, List<Subscription>? tried)
    {
        var pending = context.Pending;
        if (shard.Durability is { } durability && context.View.QoS > QoS.AtMostOnce)
        {
            pending ??= durability.Defer(ref context);
            pending.Hold();
        }

        shard.BatchFor(member.Session.ShardIndex).AddShared(context.Store(shard.Pool), member, tried, pending);
        shard.ProducedBytes += context.View.CostBytes;
    }

    private bool TryDeliverToMember(Subscription member, ref PublishContext context)
    {
        if (member.Session.HasEnded)
        {
            return false;
        }

        shard.Deliveries.Begin(1);
        return shard.Deliveries.Deliver(member.Session, ref context, new Delivery(member) { Group = member.Group, SharedFilter = member.Filter });
    }
}
