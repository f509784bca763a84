using Godwit.Broker.Messages;
using Godwit.Broker.Routing;
using Godwit.Broker.Sessions;
using Godwit.Broker.Shards;
using Godwit.Protocol.Topics;

namespace Godwit.Broker.Log;

/// <summary>
/// Builds the broker's state from what the log held. A connection that was open counts as closed at the restart: session expiry and will
/// delay count from then. Queues stay in the store until their clients come back.
/// </summary>
internal sealed class Recovery(BrokerCore core, long nowMs) : IRecoverySink
{
    private readonly Dictionary<uint, Session> _sessions = [];
    private readonly List<Session> _left = [];
    private readonly List<(long Id, Will Will, string ClientId, string? UserName)> _orphans = [];
    private readonly List<uint> _discarded = [];

    private IShardLog Log => core.AllShards[0].Durability!.Log;

    public void OnSession(long id, in SessionRecord record)
    {
        var shard = core.AllShards[core.ShardOf(record.ClientId)];
        if (shard.Sessions.TryGetValue(record.ClientId, out var other))
        {
            if (other.No > record.SessionNo || (other.No == record.SessionNo && other.RecordId > id))
            {
                Discard(record.SessionNo, id, other.No);
                return;
            }

            Discard(other.No, other.RecordId, record.SessionNo);
            Forget(shard, other);
        }

        var session = shard.Lifetimes.Create(record.ClientId, record.SessionNo);
        session.RecordId = id;
        session.UserName = record.UserName;
        session.ExpiryMs = record.ExpiryMs;
        session.ExpiresAtMs = record.EndsAtMs;
#if DEFECTS
        if (Protocol.Defect.Is("expiry-not-restored")) { session.ExpiresAtMs = Session.Never; }
#endif
        session.SentBelowSeq = record.IsConnected ? long.MaxValue : record.UnsentSeq;
        _sessions[record.SessionNo] = session;
        if (record.IsConnected)
        {
            _left.Add(session);
        }
    }

    public void OnSubscription(long id, in SubscriptionRecord record)
    {
        if (!_sessions.TryGetValue(record.SessionNo, out var session)
            || !TopicFilter.TryParse(record.Filter, out var filter)
            || session.Subscriptions.Find(record.Filter) is not null)
        {
            Log.Delete(id);
            return;
        }

        var subscription = new Subscription
        {
            Session = session,
            Filter = record.Filter.ToArray(),
            QoS = record.QoS,
            NoLocal = record.NoLocal,
            RetainAsPublished = record.RetainAsPublished,
#if DEFECTS
            Identifiers = record.Identifier == 0 || Protocol.Defect.Is("identifier-lost-at-restart") ? null : [record.Identifier],
#else
            Identifiers = record.Identifier == 0 ? null : [record.Identifier],
#endif
            RecordId = id,
        };
        core.Tree.Subscribe(subscription, filter, replaced: null);
        session.Subscriptions.Add(subscription);
    }

    public void OnInbound(long id, uint sessionNo, ushort packetId)
    {
#if DEFECTS
        if (Protocol.Defect.Is("qos2-state-lost-at-restart")) { return; }
#endif
        if (_sessions.TryGetValue(sessionNo, out var session))
        {
            session.Inbound.OnPublish(packetId, ushort.MaxValue);
            (session.InboundRecords ??= [])[packetId] = id;
        }
        else
        {
            Log.Delete(id);
        }
    }

    public void OnWill(long id, in WillRecord record)
    {
#if DEFECTS
        if (Protocol.Defect.Is("will-lost-at-crash")) { return; }
#endif
        var will = new Will
        {
            Topic = record.Topic.ToArray(),
            Payload = record.Payload.ToArray(),
            Properties = record.Properties.ToArray(),
            QoS = record.QoS,
            Retain = record.Retain,
            DelayMs = record.DelayMs,
            ExpiryMs = record.ExpiryMs,
            RecordId = id,
        };
        if (_sessions.TryGetValue(record.SessionNo, out var session))
        {
            if (session.Will is { } other)
            {
                // The older was being published when the client's next connection brought a newer one: that goes on now.
                var isOlder = id < other.RecordId;
                _orphans.Add(isOlder ? (id, will, record.ClientId, record.UserName) : (other.RecordId, other, record.ClientId, record.UserName));
                if (isOlder)
                {
                    return;
                }
            }

            session.Will = will;
            session.WillDueMs = record.DueAtMs == Session.Never ? nowMs + record.DelayMs : record.DueAtMs;
        }
        else
        {
            _orphans.Add((id, will, record.ClientId, record.UserName));        // its session has ended with its connection
        }
    }

