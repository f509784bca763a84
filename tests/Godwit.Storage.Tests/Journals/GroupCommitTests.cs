using Godwit.Broker.Log;
using Godwit.Protocol;
using Godwit.Simulation.Disks;
using Godwit.Storage.Journals;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Tests.Journals;

/// <summary>When a commit is written, when it is flushed, and who is told.</summary>
public sealed class GroupCommitTests
{
    [Fact, Spec("R18")]
    public void Nothing_is_durable_before_its_flush()
    {
        var disk = new SimulatedDisk();
        using var harness = new JournalHarness(disk);
        var shard = harness.Journal.ShardLog(0);
        shard.Acknowledge(1, 1);

        var number = shard.Commit(isAwaited: true);

        Assert.Equal(1, number);
        Assert.Equal(1, harness.WriterWakes);
        Assert.Equal(0, shard.DurableAppend);
        harness.Run();
        Assert.Equal(1, shard.DurableAppend);
        Assert.Equal([0], harness.ShardWakes);
    }

    [Fact]
    public void Only_shards_that_wait_for_a_commit_are_woken_by_it()
    {
        using var harness = new JournalHarness(new SimulatedDisk(), shards: 4);
        Commit(harness, 0, isAwaited: true);
        harness.Run();
        harness.Journal.ShardLog(3).AwaitAdvance();     // for something that shard 1 will write
        harness.Journal.ShardLog(3).AwaitAdvance();
        harness.Run();
        Commit(harness, 1, isAwaited: true);
        harness.Run();
        Commit(harness, 2, isAwaited: false);
        harness.NowMs += 1_000;
        harness.Run();
        harness.Journal.ShardLog(0).AwaitAdvance();
        Commit(harness, 2, isAwaited: true);
        harness.Run();

        Assert.Equal([0, 1, 3, 0, 2], harness.ShardWakes);
    }

    [Fact]
    public void Commits_of_all_shards_share_a_frame_and_a_flush()
    {
        using var harness = new JournalHarness(new SimulatedDisk(), shards: 3);
        var before = harness.Journal.Stats;
        for (var i = 0; i < 30; i++)
        {
            harness.Journal.ShardLog(i % 3).Acknowledge(1, i);
            Assert.Equal(i + 1, harness.Journal.ShardLog(i % 3).Commit(isAwaited: i % 3 < 2));
        }

        harness.Run();

        Assert.Equal(1, harness.WriterWakes);
        Assert.Equal(1, harness.Journal.Stats.Frames - before.Frames);
        Assert.Equal(1, harness.Journal.Stats.Flushes - before.Flushes);
        Assert.Equal([0, 1], harness.ShardWakes);
        Assert.Equal(30, harness.Journal.DurableAppend);
    }

    [Fact]
    public void What_nobody_awaits_is_flushed_with_the_next_or_after_a_second()
    {
        using var harness = new JournalHarness(new SimulatedDisk());
        var shard = harness.Journal.ShardLog(0);
        shard.Acknowledge(1, 1);
        shard.Commit(isAwaited: false);

        Assert.Equal(harness.NowMs + 1_000, harness.Journal.RunOnce(harness.NowMs));
        Assert.Equal(0, shard.DurableAppend);
        harness.NowMs += 999;
        harness.Run();
        Assert.Equal(0, shard.DurableAppend);
        harness.NowMs++;
        harness.Run();

        Assert.Equal(1, shard.DurableAppend);
        Assert.Empty(harness.ShardWakes);
    }

    [Fact]
    public void An_empty_commit_is_none()
    {
        using var harness = new JournalHarness(new SimulatedDisk());

        Assert.Equal(0, harness.Journal.ShardLog(0).Commit(isAwaited: true));
        Assert.Equal(0, harness.WriterWakes);
    }

    [Theory]
    [InlineData(Durability.Interval, 50, 1)]
    [InlineData(Durability.Os, long.MaxValue, 0)]
    public void In_the_lazy_modes_written_is_enough(Durability durability, long dueInMs, int flushes)
    {
        using var harness = new JournalHarness(new SimulatedDisk(), durability: durability);
        var before = harness.Journal.Stats.Flushes;
        var shard = harness.Journal.ShardLog(1);
        shard.Acknowledge(1, 1);
        shard.Commit(isAwaited: true);

        var due = harness.Journal.RunOnce(harness.NowMs);

        Assert.Equal(dueInMs == long.MaxValue ? dueInMs : harness.NowMs + dueInMs, due);
        Assert.Equal(1, shard.DurableAppend);
        Assert.Equal([1], harness.ShardWakes);
        Assert.Equal(before, harness.Journal.Stats.Flushes);
        harness.NowMs += 1_000;
        harness.Run();
        Assert.Equal(before + flushes, harness.Journal.Stats.Flushes);
    }

