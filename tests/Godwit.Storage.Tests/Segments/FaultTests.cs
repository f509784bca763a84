using Godwit.Simulation.Disks;
using Godwit.Storage.Files;

namespace Godwit.Storage.Tests.Segments;

/// <summary>A full disk and a disk that fails, at every call.</summary>
public sealed class FaultTests
{
    [Theory]
    [MemberData(nameof(CrashTests.Seeds), 10, MemberType = typeof(CrashTests))]
    public void No_space_at_any_call_costs_nothing_that_was_written(int seed)
    {
        foreach (var fault in (DiskFault[])[DiskFault.Full, DiskFault.ShortWrite])
        {
            for (var call = CallsOfOpening(seed); call < CallsOfRun(seed); call++)
            {
                var at = call;
                var disk = new SimulatedDisk(seed + call) { Faults = (kind, count) => count == at && kind is DiskCallKind.Create or DiskCallKind.Write or DiskCallKind.Rename ? fault : DiskFault.None };
                using var run = new LogRun(disk, seed);
                run.Steps(60);
                run.Store.Hot.Flush();
                run.Store.Cold.Flush();
                run.Remember();

                disk.Crash();

                using var found = new FoundLog(disk, LogRun.Options);
                CrashTests.Check(run, 0, found, $"seed {seed}, {fault} at {call}", isPowerCut: true, run.States[^1]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(CrashTests.Seeds), 10, MemberType = typeof(CrashTests))]
    public void A_disk_of_any_size_fills_up_and_works_again_when_there_is_space(int seed)
    {
        for (var segments = 2; segments < 12; segments++)
        {
            var disk = new SimulatedDisk(seed) { CapacityBytes = segments * LogRun.Options.SegmentSizeBytes };
            using var run = new LogRun(disk, seed);
            run.Steps(100);
            var wasFull = run.FullCount;
            disk.CapacityBytes = long.MaxValue;
            run.Steps(20);

            Assert.Equal(wasFull, run.FullCount);
            Assert.True(wasFull > 0 || segments > 4);
            disk.Crash();
            using var found = new FoundLog(disk, LogRun.Options);
            CrashTests.Check(run, 0, found, $"seed {seed}, {segments} segments", isPowerCut: true, run.States[^1]);
        }
    }

    [Fact]
    public void When_the_disk_is_full_the_reserve_takes_what_still_comes()
    {
        var disk = new SimulatedDisk { CapacityBytes = 4 * LogRun.Options.SegmentSizeBytes };
        using var log = new FoundLog(disk, LogRun.Options);
        log.Store.Hot.Roll();
        log.Store.Pool.AllocateAhead();
        disk.CapacityBytes = 0;

        log.Store.Hot.Roll();
        log.Store.Hot.Roll();
        Assert.Throws<StoreFullException>(log.Store.Pool.AllocateAhead);
        Assert.Throws<StoreFullException>(() => log.Store.Hot.Roll());
        log.Store.Hot.RetireFront();
        log.Store.Hot.RetireFront();

        log.Store.Hot.Roll();
        Assert.Equal(1, log.Store.Pool.Count);
    }

    [Theory]
    [MemberData(nameof(CrashTests.Seeds), 10, MemberType = typeof(CrashTests))]
    public void A_failure_at_any_call_ends_the_log_for_good_and_the_next_opening_has_what_was_flushed(int seed)
    {
        var before = new SimulatedDisk();
        using (var earlier = new LogRun(before, seed))
        {
            earlier.Steps(30);
        }

        for (var call = 0; call < CallsOfRun(seed); call++)
        {
            foreach (var isPowerCut in (bool[])[true, false])
            {
                var at = call;
                var disk = before.Copy(call);
                disk.Faults = (_, count) => count == at ? DiskFault.IoError : DiskFault.None;
                LogRun? run = null;
                try
                {
                    run = new LogRun(disk, seed);
                    run.Steps(60);
                }
                catch (IOException)
                {
                    // Only the first failure is injected; what comes after is the log's own refusal.
                }

                if (run is null)
                {
                    using var again = new FoundLog(disk, LogRun.Options);
                    Assert.Empty(again.Store.Damage);
                    continue;
                }

                CheckAfterFailure(run, disk, $"seed {seed}, call {call}", isPowerCut);
                run.Dispose();
            }
        }
    }

    private static void CheckAfterFailure(LogRun run, SimulatedDisk disk, string what, bool isPowerCut)
    {
        var known = run.States[^1];
        run.Remember();         // what the call that failed may have changed
        if (isPowerCut)
        {
            disk.Crash();
            using var found = new FoundLog(disk, LogRun.Options);
            CrashTests.Check(run, 0, found, what, isPowerCut, known, run.States[^1]);
            return;
        }

        using var restarted = new LogRun(disk, 1, known);
        var durable = restarted.States[^1];
        Assert.True(durable.Hot.DurableLsn > known.Hot.DurableLsn, what);
        disk.Crash();
        using var later = new FoundLog(disk, LogRun.Options);
        CrashTests.Check(restarted, 0, later, what, isPowerCut, durable);
    }

    [Theory]
    [InlineData(DiskCallKind.Write)]
    [InlineData(DiskCallKind.Flush)]
    [InlineData(DiskCallKind.SyncDirectory)]
    public void After_a_failure_nothing_is_tried_again(DiskCallKind failing)
    {
        var disk = new SimulatedDisk();
        using var log = new FoundLog(disk, LogRun.Options);
        log.Store.Hot.Append(new byte[100], 0);
        disk.Faults = (kind, _) => kind == failing ? DiskFault.IoError : DiskFault.None;
        Assert.ThrowsAny<IOException>(() =>
        {
            log.Store.Hot.Append(new byte[100], 0);
            log.Store.Hot.Roll();
        });
        disk.Faults = null;
        var (calls, durable) = (disk.CallCount, log.Store.Hot.DurableLsn);

        Assert.Throws<IOException>(() => log.Store.Hot.Append(new byte[100], 0));
        Assert.Throws<IOException>(log.Store.Hot.Flush);
        Assert.Throws<IOException>(() => log.Store.Hot.Roll());
        Assert.ThrowsAny<Exception>(log.Store.Hot.RetireFront);
        Assert.Equal((calls, durable), (disk.CallCount, log.Store.Hot.DurableLsn));
    }

    private static int CallsOfOpening(int seed)
    {
        using var run = new LogRun(new SimulatedDisk(), seed);
        return run.Disk.CallCount;
    }

    private static int CallsOfRun(int seed)
    {
        using var run = new LogRun(new SimulatedDisk(), seed);
        run.Steps(60);
        return run.Disk.CallCount;
    }
}
