using System.Runtime.CompilerServices;
using Godwit.Broker.Log;
using Godwit.Storage.Records;

namespace Godwit.Storage.Index;

/// <summary>
/// What of the log is still needed, and where it is. Records are applied in the order of the log; applying one again changes nothing. A
/// record may come before what it speaks of, because shards write independently: the index remembers it until the other one comes. Used by
/// the writer only.
/// </summary>
internal sealed partial class StoreIndex
{
    /// <summary>No position and no id is larger; what is, comes from a damaged file.</summary>
    public const long NumberMax = long.MaxValue / 4;

    private readonly Dictionary<uint, SessionQueue> _sessions = [];
    private readonly Dictionary<uint, SegmentUse> _segments = [];
    private readonly NumberSet _ended = new();
    private readonly Queue<(long Id, long AtMs)> _missing = new();
    private readonly Queue<(long Id, long AtMs)> _released = new();
    private long _nowMs;
    private uint _endedBelow;

    /// <summary>What is needed, by id.</summary>
    public EntryTable Entries { get; } = new();

    /// <summary>The sessions that have a record or a queue, by number.</summary>
    public IReadOnlyDictionary<uint, SessionQueue> Sessions => _sessions;

    /// <summary>Bytes of all records that are still needed.</summary>
    public long LiveBytes { get; private set; }

    /// <summary>Of these, in the cold generation.</summary>
    public long ColdLiveBytes { get; private set; }

    /// <summary>Positions that are not over, in all queues.</summary>
    public long QueuedCount { get; private set; }

    /// <summary>Something has been in the cold generation since the store was opened, so tombstones have to be looked at.</summary>
    public bool HasCold { get; private set; }

    /// <summary>Ids below this one have been given out.</summary>
    public long NextId { get; private set; } = QueueRing.IdMin;

    /// <summary>Sessions' numbers below this one have been given out.</summary>
    public uint NextSessionNo { get; private set; } = 1;

    /// <summary>The latest time of any heartbeat, UTC milliseconds; 0: there was none.</summary>
    public long LastHeartbeatUtcMs { get; private set; }

    /// <summary>Tombstones that have to be written again; the writer takes them out.</summary>
    public List<Reissue> Reissues { get; } = [];

    /// <summary>Records that could not be read although their frame was intact.</summary>
    public long UnreadableCount { get; private set; }

    /// <summary>What of a segment is still needed.</summary>
    public SegmentUse UseOf(uint segment)
    {
        if (!_segments.TryGetValue(segment, out var use))
        {
            use = new SegmentUse();
            _segments.Add(segment, use);
        }

        return use;
    }

    /// <summary>A segment has been retired.</summary>
    public void Forget(uint segment) => _segments.Remove(segment);

    /// <summary>Takes a record in.</summary>
    /// <param name="record">Where the reader stands.</param>
    /// <param name="segment">Its segment, see <see cref="RecordLocation"/>.</param>
    /// <param name="offset">Of the record in the segment.</param>
    public void Apply(ref RecordReader record, uint segment, uint offset)
    {
        var location = new RecordLocation(segment, offset, record.Length);
        HasCold |= location.IsCold;
        if (record.IsCold && !location.IsCold)
        {
            UseOf(segment).ColdTombstones++;
        }

        var isRead = record.Type switch
        {
            RecordType.Message => MessageBody.TryRead(record.Body, out var message) && Message(ref message, location),
            RecordType.Reference => ReferenceBody.TryRead(record.Body, out var reference) && Reference(reference, location),
            RecordType.Received => ReceivedBody.TryRead(record.Body, out var received) && Received(received, location),
            RecordType.Put => PutBody.TryRead(record.Body, out var put) && Put(put, location),
            RecordType.Acknowledge or RecordType.ReleaseRetained or RecordType.Delete or RecordType.EndSession
                or RecordType.Heartbeat or RecordType.Floor or RecordType.NextSeq =>
                NumbersBody.TryRead(record.Type, record.Body, out var numbers) && Numbers(record.Type, numbers, segment),
            _ => record.IsSkippable,
        };
        UnreadableCount += isRead ? 0 : 1;
    }

