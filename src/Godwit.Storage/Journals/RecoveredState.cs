using System.Runtime.InteropServices;
using System.Text;
using Godwit.Broker.Log;
using Godwit.Storage.Index;
using Godwit.Storage.Records;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Journals;

/// <summary>Gives everything that the index says is needed to a broker that starts.</summary>
internal sealed class RecoveredState(StoreIndex index, SegmentSet hot, SegmentSet cold, WallClock clock)
{
    private const int WindowSize = 1 << 20;

    private readonly LogReader _reader = new(hot, cold, WindowSize);
    private readonly List<long> _messageIds = [];
    private int _unreadable;

    /// <summary>Gives it.</summary>
    /// <returns>Records that this version cannot read, and are missing in what was given.</returns>
    /// <exception cref="IOException">
    /// The disk does not give again what it gave when the log was scanned. Whoever went on would forget what is there.
    /// </exception>
    public int GiveTo(IRecoverySink sink)
    {
        _unreadable = 0;
        foreach (var id in index.Entries.Ids)
        {
            if (IsSession(id))
            {
                GiveSession(id, sink);
            }
        }

        foreach (var id in index.Entries.Ids)
        {
            GiveOther(id, sink);
        }

        foreach (var (sessionNo, queue) in index.Sessions)
        {
            for (var seq = 0L; queue.Ring.TryNext(ref seq, out var id); seq++)
            {
                if (id != QueueRing.Unseen)
                {
                    sink.OnQueued(sessionNo, seq, CostOf(id));
                }
            }

            sink.OnNextSeq(sessionNo, queue.NextSeq);
        }

        sink.OnEnd();
        return _unreadable;
    }

    private bool IsSession(long id)
    {
        ref var entry = ref index.Entries.Find(id);
        return entry.Kind == EntryKind.Put && entry.PutKind == PutKind.Session;
    }

    private int CostOf(long id)
    {
        ref var entry = ref index.Entries.Find(id);
        switch (entry.Kind)
        {
            case EntryKind.Message:
                return entry.CostBytes;

            case EntryKind.Reference:
                return index.Entries.Find(entry.MessageId).CostBytes;

            default:
                return 0;
        }
    }

    private void GiveSession(long id, IRecoverySink sink)
    {
        if (TryReadPut(id, out var put) && put.TryReadSession(out var session))
        {
            sink.OnSession(id, new SessionRecord
            {
                SessionNo = session.SessionNo,
                ClientId = session.ClientId,
                UserName = session.UserName,
                ExpiryMs = session.ExpiryMs,
                IsConnected = session.IsConnected,
                EndsAtMs = clock.FromUtc(session.EndsAtMs),
                UnsentSeq = session.UnsentSeq,
            });
            return;
        }

        Miss();
    }

    private void GiveOther(long id, IRecoverySink sink)
    {
        ref var entry = ref index.Entries.Find(id);
        var isGiven = entry.Kind switch
        {
            EntryKind.Message => !entry.IsRetained || TryGiveRetained(id, entry.Location, sink),
            EntryKind.Put => entry.PutKind == PutKind.Session || TryGivePut(id, sink),
            _ => true,
        };
        if (!isGiven)
        {
            Miss();
        }
    }

    private void Miss()
    {
        if (_reader.DiskError is { } error)
        {
            throw new IOException($"what was read a moment ago cannot be read again: {error.Message}", error);
        }

        _unreadable++;
    }

    private bool TryGivePut(long id, IRecoverySink sink)
    {
        if (!TryReadPut(id, out var put))
        {
            return false;
        }

        switch (put.Kind)
        {
            case PutKind.Subscription when put.TryReadSubscription(out var subscription):
                sink.OnSubscription(id, subscription);
                return true;

            case PutKind.Inbound when put.TryReadInbound(out var sessionNo, out var packetId):
                sink.OnInbound(id, sessionNo, packetId);
                return true;

            case PutKind.RetainedSearch when put.TryReadRetainedSearch(out var search):
                sink.OnRetainedSearch(id, search);
                return true;

            case PutKind.RetainedGiven when put.TryReadRetainedGiven(out var sessionOfGiven, out var searchId, _messageIds):
                sink.OnRetainedGiven(id, sessionOfGiven, searchId, CollectionsMarshal.AsSpan(_messageIds));
                return true;

            case PutKind.Will when put.TryReadWill(out var will):
                sink.OnWill(id, new WillRecord
                {
                    SessionNo = will.SessionNo,
                    ClientId = will.ClientId,
                    UserName = will.UserName,
                    Topic = will.Topic,
                    Payload = will.Payload,
                    Properties = will.Properties,
                    QoS = will.QoS,
                    Retain = will.Retain,
                    DelayMs = will.DelayMs,
                    ExpiryMs = will.ExpiryMs,
                    DueAtMs = clock.FromUtc(will.DueAtMs),
                });
                return true;

            default:
                return false;
        }
    }

    private bool TryReadPut(long id, out PutBody put)
    {
        put = default;
        return _reader.TryRead(index.Entries.Find(id).Location, RecordType.Put, out var body) && PutBody.TryRead(body, out put) && put.Id == id;
    }

    private bool TryGiveRetained(long id, RecordLocation location, IRecoverySink sink)
    {
        if (!_reader.TryRead(location, RecordType.Message, out var body) || !MessageBody.TryRead(body, out var message) || message.Id != id)
        {
            return false;
        }

        sink.OnRetained(id, new MessageRecord
        {
            Topic = message.Topic,
            Properties = message.Properties,
            Payload = message.Payload,
            QoS = message.QoS,
            WasRetain = message.WasRetain,
            ExpiresAtMs = clock.FromUtc(message.ExpiresAtUtcMs),
            AnnouncedExpiryMs = clock.FromUtc(message.AnnouncedExpiryUtcMs),
            PublisherId = message.HasPublisher ? Encoding.UTF8.GetString(message.PublisherId) : null,
            PublisherUserName = message.HasPublisherUserName ? Encoding.UTF8.GetString(message.PublisherUserName) : null,
            RetainedVersion = message.RetainedVersion,
            RetainedUntilMs = clock.FromUtc(message.RetainedUntilUtcMs),
        });
        return true;
    }
}
