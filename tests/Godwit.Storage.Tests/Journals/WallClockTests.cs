using Godwit.Broker.Log;
using Godwit.Simulation.Disks;
using Godwit.Storage.Journals;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Tests.Journals;

/// <summary>The host's clock, the disk's, and a system clock that jumps between two openings.</summary>
public sealed class WallClockTests
{
    private const long Year = 365L * 24 * 3600 * 1000;
    private const long Utc = JournalHarness.UtcOffsetMs;

    [Theory]
    [InlineData(5_000, 5_000, false)]           // five seconds later
    [InlineData(-Year, 0, true)]                // back: no time has passed
    [InlineData(9 * Year, 9 * Year, false)]
    [InlineData(20 * Year, 10 * Year, true)]    // not to be believed
    public void Time_passes_between_two_openings_as_the_system_clock_says_within_reason(long jumpMs, long passedMs, bool isCorrected)
    {
        var clock = new WallClock(nowMs: 700, Utc + jumpMs, lastHeartbeatUtcMs: Utc, aheadMaxMs: 10 * Year);

        Assert.Equal(Utc + passedMs, clock.ToUtc(700));
        Assert.Equal(700, clock.FromUtc(Utc + passedMs));
        Assert.Equal(isCorrected, clock.Correction is not null);
    }

    [Fact]
    public void Never_stays_never_and_far_away_stays_far_away()
    {
        var clock = new WallClock(nowMs: 0, Utc, lastHeartbeatUtcMs: 0, aheadMaxMs: Year);

        Assert.Equal(long.MaxValue, clock.ToUtc(long.MaxValue));
        Assert.Equal(long.MaxValue, clock.FromUtc(long.MaxValue));
        Assert.Equal(long.MaxValue - 1, clock.ToUtc(long.MaxValue - 5));
        Assert.True(clock.FromUtc(10) < 0);
    }

    [Theory]
    [InlineData(60_000, 40_000)]
    [InlineData(-60_000, 100_000)]
    public void A_deadline_outlives_the_process_by_the_wall_clock(long jumpMs, long leftMs)
    {
        var disk = new SimulatedDisk();
        var options = new JournalOptions { ShardCount = 1, NewStoreId = JournalHarness.StoreId, SegmentSizeBytes = 64 << 10 };
        using (var journal = Journal.Open(disk, options, nowMs: 0, Utc))
        {
            var shard = journal.ShardLog(0);
            shard.PutSession(shard.NewId(), new SessionRecord { SessionNo = shard.NewSessionNo(), ClientId = "c", ExpiryMs = 1, IsConnected = false, EndsAtMs = 100_000 });
            shard.Commit(isAwaited: true);
            journal.RunOnce(0);
        }

        using var reopened = Journal.Open(disk, options, nowMs: 5_000_000, Utc + jumpMs);
        var sink = new FirstSession();
        reopened.Recover(sink);

        Assert.Equal(5_000_000 + leftMs, sink.EndsAtMs);
        Assert.Equal(jumpMs < 0, reopened.Report.ClockCorrection is not null);
    }

    [Theory]
    [InlineData("{\"format\": 2, \"storeId\": \"5f0c1d8e-1111-4222-8333-944455556666\"}", "format 2")]
    [InlineData("{\"format\": 1}", "damaged")]
    [InlineData("not json", "damaged")]
    [InlineData("", "damaged")]
    public void A_store_that_cannot_be_understood_is_refused_and_stays_as_it_is(string text, string reason)
    {
        var disk = new SimulatedDisk();
        disk.Put("STORE", System.Text.Encoding.UTF8.GetBytes(text));

        var refused = Assert.Throws<StoreFormatException>(() => new JournalHarness(disk));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Equal(["STORE"], disk.List());
    }

    private sealed class FirstSession : IRecoverySink
    {
        public long EndsAtMs { get; private set; }

        public void OnSession(long id, in SessionRecord session) => EndsAtMs = session.EndsAtMs;

        public void OnSubscription(long id, in SubscriptionRecord subscription)
        {
        }

        public void OnInbound(long id, uint sessionNo, ushort packetId)
        {
        }

        public void OnWill(long id, in WillRecord will)
        {
        }

        public void OnRetainedSearch(long id, in RetainedSearchRecord search)
        {
        }

        public void OnRetainedGiven(long id, uint sessionNo, long searchId, ReadOnlySpan<long> messageIds)
        {
        }

        public void OnRetained(long id, in MessageRecord message)
        {
        }

        public void OnQueued(uint sessionNo, long seq, int costBytes)
        {
        }

        public void OnNextSeq(uint sessionNo, long nextSeq)
        {
        }

        public void OnEnd()
        {
        }
    }
}
