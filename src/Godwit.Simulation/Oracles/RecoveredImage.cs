using System.Globalization;
using System.Text;
using Godwit.Broker.Log;
using Godwit.Simulation.Disks;
using Godwit.Storage.Journals;

namespace Godwit.Simulation.Oracles;

/// <summary>
/// What a store gives to a broker that starts, as plain values. Of two sessions of one client the newer counts, as in the broker: the older has ended, and
/// is there only to hand on what it leaves.
/// </summary>
internal sealed class RecoveredImage : IRecoverySink
{
    private readonly SortedDictionary<uint, RecoveredSession> _byNo = [];
    private readonly Dictionary<string, RecoveredSession> _byClientId = new(StringComparer.Ordinal);
    private readonly List<RecoveredWill> _orphans = [];
    private readonly SortedDictionary<string, RecoveredRetained> _retained = new(StringComparer.Ordinal);

    private RecoveredImage()
    {
    }

    /// <summary>The sessions that have not ended, oldest number first.</summary>
    public IEnumerable<RecoveredSession> Sessions => _byNo.Values.Where(session => !session.HasEnded);

    /// <summary>Sessions that have ended and may have something to hand on.</summary>
    public IEnumerable<RecoveredSession> Ended => _byNo.Values.Where(session => session.HasEnded);

    /// <summary>Wills without a session.</summary>
    public IReadOnlyList<RecoveredWill> Orphans => _orphans;

    /// <summary>Retained messages by topic.</summary>
    public IReadOnlyDictionary<string, RecoveredRetained> Retained => _retained;

    /// <summary>UTC of the host's time 0, as the store has decided.</summary>
    public long UtcOffsetMs { get; private set; }

    /// <summary>What the opening said.</summary>
    public RecoveryReport Report { get; private set; } = null!;

    /// <summary>Opens a store and reads all there is, with every queue.</summary>
    public static RecoveredImage Read(SimulatedDisk disk, JournalOptions options, long nowMs, long utcNowMs)
    {
        var image = new RecoveredImage();
        QueueRead? answer = null;
        var listening = new JournalOptions
        {
            ShardCount = options.ShardCount,
            NewStoreId = options.NewStoreId,
            Durability = options.Durability,
            SegmentSizeBytes = options.SegmentSizeBytes,
            FrameSizeBytes = options.FrameSizeBytes,
            PoolMax = options.PoolMax,
            IdleReclaimMs = int.MaxValue,
            StopOnDamage = options.StopOnDamage,
            Alarm = options.Alarm,
            Post = (_, read) => answer = read,
        };
        using var journal = Journal.Open(disk, listening, nowMs, utcNowMs);
        image.Report = journal.Report;
        image.UtcOffsetMs = journal.Clock.ToUtc(0);
        journal.Recover(image);
        foreach (var session in image._byNo.Values)
        {
            var from = 0L;
            while (from < session.NextSeq)
            {
                answer = null;
                journal.ShardLog(0).ReadQueue(session.No, from, 1 << 20);
                journal.RunOnce(nowMs);
                foreach (var entry in answer!.Entries)
                {
                    session.Take(entry, answer.Bytes);
                }

                from = Math.Max(from + 1, answer.EndSeq);
            }

            if (session.Positions.Values.FirstOrDefault(position => !position.IsRead) is { } lost)
            {
                throw Oracle.Violation("I11", $"position {lost.Seq} of {session.ClientId} is in the store and cannot be read");
            }
        }

        return image;
    }

    public void OnSession(long id, in SessionRecord session)
    {
        if (_byNo.TryGetValue(session.SessionNo, out var same) && same.RecordId > id)
        {
            return;
        }

        var one = new RecoveredSession
        {
            No = session.SessionNo,
            RecordId = id,
            ClientId = session.ClientId,
            ExpiryMs = session.ExpiryMs,
            IsConnected = session.IsConnected,
            EndsAtMs = session.EndsAtMs,
            UnsentSeq = session.UnsentSeq,
            HasEnded = session is { IsConnected: false, ExpiryMs: 0 },
        };
        _byNo[one.No] = one;
        if (one.HasEnded)
        {
            return;
        }

        if (!_byClientId.TryGetValue(one.ClientId, out var other) || other.No <= one.No)
        {
            _byClientId[one.ClientId] = one;
            other?.HasEnded = other.No != one.No;
        }
        else
        {
            one.HasEnded = true;
        }
    }

