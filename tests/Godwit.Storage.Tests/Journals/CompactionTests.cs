using Godwit.Simulation.Disks;
using Godwit.Storage.Index;

namespace Godwit.Storage.Tests.Journals;

/// <summary>What is over never comes back, what is needed stays, and space is given back.</summary>
public sealed class CompactionTests
{
    private const int SegmentSize = 16 << 10;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 10)];

    [Theory]
    [InlineData("acknowledged")]
    [InlineData("received, then acknowledged")]
    [InlineData("received and soon acknowledged")]
    [InlineData("referred to, then acknowledged")]
    [InlineData("released")]
    [InlineData("deleted")]
    [InlineData("replaced, then deleted")]
    [InlineData("session ended")]
    public void What_ends_after_it_has_gone_to_cold_does_not_come_back(string how)
    {
        using var harness = new JournalHarness(new SimulatedDisk(), segmentSizeBytes: SegmentSize);
        var churn = new Churn(harness);
        var victim = new Victim(churn, how);
        victim.Begin();
        churn.UntilCold(victim.Ids);
        victim.End();
        churn.UntilHotFrontIsNewer();
        victim.EndForGood();
        churn.UntilHotFrontIsNewer();
        var expected = harness.Dump();
        Assert.DoesNotContain(victim.Name, expected, StringComparison.Ordinal);
        Assert.True(harness.Journal.Stats.ColdSegments > 0);

        harness.Reopen();

        Assert.Equal(expected, harness.Dump());
    }

    [Fact]
    public void What_ends_while_its_copy_is_being_made_does_not_come_back()
    {
        // Segments of several steps: the copy has been written, and the index still names the old place.
        using var harness = new JournalHarness(new NullFs(), segmentSizeBytes: 4 << 20);
        var churn = new Churn(harness) { PayloadSize = 20_000 };
        var first = churn.Queue(pinned: true);
        for (var i = 0; i < 10_000 && !churn.IsCopiedButNotMoved(first.Id); i++)
        {
            churn.Publish();
            harness.Journal.RunOnce(harness.NowMs);
        }

        Assert.True(churn.IsCopiedButNotMoved(first.Id));
        churn.Shard.Acknowledge(churn.PinnedNo, first.Seq);
        churn.Shard.Commit(isAwaited: true);
        churn.UntilHotFrontIsNewer();
        var expected = harness.Dump();
        harness.Reopen();

        Assert.Equal(expected, harness.Dump());
        Assert.DoesNotContain($"queued {churn.PinnedNo:d8} {first.Seq:d8}", expected, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_in_cold_that_is_handed_on_and_on_is_there_after_every_opening()
    {
        var disk = new SimulatedDisk();
        using var harness = new JournalHarness(disk, segmentSizeBytes: SegmentSize);
        var churn = new Churn(harness);
        var (id, seq) = churn.Queue(pinned: true);
        churn.UntilCold([id, churn.Queue(pinned: true).Id]);
        var other = churn.OpenSession("other");
        churn.HandOn(id, churn.PinnedNo, seq, other, 0);
        churn.UntilNextSegment();
        churn.HandOn(id, other, 0, other, 1);
        for (var segment = 0; segment < 20; segment++)
        {
            churn.UntilNextSegment();
            using var opened = new JournalHarness(disk.Copy(), segmentSizeBytes: SegmentSize);
            Assert.Equal(harness.Dump(), opened.Dump());
            Assert.Equal(1, Assert.Single(opened.Read(opened.Journal.ShardLog(0), other, 0, 10_000).Entries).Seq);
        }
    }

    [Fact]
    public void Positions_of_an_idle_queue_are_never_used_again()
    {
        using var harness = new JournalHarness(new SimulatedDisk(), segmentSizeBytes: SegmentSize);
        var churn = new Churn(harness);
        for (var i = 0; i < 5; i++)
        {
            var (_, seq) = churn.Queue(pinned: true);
            churn.Shard.Acknowledge(churn.PinnedNo, seq);
        }

        var retired = harness.Journal.Stats.RetiredSegments;
        for (var round = 0; round < 3; round++)
        {
            churn.UntilRetired(retired += 30);
            harness.Reopen();
            retired = 0;
            Assert.Contains($"next {churn.PinnedNo:d8} 5", harness.Dump(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_drained_store_is_one_segment_and_the_pool()
    {
        var disk = new SimulatedDisk();
        using var harness = new JournalHarness(disk, shards: 3, segmentSizeBytes: SegmentSize);
        var load = new RandomLoad(1, harness.Journal, shards: 3);
        for (var step = 0; step < 10_000; step++)
        {
            load.Step();
            harness.Journal.RunOnce(harness.NowMs);
        }

        Assert.True(harness.Journal.Stats.HotSegments > 1);
        load.EndAll();
        harness.Run();
        harness.NowMs += StoreIndex.ReleasedStayMs + harness.Options.IdleReclaimMs;
        harness.Run();
        harness.Run();

        Assert.Equal(0, harness.Journal.Stats.LiveBytes);
        Assert.Equal((1, 0), (harness.Journal.Stats.HotSegments, harness.Journal.Stats.ColdSegments));
        for (var left = PoolCount(); left > harness.Options.PoolMax; left--)
        {
            harness.NowMs += 9_999;
            harness.Run();
            Assert.Equal(left, PoolCount());
            harness.NowMs++;
            harness.Run();
            Assert.Equal(left - 1, PoolCount());
        }

        Assert.InRange(PoolCount(), 2, harness.Options.PoolMax);
        harness.Reopen();
        Assert.Equal("", harness.Dump());

        int PoolCount() => disk.List().Count(name => name.StartsWith("pool-", StringComparison.Ordinal));
    }

    [Fact]
    public void An_idle_store_gives_back_what_is_not_short_yet()
    {
        using var harness = new JournalHarness(new SimulatedDisk(), segmentSizeBytes: SegmentSize);
        var churn = new Churn(harness);
        for (var i = 0; i < 190; i++)
        {
            churn.Queue(pinned: i % 40 == 0);
        }

        churn.AcknowledgeAllButPinned();
        harness.Run();
        var before = harness.Journal.Stats;
        Assert.InRange(before.HotSegments, 3, 100);

        harness.NowMs += harness.Options.IdleReclaimMs;
        harness.Run();

        Assert.True(harness.Journal.Stats.TotalBytes <= 2 * SegmentSize, $"{harness.Journal.Stats}");
        Assert.Equal(5, harness.Journal.Stats.Queued);
    }

    [Fact]
    public void One_message_that_stays_while_the_log_moves_on_holds_no_more_than_its_share()
    {
        using var harness = new JournalHarness(new NullFs(), segmentSizeBytes: 64 << 10);
        var churn = new Churn(harness);
        churn.Queue(pinned: true);
        for (var i = 0; i < 100_000; i++)
        {
            churn.Publish();
            harness.Run();
            var stats = harness.Journal.Stats;
            Assert.True(stats.TotalBytes <= (2 * stats.LiveBytes) + (5 * 64 << 10), $"{stats}");
        }

        Assert.InRange(harness.Journal.Stats.RetiredSegments, 200, 100_000);
        Assert.InRange(harness.Journal.Stats.Amplification, 1, 1.5);
        Assert.Contains($"queued {churn.PinnedNo:d8} 00000000", harness.Dump(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_store_takes_no_more_than_twice_what_it_holds_and_four_segments(int seed)
    {
        using var harness = new JournalHarness(new SimulatedDisk(seed), shards: 3, segmentSizeBytes: SegmentSize);
        var load = new RandomLoad(seed, harness.Journal, shards: 3);
        for (var step = 0; step < 8_000; step++)
        {
            load.Step();
            harness.NowMs += 10;
            harness.Run();
            if (harness.Journal.Compaction.IsBlocked)
            {
                continue;
            }

            var stats = harness.Journal.Stats;
            Assert.True(stats.TotalBytes <= (2 * stats.LiveBytes) + (4 * SegmentSize), $"step {step}: {stats}");
        }

        Assert.InRange(harness.Journal.Stats.Amplification, 1, 2.6);
    }
}
