using Godwit.Broker.Protection;
using Godwit.Broker.Shards;
using Godwit.Protocol;

namespace Godwit.Broker.Sessions;

/// <summary>Whether one more message may wait for a session: the limits of its queue, and the quota of its user. Where there is no room, the policy says who goes.</summary>
internal sealed class QueueRoom(Shard shard)
{
    /// <summary>There is room for some messages, and nothing to report.</summary>
    /// <param name="session">Whose queue.</param>
    /// <param name="count">How many.</param>
    /// <param name="cost">Bytes of all of them.</param>
    public bool Has(Session session, int count, long cost) => HasInQueue(session, count, cost) && IsWithinQuota(session, cost, session.QueueBytes);

    /// <summary>There is room for a message, or the quota that it is beyond is only reported. A decision because of the quota is counted.</summary>
    public bool TryTake(Session session, long cost, QoS qos)
    {
        if (!HasInQueue(session, 1, cost))
        {
            return false;
        }

        if (IsWithinQuota(session, cost, session.QueueBytes))
        {
            return true;
        }

        shard.Count(ProtectionReason.UserQueuedBytes, qos);
        return shard.Core.Quotas is { IsReportOnly: true };
    }

    /// <summary>The same for QoS 1 and 2: QoS 0 goes first; then the policy decides.</summary>
    /// <returns>False: the message is dropped and counted, or for a shared group, this member cannot take it.</returns>
    public bool TryMake(Session session, int cost, QoS qos, bool isShared)
    {
        if (TryTake(session, cost, qos))
        {
            return true;
        }

        if (cost <= shard.Core.Limits.QueueBytesMax && MayBeWithinQuota(session, cost, ownBytes: 0))         // what can never fit makes nobody else leave
        {
            Drop(session, cost, isShared);
        }

        if (HasNow(session, cost))
        {
            return true;
        }

        if (!isShared)
        {
            shard.Count(DropReason.QueueFull, qos);
        }

        return false;
    }

    private bool HasNow(Session session, long cost) => HasInQueue(session, 1, cost) && MayBeWithinQuota(session, cost, session.QueueBytes);

    private bool HasInQueue(Session session, int count, long cost)
    {
        var limits = shard.Core.Limits;
        var waiting = session.Backlog + (session.QueuedQoS0?.Count ?? 0);
        return session.QueueBytes + cost <= limits.QueueBytesMax && waiting + count <= session.QueueMessagesMax(limits);
    }

    private bool MayBeWithinQuota(Session session, long cost, long ownBytes) =>
        shard.Core.Quotas is { IsReportOnly: true } || IsWithinQuota(session, cost, ownBytes);

    /// <summary>What waits for the user would be within its quota.</summary>
    /// <param name="session">One of its sessions.</param>
    /// <param name="cost">Bytes more.</param>
    /// <param name="ownBytes">Bytes in the queue of this session: as it is, or as it could be.</param>
    private bool IsWithinQuota(Session session, long cost, long ownBytes)
    {
        if (shard.Core.Quotas is not { QueuedBytesMax: > 0 } quotas)
        {
            return true;
        }

        var others = session.Usage is { } usage ? usage.QueuedBytes - session.ChargedBytes : 0;
        return others + ownBytes + cost <= quotas.QueuedBytesMax;
    }

    private void Drop(Session session, int cost, bool isShared)
    {
        while (session.QueuedQoS0 is { Count: > 0 } queue && !HasNow(session, cost))
        {
            shard.Deliveries.Settle(session, queue.Dequeue());
            shard.Count(DropReason.QueueFullQoS0, QoS.AtMostOnce);
        }

        var mayDrop = !isShared && shard.Core.Settings.OverflowPolicy == OverflowPolicy.DropOldest;
        while (mayDrop && !HasNow(session, cost) && session.Outbound.TryDropOldestQueued(out var oldest, out var qos, out var seq))
        {
            shard.Deliveries.Settle(session, oldest);
            shard.Deliveries.Acknowledge(session, seq);
            shard.Count(DropReason.QueueFullOldest, qos);
        }

        while (mayDrop && !HasNow(session, cost) && shard.StoredDeliveries.TryDropOldest(session))
        {
            shard.CountStored(DropReason.QueueFullOldest);
        }
    }
}
