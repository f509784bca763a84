using Godwit.Broker.Log;
using Godwit.Broker.Shards;

namespace Godwit.Broker.Sessions;

/// <summary>
/// Sessions that have ended while a part of their queue is in the store only. It is read back piece by piece, one session after another, and
/// what has come through a shared group goes to another member. [MQTT-4.8.2-5] The next piece is asked for when all of the last is durable where it
/// has gone. Until the end a session keeps its number and its record, which says that it has ended: a restart goes on with what is left.
/// </summary>
internal sealed class HandOvers(Shard shard) : ITimed
{
    /// <summary>When another shard has still to write what comes next in a queue, it is asked for again after so long.</summary>
    private const int RetryMs = 10;

    private readonly Queue<Session> _ended = new();
    private Ticket? _piece;

    long ITimed.DueMs { get; set; }

    int ITimed.TimerPlace { get; set; }

    /// <summary>Something in the store may have to go to others, and there are others.</summary>
    public bool IsNeeded(Session session) => session.Stored is { Count: > 0, MayBeShared: true } && shard.Core.Tree.SharedSubscriptionCount > 0;

    /// <summary>A session has ended, and is to leave the log.</summary>
    public void Begin(Session session)
    {
        if (!IsNeeded(session))
        {
            Finish(session);
            return;
        }

        _ended.Enqueue(session);
        if (_ended.Count == 1)
        {
            Ask();
        }
    }

    /// <summary>The log has got further.</summary>
    public void OnDurable()
    {
        if (_piece is { } piece && piece.IsDurable(shard.Durability!.Log))
        {
            _piece = null;
            Ask();
        }
    }

    /// <summary>The next piece has been read.</summary>
    public void OnRead(Session session, QueueRead read)
    {
        var stored = session.Stored!;
        stored.IsReading = false;
        if (!_ended.TryPeek(out var first) || first != session)
        {
            return;                             // asked for before it ended; its turn comes
        }

        var before = stored.Count;
        foreach (var entry in read.Entries)
        {
            shard.StoredDeliveries.DropBelow(session, stored, entry.Seq);
            if (stored.Count > 0 && stored.FirstSeq == entry.Seq)
            {
                HandOver(session, stored.TakeFirst().Cost, entry, read.Bytes);
            }
        }

        shard.StoredDeliveries.DropBelow(session, stored, read.EndSeq);
        if (!IsNeeded(session))
        {
            Finish(_ended.Dequeue());
        }

        if (stored.Count == before)
        {
            shard.SetTimer(this, shard.NowMs + RetryMs);
        }
        else if (_ended.Count > 0)
        {
            _piece = shard.Durability!.LastTicket;
        }
    }

    void ITimed.OnTimer(Shard owner)
    {
        if (_ended.Count > 0)
        {
            Ask();
        }
    }

    private void Ask()
    {
        var session = _ended.Peek();
        if (session.Stored is { IsReading: false } stored)
        {
            stored.IsReading = true;
            shard.Durability!.Log.ReadQueue(session.No, stored.FirstSeq, shard.Core.Limits.StoredReadBytesMax);
        }
    }

    private void HandOver(Session session, int cost, in StoredDelivery entry, byte[] bytes)
    {
        shard.Deliveries.CountQueued(session, -1, -cost);
        if (entry.IsReceived || cost == 0)
        {
            return;                             // behind PUBREC there is no message any more
        }

        if (entry.SharedFilter is not { } filter || !SessionLifetimes.MayGoToAnother(entry.QoS, wasSent: entry.Seq < session.SentBelowSeq))
        {
            shard.Count(DropReason.SessionEnded, entry.QoS);
            return;
        }

        if (shard.Core.Tree.FindGroup(filter) is not { } group)
        {
            shard.Count(DropReason.NoMember, entry.QoS);
            return;
        }

        var context = StoredDeliveries.ContextOf(entry, bytes);
        context.Record = context.Record with { IsReference = true, Companion = new HandedOver(session.No, entry.Seq) };
        shard.Router.HandOver(ref context, group);
        context.Stored?.Release();
    }

    /// <summary>Nothing is left for others: the session leaves the log, behind all that it has handed over.</summary>
    private void Finish(Session session)
    {
        shard.SessionsByNo.Remove(session.No);
        shard.StoredDeliveries.GiveUp(session);
        shard.Durability!.Delete(session.RecordId);
        shard.Durability.EndSession(session.No);
    }
}
