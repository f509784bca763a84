using System.Text;
using Godwit.Broker.Log;
using Godwit.Storage.Records;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Journals;

/// <summary>What one shard writes into the journal: encodes at once, and hands a whole commit to the writer.</summary>
internal sealed class ShardLog : IShardLog
{
    private const int KeepBytesMax = 1 << 20;

    /// <summary>A commit has to fit into one frame, together with what the writer adds.</summary>
    private const int CommitBytesMax = FrameHeader.BodySizeMax - (1 << 20);

    private readonly int _shardIndex;
    private readonly GroupQueue _queue;
    private readonly StoreState _state;
    private readonly NumberSource _numbers;
    private readonly WallClock _clock;
    private readonly RecordBuffer _records = new();
    private byte[] _publisher = new byte[512];
    private int _recordCount;
    private long _nextId;
    private long _idEnd;
    private uint _nextSessionNo;
    private uint _sessionNoEnd;

    public ShardLog(int shardIndex, GroupQueue queue, StoreState state, NumberSource numbers, WallClock clock)
    {
        _shardIndex = shardIndex;
        _queue = queue;
        _state = state;
        _numbers = numbers;
        _clock = clock;
    }

    /// <inheritdoc/>
    public StoreHealth Health => _state.Health;

    /// <inheritdoc/>
    public long DurableAppend => _state.DurableAppend;

    /// <inheritdoc/>
    public long WaitingBytes => _queue.WaitingBytes;

    /// <inheritdoc/>
    public long NewId()
    {
        if (_nextId == _idEnd)
        {
            _nextId = _numbers.TakeIds();
            _idEnd = _nextId + NumberSource.IdBlockSize;
        }

        return _nextId++;
    }

    /// <inheritdoc/>
    public uint NewSessionNo()
    {
        if (_nextSessionNo == _sessionNoEnd)
        {
            _nextSessionNo = _numbers.TakeSessionNos();
            _sessionNoEnd = _nextSessionNo + NumberSource.SessionBlockSize;
        }

        return _nextSessionNo++;
    }

    /// <inheritdoc/>
    public void PutMessage(long id, in MessageRecord message, ReadOnlySpan<byte> recipients)
    {
        new MessageBody
        {
            Id = id,
            QoS = message.QoS,
            WasRetain = message.WasRetain,
            ExpiresAtUtcMs = _clock.ToUtc(message.ExpiresAtMs),
            AnnouncedExpiryUtcMs = _clock.ToUtc(message.AnnouncedExpiryMs),
            HasPublisher = message.PublisherId is not null,
            Publisher = EncodePublisher(message.PublisherId, message.PublisherUserName),
            RetainedVersion = message.RetainedVersion,
            RetainedUntilUtcMs = _clock.ToUtc(message.RetainedUntilMs),
            Topic = message.Topic,
            Properties = message.Properties,
            Payload = message.Payload,
            Recipients = recipients,
        }.Write(_records);
        _recordCount++;
    }

    /// <inheritdoc/>
    public void AddRecipients(long id, long messageId, ReadOnlySpan<byte> recipients)
    {
        new ReferenceBody { Id = id, MessageId = messageId, Recipients = recipients }.Write(_records);
        _recordCount++;
    }

    /// <inheritdoc/>
    public void Acknowledge(uint sessionNo, long seq) => Write(RecordType.Acknowledge, sessionNo, seq);

    /// <inheritdoc/>
    public void MarkReceived(uint sessionNo, long seq)
    {
        new ReceivedBody { Id = NewId(), SessionNo = sessionNo, Seq = seq }.Write(_records);
        _recordCount++;
    }

    /// <inheritdoc/>
    public void ReleaseRetained(long messageId) => Write(RecordType.ReleaseRetained, messageId);

    /// <inheritdoc/>
    public void PutSession(long id, in SessionRecord session)
    {
        PutBody.WriteSession(_records, id, session, _clock.ToUtc(session.EndsAtMs));
        _recordCount++;
    }

    /// <inheritdoc/>
    public void PutSubscription(long id, in SubscriptionRecord subscription)
    {
        PutBody.WriteSubscription(_records, id, subscription);
        _recordCount++;
    }

    /// <inheritdoc/>
    public void PutWill(long id, in WillRecord will)
    {
        PutBody.WriteWill(_records, id, will, _clock.ToUtc(will.DueAtMs));
        _recordCount++;
    }

    /// <inheritdoc/>
    public void PutInbound(long id, uint sessionNo, ushort packetId)
    {
        PutBody.WriteInbound(_records, id, sessionNo, packetId);
        _recordCount++;
    }

    /// <inheritdoc/>
    public void PutRetainedSearch(long id, in RetainedSearchRecord search)
    {
        PutBody.WriteRetainedSearch(_records, id, search);
        _recordCount++;
    }

    /// <inheritdoc/>
    public void PutRetainedGiven(long id, uint sessionNo, long searchId, ReadOnlySpan<long> messageIds)
    {
        PutBody.WriteRetainedGiven(_records, id, sessionNo, searchId, messageIds);
        _recordCount++;
    }

    /// <inheritdoc/>
    public void Delete(long id) => Write(RecordType.Delete, id);

    /// <inheritdoc/>
    public void EndSession(uint sessionNo) => Write(RecordType.EndSession, sessionNo);

    /// <inheritdoc/>
    public long Commit(bool isAwaited)
    {
        if (_recordCount == 0)
        {
            return 0;
        }

        if (_records.Length > CommitBytesMax)
        {
            throw new InvalidOperationException($"a commit of {_records.Length} bytes does not fit into a frame: at most {CommitBytesMax}");
        }

        var number = _queue.Commit(_shardIndex, _records.Span, _recordCount, isAwaited);
        _records.Clear(KeepBytesMax);
        _recordCount = 0;
        return number;
    }

    /// <inheritdoc/>
    public void AwaitAdvance() => _state.AwaitAdvance(_shardIndex);

    /// <inheritdoc/>
    public void ReadQueue(uint sessionNo, long fromSeq, int bytesMax) => _queue.Ask(new QueueQuestion(_shardIndex, sessionNo, fromSeq, bytesMax));

    private void Write(RecordType type, long first, long second = 0)
    {
        NumbersBody.Write(_records, type, first, second);
        _recordCount++;
    }

    private ReadOnlySpan<byte> EncodePublisher(string? publisherId, string? userName)
    {
        if (publisherId is null)
        {
            return default;
        }

        var sizeMax = Encoding.UTF8.GetMaxByteCount(publisherId.Length) + 1 + Encoding.UTF8.GetMaxByteCount(userName?.Length ?? 0);
        if (_publisher.Length < sizeMax)
        {
            _publisher = new byte[sizeMax];
        }

        var size = Encoding.UTF8.GetBytes(publisherId, _publisher);
        if (userName is not null)
        {
            _publisher[size++] = 0;
            size += Encoding.UTF8.GetBytes(userName, _publisher.AsSpan(size));
        }

        return _publisher.AsSpan(0, size);
    }
}
