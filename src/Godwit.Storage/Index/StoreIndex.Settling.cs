using System.Runtime.CompilerServices;

namespace Godwit.Storage.Index;

/// <summary>The end of a replay.</summary>
internal sealed partial class StoreIndex
{
    private bool _isReplaying = true;

    /// <summary>
    /// All records have been applied, and no older one will come: forgets queues without a session, references to messages that were lost, and
    /// what nothing refers to. From here on the index follows the writer.
    /// </summary>
    /// <param name="nextSeqRaise">Added to the next position of every queue; above 0 when a part of the log is lost.</param>
    /// <returns>Positions whose message is lost.</returns>
    public int Settle(long nextSeqRaise = 0)
    {
        foreach (var (sessionNo, queue) in _sessions.ToList())
        {
            if (queue.Records == 0)
            {
                Unnote(queue);
                DropAll(queue);
                _sessions.Remove(sessionNo);
            }
        }

        var lost = 0;
        foreach (var queue in _sessions.Values)
        {
            lost += DropLost(queue);
            queue.NextSeq += nextSeqRaise;
            queue.Ring.Settle(queue.NextSeq);
        }

        ForgetAll(_missing);
        ForgetAll(_released);
        _ended.Clear();
        _endedBelow = NextSessionNo;
        _isReplaying = false;
        return lost;
    }

    private int DropLost(SessionQueue queue)
    {
        var lost = 0;
        for (var seq = 0L; queue.Ring.TryNext(ref seq, out var id); seq++)
        {
            if (id != QueueRing.Unseen && IsLost(id))
            {
                lost++;
                End(queue, seq);
            }
        }

        return lost;
    }

    private bool IsLost(long id)
    {
        ref var entry = ref Entries.Find(id);
        if (!Unsafe.IsNullRef(ref entry) && entry.Kind == EntryKind.Reference)
        {
            entry = ref Entries.Find(entry.MessageId);
        }

        return Unsafe.IsNullRef(ref entry) || entry.IsMissing;
    }

    private void ForgetAll(Queue<(long Id, long AtMs)> ids)
    {
        while (ids.TryDequeue(out var remembered))
        {
            ref var entry = ref Entries.Find(remembered.Id);
            if (Unsafe.IsNullRef(ref entry))
            {
                continue;
            }

            if (entry.IsMissing)
            {
                Entries.Remove(remembered.Id);
            }
            else if (entry.References == 0)
            {
                Remove(remembered.Id, ref entry);
            }
        }
    }

    /// <summary>A segment is given back although something of it could not be copied: what is still said to stand there is lost.</summary>
    /// <returns>How many records.</returns>
    public int Lose(uint segment)
    {
        if (UseOf(segment).LiveBytes == 0)
        {
            return 0;
        }

        var lost = Entries.Ids.Where(id => Entries.Find(id) is { IsMissing: false } entry && entry.Location.Segment == segment).ToHashSet();
        foreach (var (sessionNo, queue) in _sessions)
        {
            for (var seq = 0L; queue.Ring.TryNext(ref seq, out var id); seq++)
            {
                if (lost.Contains(id) || (id != QueueRing.Unseen && lost.Contains(Entries.Find(id).MessageIdOfReference)))
                {
                    Drop(sessionNo, seq);
                }
            }
        }

        foreach (var id in lost.Where(Entries.Contains))
        {
            Delete(id);
            if (Entries.Contains(id))
            {
                Remove(id, ref Entries.Find(id));
            }
        }

        return lost.Count;
    }
}
