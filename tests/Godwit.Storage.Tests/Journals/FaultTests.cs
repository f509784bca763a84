using Godwit.Broker.Log;
using Godwit.Simulation.Disks;

namespace Godwit.Storage.Tests.Journals;

/// <summary>A disk that is full, and one that fails, at every call.</summary>
public sealed class FaultTests
{
    private const int SegmentSize = 12 << 10;

    [Theory, Spec("R18")]
    [InlineData(DiskCallKind.Flush)]
    [InlineData(DiskCallKind.Write)]
    [InlineData(DiskCallKind.Rename)]
    [InlineData(DiskCallKind.SyncDirectory)]
    public void After_a_failed_call_nothing_is_promised_and_nothing_is_tried_again(DiskCallKind kind)
    {
        var failures = 0;
        for (var nth = 0; nth < 60; nth++)
        {
            var disk = new SimulatedDisk(nth);
            using var harness = new JournalHarness(disk, shards: 3, segmentSizeBytes: SegmentSize);
            var load = new RandomLoad(nth, harness.Journal, shards: 3);
            var (seen, durableAtFault, after) = (0, -1L, 0);
            disk.Faults = (call, _) =>
            {
                after += durableAtFault >= 0 && (call is DiskCallKind.Flush or DiskCallKind.Write) ? 1 : 0;
                if (call != kind || durableAtFault >= 0 || seen++ < nth)
                {
                    return DiskFault.None;
                }

                durableAtFault = harness.Journal.DurableAppend;
                return DiskFault.IoError;
            };
            Play(harness, load, steps: 900);
            if (durableAtFault < 0)
            {
                continue;
            }

            failures++;
            Assert.Equal(StoreHealth.Failed, harness.Journal.Health);
            Assert.Equal(StoreHealth.Failed, harness.Healths[^1]);
            Assert.Equal(durableAtFault, harness.Journal.DurableAppend);
            Assert.Equal(0, after);
            Assert.Equal(long.MaxValue, harness.Journal.RunOnce(harness.NowMs + 1_000_000));
            Assert.All([0, 1, 2], shard => Assert.Contains(shard, harness.ShardWakes));
            disk.Faults = null;
            disk.Crash();
            harness.Reopen();
            IsAPrefix(load, harness.Dump(), durableAtFault);
        }

        Assert.InRange(failures, 3, 60);
    }

    [Theory, Spec("R18")]
    [InlineData(DiskFault.Full)]
    [InlineData(DiskFault.ShortWrite)]
    public void No_space_at_any_call_delays_and_loses_nothing(DiskFault fault)
    {
        var full = 0;
        for (var nth = 0; nth < 120; nth++)
        {
            var disk = new SimulatedDisk(nth);
            using var harness = new JournalHarness(disk, shards: 3, segmentSizeBytes: SegmentSize);
            var load = new RandomLoad(nth, harness.Journal, shards: 3);
            var seen = 0;
            disk.Faults = (call, _) => IsLikely(call, fault) && seen++ is var number && number >= nth && number < nth + 3 ? fault : DiskFault.None;
            Play(harness, load, steps: 900);
            load.CommitAll();
            for (var i = 0; i < 20; i++)
            {
                harness.NowMs += 1_000;
                harness.Run();
            }

            full += harness.Healths.Contains(StoreHealth.Full) ? 1 : 0;
            Assert.Equal(StoreHealth.Ok, harness.Journal.Health);
            Assert.Equal(load.Model.CommitCount, harness.Journal.DurableAppend);
            Assert.Equal(load.Model.State.Dump(), harness.Dump());
            disk.Faults = null;
            disk.Crash();
            harness.Reopen();
            Assert.Equal(load.Model.State.Dump(), harness.Dump());
        }

        Assert.InRange(full, 20, 120);
    }

    [Fact, Spec("R18")]
    public void What_the_disk_does_not_give_again_stops_the_start_instead_of_being_forgotten()
    {
        var disk = new SimulatedDisk();
        using var harness = new JournalHarness(disk, segmentSizeBytes: SegmentSize);
        var churn = new Churn(harness);
        for (var i = 0; i < 100; i++)
        {
            churn.OpenSession($"c{i}");
        }

        harness.Run();
        var whole = harness.Dump();
        disk.Crash();
        harness.Reopen();

        disk.Faults = (call, _) => call == DiskCallKind.Read ? DiskFault.IoError : DiskFault.None;
        Assert.Contains("cannot be read again", Assert.Throws<IOException>(harness.Dump).Message, StringComparison.Ordinal);
        Assert.Empty(harness.Alarms);

        disk.Faults = null;
        Assert.Equal(whole, harness.Dump());
    }

    [Fact, Spec("R18")]
    public void A_full_disk_refuses_politely_and_draining_frees_it()
    {
        var disk = new SimulatedDisk { CapacityBytes = 10 * SegmentSize };
        using var harness = new JournalHarness(disk, segmentSizeBytes: SegmentSize);
        var churn = new Churn(harness);
        var seqs = new Queue<long>();
        for (var i = 0; i < 10_000 && harness.Journal.Health != StoreHealth.Full; i++)
        {
            seqs.Enqueue(churn.Queue(pinned: true).Seq);
            harness.Run();
        }

        Assert.Equal(StoreHealth.Full, harness.Journal.Health);
        Assert.Contains(StoreHealth.Low, harness.Healths);
        while (seqs.TryDequeue(out var seq))
        {
            churn.Shard.Acknowledge(churn.PinnedNo, seq);
            var number = churn.Shard.Commit(isAwaited: true);
            harness.Run();
            Assert.Equal(number, harness.Journal.DurableAppend);        // what frees space is still taken
        }

        harness.NowMs += harness.Options.IdleReclaimMs;
        harness.Run();

        Assert.Equal(StoreHealth.Ok, harness.Journal.Health);
        var last = churn.Queue(pinned: true);
        harness.Run();
        harness.Reopen();
        Assert.Contains($"queued {churn.PinnedNo:d8} {last.Seq:d8}", harness.Dump(), StringComparison.Ordinal);
    }