    public void OnSubscription(long id, in SubscriptionRecord subscription)
    {
        if (Find(subscription.SessionNo) is not { } session)
        {
            return;
        }

        var filter = Encoding.UTF8.GetString(subscription.Filter);
        var one = new RecoveredSubscription(subscription.QoS, subscription.NoLocal, subscription.RetainAsPublished, subscription.Identifier);
        if (!session.Subscriptions.TryAdd(filter, one))
        {
            throw Oracle.Violation("I11", $"{session.ClientId} has {filter} twice in the store");
        }
    }

    public void OnInbound(long id, uint sessionNo, ushort packetId)
    {
        if (Find(sessionNo) is { } session && !session.Inbound.Add(packetId))
        {
            throw Oracle.Violation("I11", $"{session.ClientId} has the inbound id {packetId} twice in the store");
        }
    }

    public void OnWill(long id, in WillRecord will)
    {
        var one = new RecoveredWill(will.ClientId, will.Payload.ToArray(), will.DelayMs, will.DueAtMs);
        var session = Find(will.SessionNo);
        if (session is null)
        {
            _orphans.Add(one);
        }
        else if (session.Will is null)
        {
            session.Will = one;
        }
        else
        {
            // The older was on its way out when a newer connection brought its own: it goes out now.
            var isNewer = id > session.WillId;
            _orphans.Add(isNewer ? session.Will : one);
            session.Will = isNewer ? one : session.Will;
        }

        if (session is not null && session.Will == one)
        {
            session.WillId = id;
        }
    }

    public void OnRetainedSearch(long id, in RetainedSearchRecord search)
    {
        if (Find(search.SessionNo) is { } session)
        {
            session.SearchOf(id).Begin(Encoding.UTF8.GetString(search.Filter), search.OlderThan, search.NoLocal);
        }
    }

    public void OnRetainedGiven(long id, uint sessionNo, long searchId, ReadOnlySpan<long> messageIds)
    {
        if (Find(sessionNo) is { } session)
        {
            session.SearchOf(searchId).Give(messageIds);
        }
    }

    public void OnRetained(long id, in MessageRecord message)
    {
        var topic = Encoding.UTF8.GetString(message.Topic);
        if (!_retained.TryGetValue(topic, out var other) || other.Version < message.RetainedVersion)
        {
            _retained[topic] = new RecoveredRetained(id, message.RetainedVersion, message.Payload.ToArray(), message.RetainedUntilMs);
        }
    }

    public void OnQueued(uint sessionNo, long seq, int costBytes)
    {
        if (_byNo.TryGetValue(sessionNo, out var session) && !session.Positions.TryAdd(seq, new RecoveredPosition { Seq = seq, IsReceived = costBytes == 0 }))
        {
            throw Oracle.Violation("I11", $"{session.ClientId} has the position {seq} twice in the store");
        }
    }

    public void OnNextSeq(uint sessionNo, long nextSeq)
    {
        if (_byNo.TryGetValue(sessionNo, out var session))
        {
            session.NextSeq = nextSeq;
        }
    }

    public void OnEnd()
    {
    }

    /// <summary>All of it as text; two recoveries of one store have the same.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var session in _byNo.Values)
        {
            session.AppendTo(text);
        }

        foreach (var (topic, retained) in _retained)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"retained {topic} {retained}");
        }

        foreach (var line in _orphans.Select(will => $"will of {will}").Order(StringComparer.Ordinal))
        {
            text.AppendLine(line);
        }

        return text.ToString();
    }

    private RecoveredSession? Find(uint sessionNo) => _byNo.TryGetValue(sessionNo, out var session) && !session.HasEnded ? session : null;
}
