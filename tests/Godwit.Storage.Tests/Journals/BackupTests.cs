using Godwit.Simulation.Disks;
using Godwit.Storage.Files;
using Godwit.Storage.Index;
using Godwit.Storage.Journals;
using Godwit.Storage.Segments;
using Godwit.Storage.Tools;

namespace Godwit.Storage.Tests.Journals;

/// <summary>A copy of a store in use, and a look at a store that changes nothing.</summary>
public sealed class BackupTests
{
    private const int SegmentSize = 12 << 10;

    [Theory]
    [InlineData(1, Durability.Sync)]
    [InlineData(2, Durability.Interval)]
    [InlineData(3, Durability.Os)]
    public void A_backup_holds_what_was_durable_when_it_began_whatever_happens_meanwhile(int seed, Durability durability)
    {
        var disk = new SimulatedDisk(seed);
        using var harness = new JournalHarness(disk, shards: 3, durability, SegmentSize);
        var load = new RandomLoad(seed, harness.Journal, shards: 3);
        Play(load, harness, 3_000);
        for (var round = 0; round < 5; round++)
        {
            var names = harness.Journal.BeginBackup(harness.NowMs);
            var state = load.Model.StateAfter(harness.Journal.DurableAppend).Dump();
            Play(load, harness, 500);
            var copy = new SimulatedDisk();
            StoreBackup.Copy(disk, copy, names, cancellationToken: TestContext.Current.CancellationToken);
            harness.Journal.EndBackup();
            Play(load, harness, 500);

            using var reading = StoreReading.Read(copy);
            Assert.True(reading.Report.IsComplete);
            copy.Crash();
            using var restored = new JournalHarness(copy, shards: 3, segmentSizeBytes: SegmentSize, nowMs: harness.NowMs);
            Assert.Equal(state, restored.Dump());
            Assert.Empty(restored.Journal.Report.TornTails);
        }

        Assert.True(harness.Journal.Stats.CopiedBytes > 0);
    }

    [Fact]
    public void A_backup_that_was_broken_off_is_no_store()
    {
        var disk = new SimulatedDisk();
        using var harness = new JournalHarness(disk, segmentSizeBytes: SegmentSize);
        var names = harness.Journal.BeginBackup(harness.NowMs);
        var copy = new SimulatedDisk { CapacityBytes = 4_100 };

        Assert.Throws<StoreFullException>(() => StoreBackup.Copy(disk, copy, names, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Throws<StoreToolException>(() => StoreReading.Read(copy));
        Assert.Throws<StoreFormatException>(() => new JournalHarness(copy));
    }

    [Fact]
    public void A_backup_that_is_broken_off_anywhere_is_no_store_although_its_segments_are_overwritten_at_once()
    {
        var (isReached, broken) = (true, 0);
        for (var nth = 1; isReached; nth++)
        {
            var disk = new SimulatedDisk(nth);
            using var harness = new JournalHarness(disk, shards: 2, segmentSizeBytes: SegmentSize);
            var load = new RandomLoad(nth, harness.Journal, shards: 2);
            Play(load, harness, 1_000);
            using var cancel = new CancellationTokenSource();
            var names = harness.Journal.BeginBackup(harness.NowMs);
            var (copy, seen) = (new SimulatedDisk(), 0);
            var failure = Record.Exception(() => StoreBackup.Copy(disk, copy, names, BreakOff, cancel.Token));

            isReached = seen >= nth;
            if (failure is OperationCanceledException)
            {
                broken++;
                Assert.DoesNotContain("STORE", copy.List());
                continue;
            }

            Assert.Null(failure);           // everything had been read
            using var reading = StoreReading.Read(copy);
            Assert.True(reading.Report.IsComplete);

            void BreakOff(long count)
            {
                if (++seen == nth)
                {
                    cancel.Cancel();
                    harness.Journal.EndBackup();
                    Play(load, harness, 1_000);
                }
            }
        }

        Assert.True(broken > 3, $"{broken}");
    }

    [Fact]
    public void A_disk_that_fails_in_the_middle_of_a_backup_leaves_no_store()
    {
        foreach (var kind in (DiskCallKind[])[DiskCallKind.Create, DiskCallKind.Write, DiskCallKind.Flush, DiskCallKind.Rename, DiskCallKind.SyncDirectory])
        {
            var disk = new SimulatedDisk();
            using var harness = new JournalHarness(disk, segmentSizeBytes: SegmentSize);
            Play(new RandomLoad(1, harness.Journal, shards: 2), harness, 500);
            var names = harness.Journal.BeginBackup(harness.NowMs);
            var copy = new SimulatedDisk { Faults = (call, _) => call == kind ? DiskFault.IoError : DiskFault.None };

            Assert.Throws<IOException>(() => StoreBackup.Copy(disk, copy, names, cancellationToken: TestContext.Current.CancellationToken));

            Assert.DoesNotContain("STORE", copy.List());
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_look_finds_what_an_opening_finds_and_changes_nothing(int seed)
    {
        var disk = new SimulatedDisk(seed);
        using (var harness = new JournalHarness(disk, shards: 3, segmentSizeBytes: SegmentSize))
        {
            Play(new RandomLoad(seed, harness.Journal, shards: 3), harness, 3_000);
        }

        var before = Contents(disk);
        using var reading = StoreReading.Read(disk);

        Assert.Equal(before, Contents(disk));
        Assert.True(reading.Report.IsComplete);
        using var opened = new JournalHarness(disk, shards: 3, segmentSizeBytes: SegmentSize);
        Assert.Equal(opened.Journal.Report.Records, reading.Report.Records);
        Assert.Equal(opened.Journal.Stats.Queued, reading.Index.QueuedCount);
        Assert.Equal(opened.Journal.Stats.Sessions, reading.Index.Sessions.Count);
        Assert.Equal(opened.Journal.Stats.LiveBytes, reading.Index.LiveBytes);
        opened.NowMs += StoreIndex.MissingStayMs;
        opened.Run();
        Assert.Equal(opened.Journal.Stats.Entries, reading.Index.Entries.Count);
    }

    [Fact]
    public void A_look_names_damage()
    {
        var disk = new SimulatedDisk();
        using (var harness = new JournalHarness(disk, segmentSizeBytes: SegmentSize))
        {
            Play(new RandomLoad(1, harness.Journal, shards: 2), harness, 500);
        }

        disk.Flip(disk.List().First(name => name.StartsWith("hot-", StringComparison.Ordinal)), 6_000);

        using var reading = StoreReading.Read(disk);

        Assert.False(reading.Report.IsComplete);
        Assert.Single(reading.Report.Damage);
    }

    private static void Play(RandomLoad load, JournalHarness harness, int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            load.Step();
            harness.NowMs += 5;
            if (step % 4 == 0)
            {
                harness.Journal.RunOnce(harness.NowMs);
            }
        }
    }

    private static string Contents(SimulatedDisk disk) =>
        string.Join('\n', disk.List().Select(name => $"{name} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(disk.Contents(name)))}"));
}
