using System.Runtime.CompilerServices;
using System.Text;
using Godwit.Broker.Log;
using Godwit.Storage.Index;
using Godwit.Storage.Records;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Journals;

/// <summary>Reads what stands in a queue. Used by the writer, between commits.</summary>
internal sealed class BacklogReader
{
    private const int WindowSize = 64 << 10;

    private readonly StoreIndex _index;
    private readonly WallClock _clock;
    private readonly LogReader _messages;
    private readonly LogReader _references;
    private readonly RecordBuffer _bytes = new();
    private byte[] _publisherUtf8 = [];
    private string _publisherId = "";

    public BacklogReader(StoreIndex index, SegmentSet hot, SegmentSet cold, WallClock clock)
    {
        _index = index;
        _clock = clock;
        _messages = new LogReader(hot, cold, WindowSize);
        _references = new LogReader(hot, cold, WindowSize);
    }

    /// <summary>Called for a position that cannot be read; it is no longer needed.</summary>
    public Action<uint, long>? OnUnreadable { get; set; }

    /// <summary>Answers a question.</summary>
    public QueueRead Read(in QueueQuestion question)
    {
        var entries = new List<StoredDelivery>();
        _bytes.Clear(keepBytesMax: 1 << 20);
        var seq = Math.Max(question.FromSeq, 0);
        if (_index.Sessions.TryGetValue(question.SessionNo, out var queue))
        {
            for (; queue.Ring.TryNext(ref seq, out var id); seq++)
            {
                if (id == QueueRing.Unseen || (entries.Count > 0 && _bytes.Length >= question.BytesMax))
                {
                    return Answer(question, entries, seq);
                }

                if (IsComing(id))
                {
                    return Answer(question, entries, seq);
                }

                if (!TryRead(question.SessionNo, seq, id, entries))
                {
                    OnUnreadable?.Invoke(question.SessionNo, seq);
                    _index.Drop(question.SessionNo, seq);
                }
            }

            seq = Math.Max(seq, queue.NextSeq);
        }

        return Answer(question, entries, Math.Max(seq, question.FromSeq));
    }

    private QueueRead Answer(in QueueQuestion question, List<StoredDelivery> entries, long endSeq) =>
        new(question.SessionNo, entries, _bytes.Span.ToArray(), endSeq);

    /// <summary>A reference whose message is still on its way from another shard.</summary>
    private bool IsComing(long id)
    {
        ref var entry = ref _index.Entries.Find(id);
        if (Unsafe.IsNullRef(ref entry) || entry.Kind != EntryKind.Reference)
        {
            return false;
        }

        ref var message = ref _index.Entries.Find(entry.MessageId);
        return !Unsafe.IsNullRef(ref message) && message.IsMissing && !message.IsLost;
    }

    private bool TryRead(uint sessionNo, long seq, long id, List<StoredDelivery> entries)
    {
        ref var entry = ref _index.Entries.Find(id);
        if (Unsafe.IsNullRef(ref entry))
        {
            return false;
        }

        switch (entry.Kind)
        {
            case EntryKind.Received:
                entries.Add(new StoredDelivery { Seq = seq, IsReceived = true, QoS = Protocol.QoS.ExactlyOnce });
                return true;

            case EntryKind.Message:
                return TryReadMessage(id, entry.Location, out var message) && TryAdd(sessionNo, seq, ref message, message.Recipients, entries);

            case EntryKind.Reference:
                ref var target = ref _index.Entries.Find(entry.MessageId);
                return _references.TryRead(entry.Location, RecordType.Reference, out var body)
                    && ReferenceBody.TryRead(body, out var reference)
                    && reference.Id == id
                    && !Unsafe.IsNullRef(ref target)
                    && TryReadMessage(reference.MessageId, target.Location, out message)
                    && TryAdd(sessionNo, seq, ref message, reference.Recipients, entries);

            default:
                return false;
        }
    }

    private bool TryReadMessage(long id, RecordLocation location, out MessageBody message)
    {
        message = default;
        return _messages.TryRead(location, RecordType.Message, out var body) && MessageBody.TryRead(body, out message) && message.Id == id;
    }

    private bool TryAdd(uint sessionNo, long seq, ref MessageBody message, ReadOnlySpan<byte> recipients, List<StoredDelivery> entries)
    {
        var reader = new RecipientReader(recipients);
        while (reader.TryRead())
        {
            if (reader.SessionNo != sessionNo || reader.Seq != seq)
            {
                continue;
            }

            entries.Add(new StoredDelivery
            {
                Seq = seq,
                MessageId = message.Id,
                QoS = reader.QoS,
                Retain = reader.Retain,
                Identifiers = reader.ReadIdentifiers(),
                SharedFilter = reader.SharedFilter.IsEmpty ? null : reader.SharedFilter.ToArray(),
                Topic = Keep(message.Topic),
                Properties = Keep(message.Properties),
                Payload = Keep(message.Payload),
                PublishedQoS = message.QoS,
                WasRetain = message.WasRetain,
                ExpiresAtMs = _clock.FromUtc(message.ExpiresAtUtcMs),
                AnnouncedExpiryMs = _clock.FromUtc(message.AnnouncedExpiryUtcMs),
                PublisherId = message.HasPublisher ? PublisherOf(message.PublisherId) : null,
                PublisherUserName = message.HasPublisherUserName ? Encoding.UTF8.GetString(message.PublisherUserName) : null,
            });
            return true;
        }

        return false;
    }

    private Range Keep(ReadOnlySpan<byte> bytes)
    {
        var start = _bytes.Length;
        _bytes.Bytes(bytes);
        return start.._bytes.Length;
    }

    // A backlog is often from one publisher.
    private string PublisherOf(ReadOnlySpan<byte> utf8)
    {
        if (!utf8.SequenceEqual(_publisherUtf8))
        {
            _publisherUtf8 = utf8.ToArray();
            _publisherId = Encoding.UTF8.GetString(utf8);
        }

        return _publisherId;
    }
}