    /// <summary>A tombstone that is about to be written has to go to the cold generation one day: what it ends has been there.</summary>
    public bool IsCold(RecordType type, in NumbersBody numbers)
    {
        switch (type)
        {
            case RecordType.Acknowledge:
                return _sessions.TryGetValue(numbers.SessionNo, out var queue) && WasInCold(queue.Ring[numbers.Second]);

            case RecordType.ReleaseRetained:
            case RecordType.Delete:
                return WasInCold(numbers.First);

            case RecordType.EndSession when _sessions.TryGetValue(numbers.SessionNo, out var ended):
                for (var seq = 0L; ended.Ring.TryNext(ref seq, out var id); seq++)
                {
                    if (WasInCold(id))
                    {
                        return true;
                    }
                }

                return false;

            default:
                return false;
        }
    }

    /// <summary>A session's number below the floor of this opening, or one that has ended since, comes no more.</summary>
    public bool HasEnded(uint sessionNo) =>
        _ended.Contains(sessionNo) || (sessionNo < _endedBelow && !_sessions.ContainsKey(sessionNo));

    /// <summary>A copy of a record has been written to the cold generation.</summary>
    public void NoteColdCopy(long id)
    {
        HasCold = true;
        ref var entry = ref Entries.Find(id);
        if (!Unsafe.IsNullRef(ref entry))
        {
            entry.InCold = true;
        }
    }

    /// <summary>The copy is the one that counts from now on, unless the record has ended meanwhile.</summary>
    public void Move(long id, uint from, RecordLocation to)
    {
        ref var entry = ref Entries.Find(id);
        if (!Unsafe.IsNullRef(ref entry) && entry.Location.Segment == from)
        {
            Use(entry.Location, -1);
            entry.Location = to;
            Use(to, 1);
        }
    }

    /// <summary>A record in a segment shows that positions below <paramref name="nextSeq"/> have been used.</summary>
    public void Note(uint sessionNo, SessionQueue queue, long nextSeq, uint segment)
    {
        if (nextSeq < queue.NextSeq)
        {
            return;
        }

        queue.NextSeq = nextSeq;
        if (queue.NextSeqSegment != segment)
        {
            Unnote(queue);
            queue.NextSeqSegment = segment;
            var use = UseOf(segment);
            use.NextSeqs++;
            use.NotedSessions.Add(sessionNo);
        }
    }

    private bool WasInCold(long id)
    {
        ref var entry = ref Entries.Find(id);
        return !Unsafe.IsNullRef(ref entry) && entry.InCold;
    }

    private bool Message(ref MessageBody message, RecordLocation location)
    {
        if (!IsId(message.Id))
        {
            return false;
        }

        ref var entry = ref Entries.Find(message.Id);
        if (!Unsafe.IsNullRef(ref entry) && !entry.IsMissing)
        {
            return true;        // a copy in another segment
        }

        var references = 0;
        var isReleased = false;
        if (!Unsafe.IsNullRef(ref entry))
        {
            references = entry.References;
            isReleased = entry.IsReleased;
            Entries.Remove(message.Id);
        }

        var isRetained = message.RetainedVersion != 0 && !isReleased;
        if (isReleased)
        {
            Reissues.Add(new Reissue(RecordType.ReleaseRetained, message.Id, 0, location.IsCold));
        }

        var isRead = Recipients(message.Id, message.Recipients, location.Segment, out var positions);
        references += positions + (isRetained ? 1 : 0);
        var mayBeReferred = message.HasBeenRetained || _isReplaying;
        if (references > 0 || mayBeReferred)
        {
            ref var added = ref Entries.Add(message.Id, Entry.Message(message.CostBytes));
            added.Location = location;
            added.InCold = location.IsCold;
            added.IsRetained = isRetained;
            added.HasBeenRetained = message.HasBeenRetained;
            added.References = references;
            Use(location, 1);
        }

        if (references == 0 && mayBeReferred)
        {
            _released.Enqueue((message.Id, _nowMs));        // a reference may be on its way, or stand behind a copy
        }

        return isRead;
    }

