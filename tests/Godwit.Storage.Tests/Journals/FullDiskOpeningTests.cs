using Godwit.Broker.Log;
using Godwit.Simulation.Disks;
using Godwit.Storage.Files;
using Godwit.Storage.Tools;

namespace Godwit.Storage.Tests.Journals;

/// <summary>A store on a disk without room is opened, or nobody could fetch what fills it.</summary>
public sealed class FullDiskOpeningTests
{
    private const int SegmentSize = 1 << 20;       // so that the room that is kept for openings is enough for a few

    [Theory, Spec("R18")]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(10)]
    public void A_full_store_is_drained_although_the_process_dies_again_and_again(int segments)
    {
        var disk = new SimulatedDisk(segments) { CapacityBytes = (long)segments * SegmentSize };
        using var harness = new JournalHarness(disk, segmentSizeBytes: SegmentSize);
        var churn = new Churn(harness) { PayloadSize = 10_000 };
        var seqs = new Queue<long>();
        while (harness.Journal.Health != StoreHealth.Full)
        {
            seqs.Enqueue(churn.Queue(pinned: true).Seq);
            harness.Run();
        }

        while (seqs.TryDequeue(out var seq))
        {
            churn.Shard.Acknowledge(churn.PinnedNo, seq);
            var number = churn.Shard.Commit(isAwaited: true);
            harness.Run();
            Assert.Equal(number, harness.Journal.DurableAppend);
            if (seq % 40 == 0)
            {
                disk.Crash();
                harness.Reopen();
                Assert.Equal(seqs.Count, harness.Journal.Stats.Queued);
            }
        }

        harness.NowMs += harness.Options.IdleReclaimMs;
        harness.Run();
        Assert.InRange(harness.Journal.Health, StoreHealth.Ok, StoreHealth.Low);
    }

    [Fact, Spec("R18")]
    public void Where_no_commit_fits_any_more_an_opening_still_does()
    {
        var disk = new SimulatedDisk { CapacityBytes = 6 * SegmentSize };
        using var harness = new JournalHarness(disk, segmentSizeBytes: SegmentSize);
        var queued = FillUp(harness);

        for (var opening = 0; opening < 5; opening++)
        {
            disk.Crash();
            harness.Reopen();

            Assert.Equal(StoreHealth.Full, harness.Journal.Health);
            Assert.Equal(queued, harness.Journal.Stats.Queued);
        }

        disk.CapacityBytes = long.MaxValue;
        harness.NowMs += 500;
        harness.Run();
        Assert.Equal(StoreHealth.Ok, harness.Journal.Health);
        new Churn(harness) { PayloadSize = 10_000 }.Queue(pinned: true);
        harness.Run();
        harness.Reopen();
        Assert.Equal(queued + 1, harness.Journal.Stats.Queued);
    }

    [Fact, Spec("R18")]
    public void Where_really_nothing_can_be_written_the_opening_says_so_and_loses_nothing()
    {
        var disk = new SimulatedDisk { CapacityBytes = 6 * SegmentSize };
        using var harness = new JournalHarness(disk, segmentSizeBytes: SegmentSize);
        var queued = FillUp(harness);
        StoreFullException? refusal = null;
        for (var opening = 0; opening < 1_000 && refusal is null; opening++)
        {
            refusal = Record.Exception(() => harness.Reopen()) as StoreFullException;
        }

        Assert.NotNull(refusal);
        using (var reading = StoreReading.Read(disk))
        {
            Assert.True(reading.Report.IsComplete);
            Assert.Equal(queued, reading.Index.QueuedCount);
        }

        disk.CapacityBytes = long.MaxValue;
        harness.Reopen();
        Assert.Equal(queued, harness.Journal.Stats.Queued);
    }

    [Fact, Spec("R18")]
    public void A_new_store_on_a_full_disk_is_refused()
    {
        var disk = new SimulatedDisk { CapacityBytes = SegmentSize - 1 };

        Assert.Throws<StoreFullException>(() => new JournalHarness(disk, segmentSizeBytes: SegmentSize));
    }

    [Fact, Spec("R18")]
    public void Damage_on_a_full_disk_keeps_nobody_out_and_no_segment_goes_before_the_skipped_positions_are_written()
    {
        var disk = new SimulatedDisk { CapacityBytes = 6 * SegmentSize };
        using var harness = new JournalHarness(disk, segmentSizeBytes: SegmentSize);
        var churn = new Churn(harness) { PayloadSize = 10_000 };
        for (var i = 0; i < 3_000; i++)
        {
            churn.OpenSession($"client {i}");       // more than fits into the room for openings
        }

        FillUp(harness, churn);
        disk.Flip("hot-0000000000000002.seg", 6_000);

        harness.Reopen();

        Assert.Single(harness.Journal.Report.Damage);
        var next = harness.Journal.Index.Sessions[churn.PinnedNo].NextSeq;
        Assert.Equal(StoreHealth.Full, harness.Journal.Health);
        disk.CapacityBytes = long.MaxValue;
        harness.NowMs += 500;
        churn.UntilHotFrontIsNewer();
        harness.Reopen();
        Assert.True(harness.Journal.Index.Sessions[churn.PinnedNo].NextSeq >= next);
    }

    /// <summary>Publishes until nothing fits any more.</summary>
    /// <returns>Messages that are stored.</returns>
    private static long FillUp(JournalHarness harness, Churn? churn = null)
    {
        churn ??= new Churn(harness) { PayloadSize = 10_000 };
        for (var i = 0; i < 500; i++)
        {
            churn.Queue(pinned: true);
            harness.Run();
        }

        Assert.Equal(StoreHealth.Full, harness.Journal.Health);
        harness.Reopen();                           // forgets what waits
        for (long last = -1, number = 0; harness.Journal.DurableAppend != last || number == 0; number++)
        {
            last = harness.Journal.DurableAppend;
            churn.Shard.Acknowledge(churn.PinnedNo, 1_000_000 + number);      // a small record goes in where a message does not
            churn.Shard.Commit(isAwaited: true);
            harness.Run();
        }

        return harness.Journal.Stats.Queued;
    }
}
