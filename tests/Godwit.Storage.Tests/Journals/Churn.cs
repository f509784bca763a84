using System.Runtime.CompilerServices;
using Godwit.Broker.Log;
using Godwit.Protocol;
using Godwit.Storage.Index;

namespace Godwit.Storage.Tests.Journals;

/// <summary>A queue that moves on and lets segments come and go, beside one that can hold messages for long.</summary>
internal sealed class Churn
{
    private readonly JournalHarness _harness;
    private readonly RecipientList _recipients = new();
    private readonly Queue<long> _passing = new();
    private readonly uint _passingNo;
    private long _pinnedSeq;
    private long _passingSeq;

    public Churn(JournalHarness harness)
    {
        _harness = harness;
        PinnedNo = OpenSession("pinned");
        _passingNo = OpenSession("passing");
    }

    public IShardLog Shard => _harness.Journal.ShardLog(0);

    public JournalHarness Harness => _harness;

    public uint PinnedNo { get; }

    public int PayloadSize { get; init; } = 200;

    private StoreIndex Index => _harness.Journal.Index;

    public uint OpenSession(string clientId)
    {
        var sessionNo = Shard.NewSessionNo();
        Shard.PutSession(Shard.NewId(), new SessionRecord { SessionNo = sessionNo, ClientId = clientId, ExpiryMs = 1, IsConnected = true, EndsAtMs = long.MaxValue });
        Shard.Commit(isAwaited: true);
        return sessionNo;
    }

    public (long Id, long Seq) Queue(bool pinned, QoS qos = QoS.AtLeastOnce)
    {
        var seq = pinned ? _pinnedSeq++ : _passingSeq++;
        var id = Put(pinned ? PinnedNo : _passingNo, seq, qos, "t");
        if (!pinned)
        {
            _passing.Enqueue(seq);
        }

        return (id, seq);
    }

    public long Put(uint sessionNo, long seq, QoS qos, string topic, long retainedVersion = 0)
    {
        var id = Shard.NewId();
        _recipients.Clear();
        if (sessionNo != 0)
        {
            _recipients.Add(sessionNo, seq, qos, retain: false, null, default);
        }

        Shard.PutMessage(id, new MessageRecord { Topic = System.Text.Encoding.UTF8.GetBytes(topic), Payload = new byte[PayloadSize], QoS = qos, ExpiresAtMs = long.MaxValue, AnnouncedExpiryMs = long.MaxValue, RetainedVersion = retainedVersion, RetainedUntilMs = long.MaxValue }, _recipients.Span);
        Shard.Commit(isAwaited: true);
        return id;
    }

    /// <summary>One message comes, and an older one goes.</summary>
    public void Publish()
    {
        Queue(pinned: false);
        if (_passing.Count > 10)
        {
            Shard.Acknowledge(_passingNo, _passing.Dequeue());
            Shard.Commit(isAwaited: false);
        }
    }

    /// <summary>As a shared subscription does when its member has gone: one position less, one more, the same message.</summary>
    public void HandOn(long messageId, uint fromNo, long fromSeq, uint toNo, long toSeq)
    {
        _recipients.Clear();
        _recipients.Add(toNo, toSeq, QoS.AtLeastOnce, retain: false, null, default);
        Shard.AddRecipients(Shard.NewId(), messageId, _recipients.Span);
        Shard.Acknowledge(fromNo, fromSeq);
        Shard.Commit(isAwaited: true);
        _harness.Run();
    }

    public void AcknowledgeAllButPinned()
    {
        while (_passing.TryDequeue(out var seq))
        {
            Shard.Acknowledge(_passingNo, seq);
        }

        Shard.Commit(isAwaited: true);
    }

    public void UntilNextSegment()
    {
        var tail = _harness.Journal.Stats.HotSegments + _harness.Journal.Stats.RetiredSegments;
        Until(() => _harness.Journal.Stats.HotSegments + _harness.Journal.Stats.RetiredSegments > tail);
    }

    public void UntilRetired(long count) => Until(() => _harness.Journal.Stats.RetiredSegments >= count);

    /// <summary>Compaction has moved these to the cold generation.</summary>
    public void UntilCold(IReadOnlyList<long> ids) => Until(() => ids.All(id => Index.Entries.Contains(id) && Index.Entries.Find(id).Location.IsCold));

    /// <summary>Every hot segment of now has been retired.</summary>
    public void UntilHotFrontIsNewer()
    {
        var retired = _harness.Journal.Stats.RetiredSegments + _harness.Journal.Stats.HotSegments + _harness.Journal.Stats.ColdSegments + 2;
        UntilRetired(retired);
    }

    public bool IsCopiedButNotMoved(long id)
    {
        ref var entry = ref Index.Entries.Find(id);
        return !Unsafe.IsNullRef(ref entry) && entry is { InCold: true, Location.IsCold: false };
    }

    private void Until(Func<bool> isReached)
    {
        for (var i = 0; i < 100_000 && !isReached(); i++)
        {
            Publish();
            _harness.NowMs += 100;
            _harness.Run();
        }

        Assert.True(isReached());
    }
}