    [Fact, Spec("R18")]
    public void What_does_not_fit_waits_and_is_written_when_space_returns()
    {
        var disk = new SimulatedDisk { CapacityBytes = 6 * SegmentSize };
        using var harness = new JournalHarness(disk, segmentSizeBytes: SegmentSize);
        var churn = new Churn(harness);
        for (var i = 0; i < 500; i++)
        {
            churn.Queue(pinned: true);
            harness.Run();
        }

        var stuckAt = harness.Journal.DurableAppend;
        Assert.Equal(StoreHealth.Full, harness.Journal.Health);
        Assert.InRange(stuckAt, 100, 501);
        harness.NowMs += 400;
        harness.Run();
        Assert.Equal(stuckAt, harness.Journal.DurableAppend);
        disk.CapacityBytes = long.MaxValue;
        harness.NowMs += 500;
        harness.Run();

        Assert.Equal(502, harness.Journal.DurableAppend);
        Assert.Equal(StoreHealth.Ok, harness.Journal.Health);
        harness.Reopen();
        Assert.Equal(500, harness.Journal.Stats.Queued);
    }

    [Fact]
    public void A_message_that_cannot_be_read_is_given_up_with_an_alarm()
    {
        var disk = new SimulatedDisk();
        using var harness = new JournalHarness(disk, segmentSizeBytes: 64 << 10);
        var churn = new Churn(harness);
        var ids = Enumerable.Range(0, 3).Select(_ => churn.Queue(pinned: true).Id).ToList();
        harness.Run();
        var location = harness.Journal.Index.Entries.Find(ids[1]).Location;
        disk.Flip(disk.List().Single(name => name.StartsWith("hot-", StringComparison.Ordinal)), (int)location.Offset + 60);

        var read = harness.Read(churn.Shard, churn.PinnedNo, 0, 10_000);

        Assert.Equal([0, 2], read.Entries.Select(entry => entry.Seq));
        Assert.Equal(3, read.EndSeq);
        Assert.Single(harness.Alarms);
        Assert.Equal(1, harness.Journal.Stats.UnreadableRecords);
        Assert.Equal(2, harness.Journal.Stats.Queued);
    }

    [Fact]
    public void What_cannot_be_read_when_the_broker_starts_is_left_out_with_an_alarm()
    {
        var disk = new SimulatedDisk();
        using var harness = new JournalHarness(disk, segmentSizeBytes: 64 << 10);
        var churn = new Churn(harness);
        var id = churn.Put(0, 0, Protocol.QoS.AtLeastOnce, "gone", retainedVersion: 1);
        churn.Put(0, 0, Protocol.QoS.AtLeastOnce, "there", retainedVersion: 2);
        harness.Run();
        disk.Flip("hot-0000000000000001.seg", (int)harness.Journal.Index.Entries.Find(id).Location.Offset + 60);

        var dump = harness.Dump();

        Assert.Equal(1, dump.Split('\n').Count(line => line.StartsWith("retained", StringComparison.Ordinal)));
        Assert.Contains("1 sessions", Assert.Single(harness.Alarms), StringComparison.Ordinal);
    }

    [Fact]
    public void Damage_met_by_compaction_costs_what_stood_there_and_nothing_else()
    {
        var disk = new SimulatedDisk();
        using var harness = new JournalHarness(disk, segmentSizeBytes: SegmentSize);
        var churn = new Churn(harness);
        var pinned = Enumerable.Range(0, 5).Select(_ => PutAlone(churn)).ToList();
        var location = harness.Journal.Index.Entries.Find(pinned[2].Id).Location;
        disk.Flip("hot-0000000000000001.seg", (int)location.Offset + 60);

        churn.UntilRetired(30);

        Assert.NotEmpty(harness.Alarms);
        Assert.Equal([0, 1, 3, 4], harness.Read(churn.Shard, churn.PinnedNo, 0, 10_000).Entries.Select(entry => entry.Seq));
        var expected = harness.Dump();
        harness.Reopen();
        Assert.Equal(expected, harness.Dump());
    }

    private static (long Id, long Seq) PutAlone(Churn churn)
    {
        var pinned = churn.Queue(pinned: true);
        churn.Harness.Run();
        return pinned;
    }

    private static bool IsLikely(DiskCallKind call, DiskFault fault) =>
        fault == DiskFault.ShortWrite ? call == DiskCallKind.Write : call is DiskCallKind.Write or DiskCallKind.Create or DiskCallKind.Rename;

    private static void Play(JournalHarness harness, RandomLoad load, int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            load.Step();
            harness.NowMs += 5;         // shards commit long before a message that was let go of is forgotten
            if (step % 5 == 0)
            {
                harness.Journal.RunOnce(harness.NowMs);
            }
        }
    }

    private static void IsAPrefix(RandomLoad load, string dump, long durable)
    {
        for (var count = load.Model.CommitCount; count >= durable; count--)
        {
            if (load.Model.StateAfter(count).Dump() == dump)
            {
                return;
            }
        }

        Assert.Fail("what was recovered is the state after no commit");
    }
}