    public void OnRetained(long id, in MessageRecord record)
    {
        var message = MessagePool.Unpooled(new MessageView
        {
            Topic = record.Topic,
            Properties = record.Properties,
            Payload = record.Payload,
            QoS = record.QoS,
            ExpiresAtMs = record.ExpiresAtMs,
            AnnouncedExpiryMs = record.AnnouncedExpiryMs,
        });
        message.WasRetain = true;
        message.PublisherId = record.PublisherId;
        message.RetainedUntilMs = record.RetainedUntilMs;
        message.LogId = id;
        message.Version = record.RetainedVersion;
        if (core.Tree.RestoreRetained(message) is { } superseded)
        {
            Log.ReleaseRetained(superseded.LogId);
        }
    }

    public void OnQueued(uint sessionNo, long seq, int costBytes)
    {
        if (!_sessions.TryGetValue(sessionNo, out var session))
        {
            return;
        }

        var cost = costBytes == 0 ? 0 : costBytes + MessageView.OverheadBytes;
        (session.Stored ??= new StoredQueue()).Add(seq, cost);
        session.QueueBytes += cost;
        var counters = core.AllShards[session.ShardIndex].Counters;
        counters.Queued++;
        counters.QueuedBytes += cost;
    }

    public void OnNextSeq(uint sessionNo, long nextSeq)
    {
#if DEFECTS
        if (Protocol.Defect.Is("packet-id-reused-after-restart")) { return; }
#endif
        if (_sessions.TryGetValue(sessionNo, out var session))
        {
            session.Outbound.ContinueAt(nextSeq);
        }
    }

    public void OnEnd()
    {
        _discarded.ForEach(Log.EndSession);
        foreach (var session in _left)
        {
            session.ExpiresAtMs = session.ExpiryMs == Session.Never ? Session.Never : nowMs + session.ExpiryMs;
        }

        foreach (var session in _sessions.Values)
        {
            session.SentBelowSeq = Math.Min(session.SentBelowSeq, session.Outbound.NextSeq);
        }

        foreach (var session in _left)
        {
            var lifetimes = core.AllShards[session.ShardIndex].Lifetimes;
            lifetimes.Record(session);
            if (session.Will is { DelayMs: > 0 } will)
            {
                lifetimes.SetWill(session, will);       // with its deadline: another restart does not put it off again
            }
        }

        foreach (var session in _sessions.Values)
        {
            core.AllShards[session.ShardIndex].SetTimer(session, Math.Min(session.WillDueMs, session.ExpiresAtMs));
        }

        foreach (var shard in core.AllShards)
        {
            shard.RetainedExpiry.Arm(core.Tree.NextExpiryMs);
            core.Post(shard.Index, new HostCall(PublishOrphans));
        }
    }

    /// <summary>The client had begun a newer session when the process ended, and this one was on its way out. Or both are the same one.</summary>
    private void Discard(uint sessionNo, long recordId, uint keptNo)
    {
        Log.Delete(recordId);
        if (sessionNo != keptNo)
        {
            _discarded.Add(sessionNo);
        }
    }

    private void Forget(Shard shard, Session session)
    {
        _sessions.Remove(session.No);
        _left.Remove(session);
        shard.SessionsByNo.Remove(session.No);
        shard.Sessions.Remove(session.ClientId);
        shard.Counters.Sessions--;
    }

    /// <summary>Wills of connections whose sessions ended with them.</summary>
    private void PublishOrphans(Shard shard)
    {
        foreach (var (_, will, clientId, userName) in _orphans)
        {
            if (core.ShardOf(clientId) == shard.Index)
            {
                shard.Lifetimes.PublishWill(will, clientId, userName);
            }
        }
    }
}
