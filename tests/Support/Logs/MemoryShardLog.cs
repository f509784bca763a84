using Godwit.Broker.Log;

namespace Godwit.Tests.Logs;

/// <summary>What one shard writes into a <see cref="MemoryLog"/>.</summary>
public sealed class MemoryShardLog(MemoryLog log, int shardIndex) : IShardLog
{
    private readonly List<Action<MemoryState>> _changes = [];

    public StoreHealth Health => log.Health;

    public long DurableAppend => log.DurableAppend;

    public long WaitingBytes => 0;

    public long NewId() => log.NewId();

    public uint NewSessionNo() => log.NewSessionNo();

    public void PutMessage(long id, in MessageRecord message, ReadOnlySpan<byte> recipients)
    {
        var kept = new MemoryMessage(id, message, recipients);
        _changes.Add(state => state.PutMessage(kept));
    }

    public void AddRecipients(long id, long messageId, ReadOnlySpan<byte> recipients)
    {
        var list = recipients.ToArray();
        _changes.Add(state => state.AddRecipients(messageId, list));
    }

    public void Acknowledge(uint sessionNo, long seq) => _changes.Add(state => state.Acknowledge(sessionNo, seq));

    public void MarkReceived(uint sessionNo, long seq) => _changes.Add(state => state.MarkReceived(sessionNo, seq));

    public void ReleaseRetained(long messageId) => _changes.Add(state => state.ReleaseRetained(messageId));

    public void PutSession(long id, in SessionRecord session)
    {
        var kept = session;
        _changes.Add(state => state.PutSession(id, kept));
    }

    public void PutSubscription(long id, in SubscriptionRecord subscription)
    {
        var (sessionNo, filter, qos, noLocal, retainAsPublished, identifier) =
            (subscription.SessionNo, subscription.Filter.ToArray(), subscription.QoS, subscription.NoLocal, subscription.RetainAsPublished, subscription.Identifier);
        _changes.Add(state => state.PutSubscription(id, sessionNo, filter, qos, noLocal, retainAsPublished, identifier));
    }

    public void PutWill(long id, in WillRecord will)
    {
        var kept = new MemoryWill(will);
        _changes.Add(state => state.PutWill(id, kept));
    }

    public void PutInbound(long id, uint sessionNo, ushort packetId) => _changes.Add(state => state.PutInbound(id, sessionNo, packetId));

    public void PutRetainedSearch(long id, in RetainedSearchRecord search)
    {
        var (sessionNo, filter, olderThan, noLocal) = (search.SessionNo, search.Filter.ToArray(), search.OlderThan, search.NoLocal);
        _changes.Add(state => state.PutRetainedSearch(id, sessionNo, filter, olderThan, noLocal));
    }

    public void PutRetainedGiven(long id, uint sessionNo, long searchId, ReadOnlySpan<long> messageIds)
    {
        var ids = messageIds.ToArray();
        _changes.Add(state => state.PutRetainedGiven(id, sessionNo, searchId, ids));
    }

    public void Delete(long id) => _changes.Add(state => state.Delete(id));

    public void EndSession(uint sessionNo) => _changes.Add(state => state.EndSession(sessionNo));

    public long Commit(bool isAwaited)
    {
        if (_changes.Count == 0)
        {
            return 0;
        }

        var changes = _changes.ToArray();
        _changes.Clear();
        return log.Commit(changes);
    }

    public void AwaitAdvance()
    {
    }

    public void ReadQueue(uint sessionNo, long fromSeq, int bytesMax) => log.Post?.Invoke(shardIndex, log.State.Read(sessionNo, fromSeq, bytesMax));
}
