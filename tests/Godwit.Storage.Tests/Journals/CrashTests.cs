using Godwit.Simulation.Disks;
using Godwit.Storage.Journals;

namespace Godwit.Storage.Tests.Journals;

/// <summary>A power cut or a kill at every call of the disk: what is recovered is what some whole number of commits said, and not less than was durable.</summary>
public sealed class CrashTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_power_cut_at_any_call_loses_nothing_durable_and_cuts_no_commit(int seed)
    {
        var history = Play(seed, Durability.Sync, steps: 2_000);
        for (var call = 0; call <= history.CallCount; call++)
        {
            history.Check(history.Disk.AfterCrash(call, seed + call), call, history.DurableAt(call));
        }

        Assert.True(history.HasCompacted, "the seed is of no use");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_second_power_cut_during_recovery_changes_nothing(int seed)
    {
        var history = Play(seed + 100, Durability.Sync, steps: 600);
        var random = new Random(seed);
        for (var call = random.Next(5); call <= history.CallCount; call += random.Next(1, 7))
        {
            var disk = history.Disk.AfterCrash(call, seed + call).Copy(seed, isRecording: true);
            using (new JournalHarness(disk, shards: 3, segmentSizeBytes: History.SegmentSize))
            {
            }

            for (var second = 0; second <= disk.Calls.Count; second++)
            {
                history.Check(disk.AfterCrash(second, random.Next()), call, history.DurableAt(call));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_kill_at_any_call_loses_nothing_acknowledged_in_any_mode(int seed)
    {
        var history = Play(seed + 200, (Durability)(seed % 3), steps: 800);
        for (var call = 0; call <= history.CallCount; call++)
        {
            history.Check(history.Disk.Before(call), call, history.DurableAt(call));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_power_cut_without_flushes_leaves_a_whole_number_of_commits(int seed)
    {
        var history = Play(seed + 300, seed % 2 == 0 ? Durability.Os : Durability.Interval, steps: 800);
        for (var call = 0; call <= history.CallCount; call++)
        {
            history.Check(history.Disk.AfterCrash(call, seed + call), call, durable: 0);
        }
    }

    private static History Play(int seed, Durability durability, int steps)
    {
        var history = new History(new SimulatedDisk(seed) { IsRecording = true });
        var random = new Random(seed);
        using var harness = new JournalHarness(history.Disk, shards: 3, durability, History.SegmentSize);
        var load = new RandomLoad(seed, harness.Journal, shards: 3) { PayloadMax = 200, AckShare = 46 };
        history.Start(load.Model, harness);
        for (var step = 0; step < steps; step++)
        {
            load.Step();
            harness.NowMs += random.Next(40);
            if (random.Next(5) == 0)
            {
                harness.Journal.RunOnce(harness.NowMs);
                history.Note();
            }
        }

        load.CommitAll();
        harness.NowMs += harness.Options.IdleReclaimMs;
        for (var turn = 0; turn < 1_000 && harness.Journal.RunOnce(harness.NowMs) <= harness.NowMs; turn++)
        {
            history.Note();
        }

        harness.Journal.Stop(harness.NowMs);
        history.Note();
        return history;
    }
}
