using Godwit.Broker.Log;
using Godwit.Tests.Logs;

namespace Godwit.Broker.Tests.Harness;

/// <summary>One shard's part of a <see cref="TestLog"/>.</summary>
public sealed class TestShardLog(TestLog log, int shardIndex) : IShardLog
{
    private readonly List<Action<TestLogState>> _records = [];

    public StoreHealth Health => log.Health;

    public long DurableAppend => log.DurableAppend;

    public long WaitingBytes => log.WaitingBytes;

    public long NewId() => log.NewId();

    public uint NewSessionNo() => log.NewSessionNo();

    public void PutMessage(long id, in MessageRecord message, ReadOnlySpan<byte> recipients)
    {
        var kept = new MemoryMessage(id, message, recipients);
        _records.Add(state => state.PutMessage(kept));
    }

    public void AddRecipients(long id, long messageId, ReadOnlySpan<byte> recipients)
    {
        var list = recipients.ToArray();
        _records.Add(state => state.AddRecipients(messageId, list));
    }

    public void Acknowledge(uint sessionNo, long seq) => _records.Add(state => state.Acknowledge(sessionNo, seq));

    public void MarkReceived(uint sessionNo, long seq) => _records.Add(state => state.MarkReceived(sessionNo, seq));

    public void ReleaseRetained(long messageId) => _records.Add(state => state.ReleaseRetained(messageId));

    public void PutSession(long id, in SessionRecord session)
    {
        var copy = session;
        _records.Add(state => state.Sessions.Add(id, sink => sink.OnSession(id, copy)));
    }

    public void PutSubscription(long id, in SubscriptionRecord subscription)
    {
        var (no, filter, qos, noLocal, asPublished, identifier) = (
            subscription.SessionNo, subscription.Filter.ToArray(), subscription.QoS, subscription.NoLocal, subscription.RetainAsPublished, subscription.Identifier);
        _records.Add(state => state.Puts.Add(id, sink => sink.OnSubscription(id, new SubscriptionRecord
        {
            SessionNo = no, Filter = filter, QoS = qos, NoLocal = noLocal, RetainAsPublished = asPublished, Identifier = identifier,
        })));
    }

    public void PutWill(long id, in WillRecord will)
    {
        var kept = new MemoryWill(will);
        _records.Add(state => state.Puts.Add(id, sink => sink.OnWill(id, kept.ToRecord())));
    }

    public void PutInbound(long id, uint sessionNo, ushort packetId) =>
        _records.Add(state => state.Puts.Add(id, sink => sink.OnInbound(id, sessionNo, packetId)));

    public void PutRetainedSearch(long id, in RetainedSearchRecord search)
    {
        var (no, filter, olderThan, noLocal) = (search.SessionNo, search.Filter.ToArray(), search.OlderThan, search.NoLocal);
        _records.Add(state => state.Puts.Add(id, sink => sink.OnRetainedSearch(id, new RetainedSearchRecord
        {
            SessionNo = no, Filter = filter, OlderThan = olderThan, NoLocal = noLocal,
        })));
    }

    public void PutRetainedGiven(long id, uint sessionNo, long searchId, ReadOnlySpan<long> messageIds)
    {
        var ids = messageIds.ToArray();
        _records.Add(state => state.Puts.Add(id, sink => sink.OnRetainedGiven(id, sessionNo, searchId, ids)));
    }

    public void Delete(long id) => _records.Add(state => state.Delete(id));

    public void EndSession(uint sessionNo) => _records.Add(state => state.EndSession(sessionNo));

    public long Commit(bool isAwaited) => log.Commit(shardIndex, _records, isAwaited);

    public void AwaitAdvance() => log.AwaitAdvance(shardIndex);

    public void ReadQueue(uint sessionNo, long fromSeq, int bytesMax) => log.Read(shardIndex, sessionNo, fromSeq, bytesMax);
}
