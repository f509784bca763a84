using Godwit.Simulation.Worlds;

namespace Godwit.Simulation.Runs;

/// <summary>What the seed makes of the broker's disk, its process and the machine around it.</summary>
internal sealed class StorePlan
{
    /// <summary>Draws it.</summary>
    /// <param name="random">Of this plan alone.</param>
    /// <param name="faultLevel">0: nothing goes wrong.</param>
    /// <param name="durationMs">Until faults stop.</param>
    /// <param name="isMarathon">One client uses up all packet ids: a store for that is large.</param>
    public StorePlan(SeededRandom random, int faultLevel, int durationMs, bool isMarathon)
    {
        IsDurable = random.Chance(0.75);
        SegmentSizeBytes = isMarathon ? 1 << 20 : random.Pick<int>(16, 16, 24, 64) << 10;
        FrameSizeBytes = Math.Min(random.Pick<int>(300, 2000, 1 << 16), SegmentSizeBytes / 8);
        PoolMax = random.Pick<int>(2, 4);
        WriterDelayMaxMs = random.Pick<int>(0, 1, 5, 50);
        IdleReclaimMs = random.Pick<int>(20, 2000, 60_000);
        SlowFlushChance = random.Chance(0.2) ? 0.01 : 0;
        var mayCrash = faultLevel > 0 && random.Chance(IsDurable ? 0.6 : 0.08);
        if (mayCrash)
        {
            CrashEveryMs = IsDurable ? random.Pick<int>(3000, 10_000, 40_000) : 2 * durationMs;
            PowerCutChance = random.Pick<double>(0, 0.5, 1);
            CrashInRecoveryChance = random.Pick<double>(0, 0.3, 0.7);
            DownMaxMs = random.Pick<int>(0, 100, 5000);
            ClockJumpChance = random.Chance(0.25) ? 0.5 : 0;
        }

        if (IsDurable && faultLevel > 0)
        {
            FaultEveryMs = random.Chance(0.2) ? random.Pick<int>(5000, 20_000) : 0;
            FullEveryMs = random.Chance(0.2) ? random.Pick<int>(8000, 20_000) : 0;
        }
    }

    /// <summary>There is a journal; false: all state lives in memory and a crash loses it.</summary>
    public bool IsDurable { get; }

    public int SegmentSizeBytes { get; }

    public int FrameSizeBytes { get; }

    public int PoolMax { get; }

    /// <summary>Between a commit and the turn of the writer.</summary>
    public int WriterDelayMaxMs { get; }

    public int IdleReclaimMs { get; }

    /// <summary>How often a turn of the writer comes much later, as if a flush took so long.</summary>
    public double SlowFlushChance { get; }

    public int SlowFlushMaxMs { get; } = 10_000;

    /// <summary>Mean time between two crashes of the broker; 0: none.</summary>
    public int CrashEveryMs { get; }

    /// <summary>Of the crashes, those that are power cuts: what was not flushed may be lost.</summary>
    public double PowerCutChance { get; }

    /// <summary>It crashes again while it reads what the last crash has left.</summary>
    public double CrashInRecoveryChance { get; }

    /// <summary>The system clock jumps at a restart, by up to twenty years.</summary>
    public double ClockJumpChance { get; }

    /// <summary>Mean time between two calls of the disk that fail; 0: none.</summary>
    public int FaultEveryMs { get; }

    /// <summary>Mean time between two times without space; 0: none.</summary>
    public int FullEveryMs { get; }

    /// <summary>Longest time until the broker comes up again.</summary>
    public int DownMaxMs { get; }
}