    [Fact]
    public void A_frame_takes_no_more_than_its_size_and_a_larger_commit_a_frame_of_its_own()
    {
        using var harness = new JournalHarness(new SimulatedDisk(), segmentSizeBytes: 32 << 10);
        var shard = harness.Journal.ShardLog(0);
        var before = harness.Journal.Stats.Frames;
        Put(shard, 5_000);
        Put(shard, 5_000);
        Put(shard, 100_000);
        Put(shard, 10);

        Assert.True(harness.Journal.RunOnce(harness.NowMs) <= harness.NowMs);
        Assert.Equal(1, shard.DurableAppend);
        harness.Run();

        Assert.Equal(4, shard.DurableAppend);
        Assert.Equal(4, harness.Journal.Stats.Frames - before);
        harness.Reopen();
        Assert.Equal(4, harness.Dump().Split('\n').Count(line => line.StartsWith("retained", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_commit_that_fits_into_no_frame_is_refused()
    {
        using var harness = new JournalHarness(new SimulatedDisk());
        var shard = harness.Journal.ShardLog(0);
        var payload = new byte[FrameHeader.BodySizeMax - 100];
        shard.PutMessage(shard.NewId(), new MessageRecord { Topic = "a"u8, Payload = payload, QoS = QoS.AtLeastOnce, ExpiresAtMs = 1, AnnouncedExpiryMs = 1 }, default);

        Assert.Throws<InvalidOperationException>(() => shard.Commit(isAwaited: true));
    }

    [Fact]
    public void Numbers_are_never_given_out_again()
    {
        using var harness = new JournalHarness(new SimulatedDisk(), shards: 2);
        var ids = new HashSet<long>();
        var sessions = new HashSet<uint>();
        for (var round = 0; round < 4; round++)
        {
            for (var i = 0; i < 10_000; i++)
            {
                var shard = harness.Journal.ShardLog(i % 2);
                Assert.True(ids.Add(shard.NewId()));
                Assert.True(i % 50 > 0 || sessions.Add(shard.NewSessionNo()));
            }

            var last = harness.Journal.ShardLog(0);
            last.PutInbound(ids.Max(), sessions.Max(), 1);
            last.Delete(ids.Max());
            last.Commit(isAwaited: true);
            harness.Run();
            harness.Reopen();
        }

        Assert.DoesNotContain(0u, sessions);
    }

    [Theory]
    [InlineData(Durability.Sync)]
    [InlineData(Durability.Interval)]
    public void Stopping_writes_and_flushes_everything(Durability durability)
    {
        var disk = new SimulatedDisk(7);
        using var harness = new JournalHarness(disk, durability: durability);
        var shard = harness.Journal.ShardLog(0);
        for (var i = 0; i < 100; i++)
        {
            Put(shard, 500);
        }

        harness.Journal.Stop(harness.NowMs);

        Assert.Equal(100, shard.DurableAppend);
        var dump = harness.Dump();
        disk.Crash();
        harness.Reopen();
        Assert.Equal(dump, harness.Dump());
        Assert.Empty(harness.Journal.Report.TornTails);
    }

    [Fact, Spec("R52")]
    public void In_steady_state_nothing_is_allocated_but_segments()
    {
        using var journal = Journal.Open(new NullFs(), new JournalOptions { ShardCount = 2, NewStoreId = JournalHarness.StoreId }, nowMs: 1_000, utcNowMs: JournalHarness.UtcOffsetMs);
        var steady = new SteadyLoad(journal, nowMs: 1_000);
        steady.Publish(20_000);

        Assert.Equal(0, Allocations.Least(() => steady.Publish(20_000)));
    }

    private static void Put(IShardLog shard, int size)
    {
        shard.PutMessage(shard.NewId(), new MessageRecord { Topic = "a"u8, Payload = new byte[size], QoS = QoS.AtLeastOnce, ExpiresAtMs = long.MaxValue, AnnouncedExpiryMs = 1, RetainedVersion = 1, RetainedUntilMs = long.MaxValue }, default);
        shard.Commit(isAwaited: true);
    }

    private static void Commit(JournalHarness harness, int shardIndex, bool isAwaited)
    {
        var shard = harness.Journal.ShardLog(shardIndex);
        shard.Acknowledge(1, 1);
        shard.Commit(isAwaited);
    }
}