    private bool Reference(ReferenceBody reference, RecordLocation location)
    {
        if (!IsId(reference.Id) || !IsId(reference.MessageId) || Entries.Contains(reference.Id))
        {
            return IsId(reference.Id) && IsId(reference.MessageId);
        }

        var isRead = Recipients(reference.Id, reference.Recipients, location.Segment, out var positions);
        if (positions == 0)
        {
            return isRead;
        }

        ref var entry = ref Entries.Add(reference.Id, Entry.Reference(reference.MessageId));
        entry.Location = location;
        entry.InCold = location.IsCold;
        entry.References = positions;
        Use(location, 1);
        FindOrMiss(reference.MessageId).References++;
        return isRead;
    }

    /// <summary>Gives the positions of a list to a record, and counts those that need it.</summary>
    private bool Recipients(long id, ReadOnlySpan<byte> list, uint segment, out int count)
    {
        count = 0;
        var reader = new RecipientReader(list);
        while (reader.TryRead())
        {
            if (reader.Seq > NumberMax)
            {
                return false;
            }

            if (!TryGetQueue(reader.SessionNo, out var queue))
            {
                continue;
            }

            Note(reader.SessionNo, queue, reader.Seq + 1, segment);
            switch (queue.Ring[reader.Seq])
            {
                case QueueRing.Unseen:
                    queue.Ring.Set(reader.Seq, id);
                    QueuedCount++;
                    count++;
                    break;

                case QueueRing.Done:
                    Reissues.Add(new Reissue(RecordType.Acknowledge, reader.SessionNo, reader.Seq, RecordLocation.IsColdKey(segment)));
                    break;

                default:
                    break;      // PUBREC has come already
            }
        }

        return !reader.IsDamaged;
    }

    private bool Received(ReceivedBody received, RecordLocation location)
    {
        if (!IsId(received.Id) || received.Seq > NumberMax)
        {
            return false;
        }

        if (Entries.Contains(received.Id) || !TryGetQueue(received.SessionNo, out var queue))
        {
            return true;
        }

        Note(received.SessionNo, queue, received.Seq + 1, location.Segment);
        var before = queue.Ring[received.Seq];
        if (before == QueueRing.Done)
        {
            return true;
        }

        var wasInCold = WasInCold(before);
        if (before == QueueRing.Unseen)
        {
            QueuedCount++;
        }
        else
        {
            Dereference(before);
        }

        queue.Ring.Set(received.Seq, received.Id);
        ref var entry = ref Entries.Add(received.Id, Entry.Received());
        entry.Location = location;
        entry.InCold = location.IsCold || wasInCold;        // or its end would leave the message's copy in cold alive
        entry.References = 1;
        Use(location, 1);
        return true;
    }

    private bool Put(in PutBody put, RecordLocation location)
    {
        if (!IsId(put.Id) || Entries.Contains(put.Id))
        {
            return IsId(put.Id);
        }

        var sessionNo = put.ReadSessionNo();
        if (put.Kind == PutKind.Session)
        {
            if (!TryGetQueue(sessionNo, out var queue))
            {
                return true;
            }

            queue.Records++;
        }

        NextSessionNo = Math.Max(NextSessionNo, sessionNo + 1);
        ref var entry = ref Entries.Add(put.Id, Entry.Put(put.Kind, sessionNo));
        entry.Location = location;
        entry.InCold = location.IsCold;
        entry.References = 1;
        Use(location, 1);
        return true;
    }
}
