using Godwit.Broker.Messages;
using Godwit.Broker.Protection;
using Godwit.Broker.Routing;
using Godwit.Broker.Security;
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
    private readonly Dictionary<string, Identity> _principals = [];
    private readonly List<(long Id, Will Will, Subject From)> _orphans = [];

    private readonly RecoveredSearches _searches = new(core);

    private IShardLog Log => core.AllShards[0].Durability!.Log;

    public void OnSession(long id, in SessionRecord record)
    {
        if (_sessions.TryGetValue(record.SessionNo, out var same))
        {
            Log.Delete(Math.Min(id, same.RecordId));        // the older of two records of one session
            if (id < same.RecordId)
            {
                return;
            }

            Forget(same);
        }

        var session = Create(record);
        session.RecordId = id;
        session.Identity = PrincipalOf(record.UserName);
        session.IsIdentityPartial = true;
        if (!session.HasEnded)
        {
            core.Users.Assign(session, record.UserName);
        }

        session.ExpiryMs = record.ExpiryMs;
        session.ExpiresAtMs = record.EndsAtMs;
#if DEFECTS
        if (Protocol.Defect.Is("expiry-not-restored")) { session.ExpiresAtMs = Session.Never; }
#endif
        session.SentBelowSeq = record.IsConnected ? long.MaxValue : record.UnsentSeq;
        _sessions[record.SessionNo] = session;
        if (record.IsConnected && !session.HasEnded)
        {
            _left.Add(session);
        }
    }

    public void OnSubscription(long id, in SubscriptionRecord record)
    {
        if (Find(record.SessionNo) is not { } session
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
        session.Usage?.AddSubscriptions(1);
    }

    public void OnInbound(long id, uint sessionNo, ushort packetId)
    {
#if DEFECTS
        if (Protocol.Defect.Is("qos2-state-lost-at-restart")) { return; }
#endif
        if (Find(sessionNo) is { } session)
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
        var from = new Subject(record.ClientId, Identity.Of(record.UserName));
        if (Find(record.SessionNo) is { } session)
        {
            if (session.Will is { } other)
            {
                // The older was being published when the client's next connection brought a newer one: that goes on now.
                var isOlder = id < other.RecordId;
                _orphans.Add(isOlder ? (id, will, from) : (other.RecordId, other, from));
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
            _orphans.Add((id, will, from));        // its session has ended with its connection
        }
    }

    public void OnRetainedSearch(long id, in RetainedSearchRecord search) => _searches.Add(id, search);

    public void OnRetainedGiven(long id, uint sessionNo, long searchId, ReadOnlySpan<long> messageIds) => _searches.AddGiven(id, searchId, messageIds);

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
        message.PublisherIdentity = PrincipalOf(record.PublisherUserName);
        message.RetainedUntilMs = record.RetainedUntilMs;
        message.LogId = id;
        message.Version = record.RetainedVersion;
        if (core.Tree.RestoreRetained(message) is { } superseded)
        {
            Log.ReleaseRetained(superseded.LogId);
        }
    }

    /// <summary>Few publishers retain most messages.</summary>
    private Identity? PrincipalOf(string? userName)
    {
        if (userName is null)
        {
            return null;
        }

        if (!_principals.TryGetValue(userName, out var principal))
        {
            _principals.Add(userName, principal = Identity.Of(userName)!);
        }

        return principal;
    }

    public void OnQueued(uint sessionNo, long seq, int costBytes)
    {
        if (!_sessions.TryGetValue(sessionNo, out var session))
        {
            return;
        }

        var cost = costBytes == 0 ? 0 : costBytes + MessageView.OverheadBytes;
        (session.Stored ??= new StoredQueue { MayBeShared = true }).Add(seq, cost);
        session.QueueBytes += cost;
        if (core.Quotas is { QueuedBytesMax: > 0 })
        {
            UserUsages.Charge(session);
        }

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
                lifetimes.SetWill(session, will);       // with its deadline, or each further crash would put it off
            }
        }

        foreach (var session in _sessions.Values)
        {
            if (session.HasEnded)
            {
                core.Post(session.ShardIndex, new HostCall(shard => shard.HandOvers.Begin(session)));
                continue;
            }

            core.AllShards[session.ShardIndex].SetTimer(session, Math.Min(session.WillDueMs, session.ExpiresAtMs));
        }

        _searches.Resume(Find, Log);
        foreach (var shard in core.AllShards)
        {
            shard.RetainedExpiry.Arm(core.Tree.NextExpiryMs);
            core.Post(shard.Index, new HostCall(PublishOrphans));
        }
    }

    private Session? Find(uint sessionNo) => _sessions.TryGetValue(sessionNo, out var session) && !session.HasEnded ? session : null;

    /// <summary>
    /// A session whose record says that it has ended, or whose client had begun a newer one, was on its way out when the process ended: it comes back
    /// for no client, only to hand on what it leaves.
    /// </summary>
    private Session Create(in SessionRecord record)
    {
        var lifetimes = core.AllShards[core.ShardOf(record.ClientId)].Lifetimes;
        if (record is { IsConnected: false, ExpiryMs: 0 })
        {
            return lifetimes.CreateEnded(record.ClientId, record.SessionNo);
        }

        var sessions = core.AllShards[core.ShardOf(record.ClientId)].Sessions;
        if (!sessions.TryGetValue(record.ClientId, out var other))
        {
            return lifetimes.Create(record.ClientId, record.SessionNo);
        }

        if (other.No > record.SessionNo)
        {
            return lifetimes.CreateEnded(record.ClientId, record.SessionNo);
        }

        other.HasEnded = true;
        Leave(other);
        return lifetimes.Create(record.ClientId, record.SessionNo);
    }

    private void Forget(Session session)
    {
        _sessions.Remove(session.No);
        core.AllShards[session.ShardIndex].SessionsByNo.Remove(session.No);
        if (!session.HasEnded)
        {
            Leave(session);
        }
    }

    private void Leave(Session session)
    {
        var shard = core.AllShards[session.ShardIndex];
        _left.Remove(session);
        core.Users.Leave(session);
        shard.Sessions.Remove(session);
        shard.Counters.Sessions--;
    }

    /// <summary>Wills of connections whose sessions ended with them.</summary>
    private void PublishOrphans(Shard shard)
    {
        foreach (var (_, will, from) in _orphans)
        {
            if (core.ShardOf(from.ClientId) == shard.Index)
            {
                shard.Lifetimes.PublishWill(will, from);
            }
        }
    }
}
