using Godwit.Broker.Log;

namespace Godwit.Broker.Tests.Harness;

/// <summary>One shard's part of a <see cref="TestLog"/>.</summary>
public sealed class TestShardLog(TestLog log, int shardIndex) : IShardLog
{
    private readonly List<Action<TestLogState>> _records = [];

    public StoreHealth Health => log.Health;

    public long DurableAppend => log.DurableAppend;

    public long NewId() => log.NewId();

    public uint NewSessionNo() => log.NewSessionNo();

    public void PutMessage(long id, in MessageRecord message, ReadOnlySpan<byte> recipients)
    {
        var stored = TestMessage.Of(id, message);
        var list = recipients.ToArray();
        _records.Add(state =>
        {
            state.Messages.Add(id, stored);
            if (stored.RetainedVersion != 0)
            {
                state.Retained.Add(id, sink => sink.OnRetained(id, stored.ToRecord()));
            }

            AddRecipients(state, id, list);
        });
    }

    public void AddRecipients(long id, long messageId, ReadOnlySpan<byte> recipients)
    {
        var list = recipients.ToArray();
        _records.Add(state => AddRecipients(state, messageId, list));
    }

    public void Acknowledge(uint sessionNo, long seq) => _records.Add(state => state.Queue.Remove((sessionNo, seq)));

    public void MarkReceived(uint sessionNo, long seq) => _records.Add(state =>
    {
        var entry = state.Queue[(sessionNo, seq)];
        state.Queue[(sessionNo, seq)] = entry with { IsReceived = true };
    });

    public void ReleaseRetained(long messageId) => _records.Add(state => state.Retained.Remove(messageId));

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
        var (topic, payload, properties) = (will.Topic.ToArray(), will.Payload.ToArray(), will.Properties.ToArray());
        var (no, clientId, userName, qos, retain, delay, expiry, due) = (
            will.SessionNo, will.ClientId, will.UserName, will.QoS, will.Retain, will.DelayMs, will.ExpiryMs, will.DueAtMs);
        _records.Add(state => state.Puts.Add(id, sink => sink.OnWill(id, new WillRecord
        {
            SessionNo = no, ClientId = clientId, UserName = userName, Topic = topic, Payload = payload, Properties = properties,
            QoS = qos, Retain = retain, DelayMs = delay, ExpiryMs = expiry, DueAtMs = due,
        })));
    }

    public void PutInbound(long id, uint sessionNo, ushort packetId) =>
        _records.Add(state => state.Puts.Add(id, sink => sink.OnInbound(id, sessionNo, packetId)));

    public void Delete(long id) => _records.Add(state =>
    {
        Assert.NotEqual(0, id);
        Assert.True(state.Sessions.Remove(id) || state.Puts.Remove(id), $"record {id} is not there");
    });

    public void EndSession(uint sessionNo) => _records.Add(state =>
    {
        state.Ended.Add(sessionNo);
        foreach (var key in state.Queue.Keys.Where(key => key.SessionNo == sessionNo).ToList())
        {
            state.Queue.Remove(key);
        }
    });

    public long Commit(bool isAwaited) => log.Commit(_records, isAwaited);

    public void ReadQueue(uint sessionNo, long fromSeq, int bytesMax) => log.Read(shardIndex, sessionNo, fromSeq, bytesMax);

    private static void AddRecipients(TestLogState state, long messageId, byte[] list)
    {
        var reader = new RecipientReader(list);
        while (reader.TryRead())
        {
            var (no, seq, qos, retain) = (reader.SessionNo, reader.Seq, reader.QoS, reader.Retain);
            var (identifiers, shared) = (reader.ReadIdentifiers(), reader.SharedFilter.IsEmpty ? null : reader.SharedFilter.ToArray());
            Assert.DoesNotContain(no, state.Ended);
            Assert.True(state.Messages.ContainsKey(messageId), $"message {messageId} is not there");
            state.NextSeqs[no] = Math.Max(state.NextSeqs.GetValueOrDefault(no), seq + 1);
            state.Queue.Add((no, seq), (messageId, false, (position, message, bytes) =>
            {
                var start = bytes.Count;
                bytes.AddRange(message.Bytes);
                var properties = start + message.Topic.Length;
                var payload = properties + message.Properties.Length;
                return new StoredDelivery
                {
                    Seq = position,
                    MessageId = messageId,
                    QoS = qos,
                    Retain = retain,
                    Identifiers = identifiers,
                    SharedFilter = shared,
                    Topic = start..properties,
                    Properties = properties..payload,
                    Payload = payload..bytes.Count,
                    PublishedQoS = message.QoS,
                    WasRetain = message.WasRetain,
                    ExpiresAtMs = message.ExpiresAtMs,
                    AnnouncedExpiryMs = message.AnnouncedExpiryMs,
                    PublisherId = message.PublisherId,
                };
            }));
        }

        Assert.False(reader.IsDamaged);
    }
}
