using Godwit.Simulation.Disks;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Tests.Segments;

/// <summary>Power cuts at every call of the disk. Whole frames in order, at least everything flushed, and never damage.</summary>
public sealed class CrashTests
{
    private static readonly int[] CrashSeeds = [1, 2, 3, 4, 5];

    [Theory]
    [MemberData(nameof(Seeds), 24)]
    public void A_power_cut_at_any_call_leaves_a_prefix_with_everything_that_was_flushed(int seed)
    {
        using var run = new LogRun(new SimulatedDisk { IsRecording = true }, seed);
        run.Steps(70);

        for (var call = 0; call <= run.Disk.Calls.Count; call++)
        {
            foreach (var crashSeed in CrashSeeds)
            {
                using var found = new FoundLog(run.Disk.AfterCrash(call, crashSeed), LogRun.Options);

                Check(run, call, found, $"seed {seed}, call {call}, crash {crashSeed}", isPowerCut: true);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Seeds), 8)]
    public void A_killed_process_leaves_everything_that_was_appended(int seed)
    {
        using var run = new LogRun(new SimulatedDisk { IsRecording = true }, seed);
        run.Steps(70);

        for (var call = 0; call <= run.Disk.Calls.Count; call++)
        {
            using var found = new FoundLog(run.Disk.Before(call), LogRun.Options);

            Check(run, call, found, $"seed {seed}, call {call}", isPowerCut: false);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds), 12)]
    public void Power_cuts_during_recovery_and_in_the_life_after_it_leave_no_less(int seed)
    {
        using var first = new LogRun(new SimulatedDisk { IsRecording = true }, seed);
        first.Steps(60);
        var random = new Random(seed);
        for (var round = 0; round < 12; round++)
        {
            var call = random.Next(first.Disk.Calls.Count / 2, first.Disk.Calls.Count + 1);
            using var second = new LogRun(first.Disk.AfterCrash(call, round).Copy(round, isRecording: true), seed + round, first.States.Last(state => state.CallCount <= call));
            second.Steps(12);

            for (var later = 0; later <= second.Disk.Calls.Count; later++)
            {
                using var found = new FoundLog(second.Disk.AfterCrash(later, round + later), LogRun.Options);

                Check(second, later, found, $"seed {seed}, call {call}, round {round}, later {later}", isPowerCut: true);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Seeds), 8)]
    public void A_power_cut_after_the_restart_of_a_killed_process_takes_nothing_that_the_restart_found(int seed)
    {
        using var first = new LogRun(new SimulatedDisk { IsRecording = true }, seed);
        first.Steps(70);
        for (var call = 0; call <= first.Disk.Calls.Count; call++)
        {
            var disk = first.Disk.Before(call, seed);
            using var second = new LogRun(disk, seed, first.States.Last(state => state.CallCount <= call));
            second.Steps(call % 5);
            var known = second.States[^1];

            disk.Crash();

            using var found = new FoundLog(disk, LogRun.Options);
            Check(second, 0, found, $"seed {seed}, call {call}", isPowerCut: true, known);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds), 12)]
    public void A_store_survives_any_number_of_power_cuts(int seed)
    {
        var random = new Random(seed);
        var disk = new SimulatedDisk(seed);
        var before = default(LogState);
        for (var life = 0; life < 40; life++)
        {
            using var run = new LogRun(disk, random.Next(), before);
            run.Steps(random.Next(30));
            before = run.States[^1];

            disk.Crash();
            using var found = new FoundLog(disk.Copy(), LogRun.Options);

            Check(run, 0, found, $"seed {seed}, life {life}", isPowerCut: true, before);
        }
    }

    public static TheoryData<int> Seeds(int count) => [.. Enumerable.Range(1, count)];

    internal static void Check(LogRun run, int call, FoundLog found, string what, bool isPowerCut, LogState? at = null, LogState? next = null)
    {
        var before = at ?? run.States.Last(state => state.CallCount <= call);
        var after = next ?? at ?? run.States.FirstOrDefault(state => state.CallCount > call, run.States[^1]);
        Assert.True(found.Store.Damage.Count == 0, $"{what}: {string.Join("; ", found.Store.Damage)}");
        foreach (var generation in (Generation[])[Generation.Cold, Generation.Hot])
        {
            var lsns = found.Lsns(generation);
            var (known, later) = (before.Of(generation), after.Of(generation));
            var (first, last) = lsns.Length == 0 ? (later.FrontLsn, later.FrontLsn - 1) : (lsns[0], lsns[^1]);
            var must = isPowerCut ? known.DurableLsn : known.LastLsn;
            Assert.True(last - first + 1 == lsns.Length, $"{what}: {generation} has a gap");
            Assert.True(last >= must, $"{what}: {generation} has frames up to {last}, flushed were {must}");
            Assert.True(last <= known.LastLsn + 1, $"{what}: {generation} has frame {last}, written were {known.LastLsn}");
            Assert.True(first >= known.FrontLsn && first <= later.FrontLsn, $"{what}: {generation} begins with {first}, should be {known.FrontLsn} to {later.FrontLsn}");
            Assert.All(lsns, lsn => Assert.True(found.Frames[(generation, lsn)].AsSpan().SequenceEqual(run.Bodies[(generation, lsn)]), $"{what}: {generation} frame {lsn} is another"));
        }
    }
}
