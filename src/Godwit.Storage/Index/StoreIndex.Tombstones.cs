using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Godwit.Storage.Records;

namespace Godwit.Storage.Index;

/// <summary>What ends something, and what follows from it.</summary>
internal sealed partial class StoreIndex
{
    /// <summary>
    /// How long a message that the retained store has let go of stays: a subscription on another shard may have taken it just before, and its
    /// record be on the way.
    /// </summary>
    public const long ReleasedStayMs = 10_000;

    /// <summary>How long a record waits for the message it speaks of.</summary>
    public const long MissingStayMs = 60_000;

    private const int ReleasedCountMax = 65_536;

    /// <summary>Time has passed: forgets what was remembered for a while only.</summary>
    public void Tick(long nowMs)
    {
        _nowMs = nowMs;
        while (_released.TryPeek(out var released) && (released.AtMs + ReleasedStayMs <= nowMs || _released.Count > ReleasedCountMax))
        {
            _released.Dequeue();
            ref var entry = ref Entries.Find(released.Id);
            if (!Unsafe.IsNullRef(ref entry) && entry.References == 0)
            {
                Remove(released.Id, ref entry);
            }
        }

        while (_missing.TryPeek(out var missing) && missing.AtMs + MissingStayMs <= nowMs)
        {
            _missing.Dequeue();
            ref var entry = ref Entries.Find(missing.Id);
            if (Unsafe.IsNullRef(ref entry) || !entry.IsMissing)
            {
                continue;
            }

            if (entry.References == 0)
            {
                Entries.Remove(missing.Id);
            }
            else
            {
                entry.IsLost = true;
            }
        }
    }

    /// <summary>A position turned out to be unreadable: nobody needs it any more.</summary>
    public void Drop(uint sessionNo, long seq)
    {
        if (_sessions.TryGetValue(sessionNo, out var queue))
        {
            Reissues.Add(new Reissue(RecordType.Acknowledge, sessionNo, seq, WasInCold(queue.Ring[seq])));
            End(queue, seq);
        }
    }

    private bool Numbers(RecordType type, in NumbersBody numbers, uint segment)
    {
        switch (type)
        {
            case RecordType.Acknowledge:
                return Acknowledge(numbers.SessionNo, numbers.Second, segment);

            case RecordType.ReleaseRetained:
                return ReleaseRetained(numbers.First);

            case RecordType.Delete:
                Delete(numbers.First);
                return true;

            case RecordType.EndSession:
                EndSession(numbers.SessionNo);
                return true;

            case RecordType.Heartbeat:
                LastHeartbeatUtcMs = Math.Max(LastHeartbeatUtcMs, numbers.First);
                return true;

            case RecordType.Floor when numbers.First <= NumberMax && numbers.Second <= uint.MaxValue:
                NextId = Math.Max(NextId, numbers.First);
                NextSessionNo = Math.Max(NextSessionNo, (uint)numbers.Second);
                return true;

            case RecordType.NextSeq when numbers.Second <= NumberMax:
                if (TryGetQueue(numbers.SessionNo, out var queue))
                {
                    Note(numbers.SessionNo, queue, numbers.Second, segment);
                }

                return true;

            default:
                return false;
        }
    }

    private bool Acknowledge(uint sessionNo, long seq, uint segment)
    {
        if (seq > NumberMax)
        {
            return false;
        }

        if (TryGetQueue(sessionNo, out var queue))
        {
            Note(sessionNo, queue, seq + 1, segment);
            End(queue, seq);
        }

        return true;
    }

    private void End(SessionQueue queue, long seq)
    {
        var id = queue.Ring[seq];
        queue.Ring.MarkDone(seq);
        if (id >= QueueRing.IdMin)
        {
            QueuedCount--;
            Dereference(id);
        }
    }

    private bool ReleaseRetained(long id)
    {
        if (!IsId(id))
        {
            return false;
        }

        ref var entry = ref FindOrMiss(id);
        if (entry.IsMissing)
        {
            entry.IsReleased = true;
        }
        else if (entry.IsRetained)
        {
            entry.IsRetained = false;
            Dereference(id);
        }

        return true;
    }

    private void Delete(long id)
    {
        ref var entry = ref Entries.Find(id);
        if (Unsafe.IsNullRef(ref entry) || entry.Kind != EntryKind.Put)
        {
            return;
        }

        if (entry.PutKind == PutKind.Session && _sessions.TryGetValue(entry.SessionNo, out var queue))
        {
            queue.Records--;
        }

        Remove(id, ref entry);
    }

    private void EndSession(uint sessionNo)
    {
        NextSessionNo = Math.Max(NextSessionNo, sessionNo + 1);
        _ended.Add(sessionNo);
        if (_sessions.Remove(sessionNo, out var queue))
        {
            Unnote(queue);
            DropAll(queue);
        }
    }

    private void DropAll(SessionQueue queue)
    {
        for (var seq = 0L; queue.Ring.TryNext(ref seq, out var id); seq++)
        {
            if (id != QueueRing.Unseen)
            {
                QueuedCount--;
                Dereference(id);
            }
        }

        queue.Ring.Release();
    }

    private void Unnote(SessionQueue queue)
    {
        if (queue.NextSeqSegment != 0)
        {
            UseOf(queue.NextSeqSegment).NextSeqs--;
        }
    }

    private ref Entry FindOrMiss(long id)
    {
        if (!Entries.Contains(id))
        {
            _missing.Enqueue((id, _nowMs));
            return ref Entries.Add(id, Entry.Missing());
        }

        return ref Entries.Find(id);
    }

    private void Dereference(long id)
    {
        ref var entry = ref Entries.Find(id);
        if (Unsafe.IsNullRef(ref entry))
        {
            return;
        }

        entry.References--;
        if (entry.References > 0 || (entry.IsMissing && entry.IsReleased))
        {
            return;
        }

        if (entry.IsMissing)
        {
            Entries.Remove(id);
            return;
        }

        // In a replay, what ended a position of a message in cold comes before the references in hot that were written first.
        if (entry.HasBeenRetained || (_isReplaying && entry is { InCold: true, Kind: EntryKind.Message }))
        {
            _released.Enqueue((id, _nowMs));
            return;
        }

        var messageId = entry.Kind == EntryKind.Reference ? entry.MessageId : 0;
        Remove(id, ref entry);
        if (messageId != 0)
        {
            Dereference(messageId);
        }
    }

    private void Remove(long id, ref Entry entry)
    {
        Use(entry.Location, -1);
        Entries.Remove(id);
    }

    private void Use(RecordLocation location, int sign)
    {
        UseOf(location.Segment).LiveBytes += sign * location.Length;
        LiveBytes += sign * location.Length;
        ColdLiveBytes += location.IsCold ? sign * location.Length : 0;
    }

    private bool IsId(long id)
    {
        if (id is < QueueRing.IdMin or > NumberMax)
        {
            return false;
        }

        NextId = Math.Max(NextId, id + 1);
        return true;
    }

    /// <summary>The queue of a session, made when it has none yet.</summary>
    /// <returns>False: the session has ended.</returns>
    private bool TryGetQueue(uint sessionNo, [NotNullWhen(true)] out SessionQueue? queue)
    {
        if (_sessions.TryGetValue(sessionNo, out queue))
        {
            return true;
        }

        if (sessionNo == 0 || sessionNo == uint.MaxValue || HasEnded(sessionNo))
        {
            return false;
        }

        NextSessionNo = Math.Max(NextSessionNo, sessionNo + 1);
        queue = new SessionQueue();
        _sessions.Add(sessionNo, queue);
        return true;
    }
}
