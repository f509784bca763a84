using Godwit.Broker.Log;
using Godwit.Broker.Messages;
using Godwit.Broker.Routing;
using Godwit.Broker.Security;
using Godwit.Broker.Shards;
using Godwit.Protocol;
using Godwit.Protocol.Delivery;

namespace Godwit.Broker.Sessions;

/// <summary>
/// The part of durable sessions' queues that is in the store only: what is beyond a budget of memory, and what an earlier process left. It is
/// read back, oldest first, when the part in memory has been sent.
/// </summary>
internal sealed class StoredDeliveries(Shard shard)
{
    /// <summary>A message that has been recorded gets its position, and is kept in the store only when this is the part of the queue that is there.</summary>
    /// <returns>False: it has no position yet, and stays in memory.</returns>
    public bool TryKeep(Session session, int cost, bool isShared)
    {
        if (session.Stored is null && session.QueueBytes + cost <= QueueMemoryMax(session))
        {
            return false;
        }

        session.Stored ??= new StoredQueue();
        session.Stored.MayBeShared |= isShared;
        session.Stored.Add(session.Outbound.TakePosition(), cost);
        shard.Deliveries.CountQueued(session, 1, cost);
        if (session.Connection is { } connection)
        {
            shard.Touch(connection);            // it is read back when nothing is before it
        }

        return true;
    }

    /// <summary>The position that a packet id stands for, when it was sent before the broker was started and is still in the store only.</summary>
    public static bool TryFind(Session session, ushort packetId, out long seq)
    {
        seq = 0;
        if (session.Stored is not { Count: > 0 } stored || stored.FirstSeq >= session.SentBelowSeq)
        {
            return false;
        }

        // The oldest position that is open gives every id its meaning: a long queue has several positions with the same one.
        seq = session.Outbound.InFlightCount > 0 ? session.Outbound.PositionOf(packetId) : PacketIds.PositionOf(packetId, stored.FirstSeq);
        return seq < session.SentBelowSeq && stored.Contains(seq);
    }

    /// <summary>A position is over.</summary>
    public void Forget(Session session, long seq)
    {
        if (session.Stored!.TryRemove(seq, out var cost))
        {
            shard.Deliveries.CountQueued(session, -1, -cost);
            shard.Deliveries.Acknowledge(session, seq);
        }
    }

    /// <summary>PUBREC has come for a position.</summary>
    public void MarkReceived(Session session, long seq) => shard.Deliveries.CountQueued(session, 0, -session.Stored!.MarkReceived(seq));

    /// <summary>Drops the oldest message unless it may have been sent.</summary>
    public bool TryDropOldest(Session session)
    {
        if (session.Stored is not { Count: > 0 } stored || stored.FirstSeq < session.SentBelowSeq)
        {
            return false;
        }

        var (seq, cost) = stored.TakeFirst();
        shard.Deliveries.CountQueued(session, -1, -cost);
        shard.Deliveries.Acknowledge(session, seq);
        return true;
    }

    /// <summary>The queue in memory runs low: asks the store for what is behind it.</summary>
    public void ReadOn(Session session)
    {
        if (session.Stored is { IsReading: false } stored && !session.Outbound.IsWaiting)
        {
            stored.IsReading = true;
            shard.Durability!.Log.ReadQueue(session.No, stored.FirstSeq, shard.Core.Limits.StoredReadBytesMax);
        }
    }

    /// <summary>The next part of a queue has been read.</summary>
    public void OnRead(Session session, QueueRead read)
    {
        var stored = session.Stored!;
        stored.IsReading = false;
        foreach (var entry in read.Entries)
        {
            DropBelow(session, stored, entry.Seq);
            if (stored.Count > 0 && stored.FirstSeq == entry.Seq)
            {
                Restore(session, stored.TakeFirst().Cost, entry, read.Bytes);
            }
        }

        DropBelow(session, stored, read.EndSeq);
        if (stored.Count == 0)
        {
            session.Stored = null;
        }

        if (session.Connection is { } connection)
        {
            shard.Touch(connection);
        }
    }

    /// <summary>The session ends, and its queue with it.</summary>
    public void GiveUp(Session session)
    {
        while (session.Stored is { Count: > 0 } stored)
        {
            var (_, cost) = stored.TakeFirst();
            shard.Deliveries.CountQueued(session, -1, -cost);
            shard.CountStored(DropReason.SessionEnded, cost > 0 ? 1 : 0);       // behind PUBREC there is no message any more
        }

        session.Stored = null;
    }

    /// <summary>Bytes of a durable session's queue that stay in memory. What comes behind them is in the store only.</summary>
    private long QueueMemoryMax(Session session)
    {
        var limits = shard.Core.Limits;
        if (session.IsConnected)
        {
            return limits.QueueMemoryBytesMax;
        }

        return shard.Deliveries.HeldBytes < limits.AllQueuesMemoryBytesMax / shard.Core.AllShards.Length ? limits.AwayQueueMemoryBytesMax : 0;
    }

    /// <summary>Positions that the store no longer has: damaged, or given up there.</summary>
    public void DropBelow(Session session, StoredQueue stored, long seq)
    {
        while (stored.Count > 0 && stored.FirstSeq < seq)
        {
            shard.Deliveries.CountQueued(session, -1, -stored.TakeFirst().Cost);
            shard.CountStored(DropReason.StoreDamaged);
        }
    }

    private void Restore(Session session, int cost, in StoredDelivery entry, byte[] bytes)
    {
        shard.Deliveries.CountQueued(session, -1, -cost);
        if (entry.IsReceived || cost == 0)
        {
            session.Outbound.Restore(entry.Seq, default, QoS.ExactlyOnce, QueuedState.Received);
            return;
        }

        var wasSent = entry.Seq < session.SentBelowSeq;
        if (!wasSent && entry.ExpiresAtMs <= shard.NowMs)
        {
            shard.Count(DropReason.Expired, entry.QoS);
            shard.Deliveries.Acknowledge(session, entry.Seq);
            return;
        }

        var context = ContextOf(entry, bytes);
        var group = entry.SharedFilter is { } filter ? GroupOf(session, filter) : null;
        var queued = shard.Deliveries.Hold(session, ref context, new Delivery(entry.QoS, entry.Retain, entry.Identifiers) { Group = group }, entry.Retain);
        session.Outbound.Restore(entry.Seq, queued, entry.QoS, wasSent ? QueuedState.Sent : QueuedState.Unsent);
        context.Stored!.Release();
    }

    /// <summary>The group, although the session may have unsubscribed: what was queued before goes on, and may go to who is, or will be, a member.</summary>
    private SharedGroup GroupOf(Session session, byte[] filter) =>
        session.Subscriptions.Find(filter)?.Group ?? shard.Core.Tree.FindGroup(filter) ?? new SharedGroup([]) { Filter = filter };

    /// <summary>A message as it stands in the store.</summary>
    public static PublishContext ContextOf(in StoredDelivery entry, byte[] bytes) => new()
    {
        View = new MessageView
        {
            Topic = bytes.AsSpan(entry.Topic),
            Properties = bytes.AsSpan(entry.Properties),
            Payload = bytes.AsSpan(entry.Payload),
            QoS = entry.PublishedQoS,
            ExpiresAtMs = entry.ExpiresAtMs,
            AnnouncedExpiryMs = entry.AnnouncedExpiryMs,
        },
        WasRetain = entry.WasRetain,
        PublisherId = entry.PublisherId,
        PublisherIdentity = Identity.Of(entry.PublisherUserName),
        Record = new PublishRecord { MessageId = entry.MessageId },
    };
}
