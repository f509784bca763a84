using Godwit.Broker.Protection;
using Godwit.Server.Protection;

namespace Godwit.Server.Tests.Protection;

public sealed class MemoryJudgeTests
{
    [Fact]
    public void Each_mark_is_passed_upwards_and_left_again_below_it()
    {
        var judge = new MemoryJudge(limitBytes: 1_000, highPercent: 70, criticalPercent: 85);
        (long Used, OverloadLevel Level)[] steps =
        [
            (0, OverloadLevel.None), (699, OverloadLevel.None), (700, OverloadLevel.High), (660, OverloadLevel.High), (649, OverloadLevel.None),
            (849, OverloadLevel.High), (850, OverloadLevel.Critical), (800, OverloadLevel.Critical), (799, OverloadLevel.High), (650, OverloadLevel.High),
            (2_000, OverloadLevel.Critical), (0, OverloadLevel.None),
        ];

        Assert.Equal(steps.Select(step => step.Level), steps.Select(step => judge.Judge(step.Used)));
    }

    /// <summary>Settings at their ends.</summary>
    [Theory, Spec("Hostile-55")]
    [InlineData(0, 0, OverloadLevel.None)]
    [InlineData(100, 100, OverloadLevel.Critical)]
    [InlineData(0, 100, OverloadLevel.Critical)]
    [InlineData(1, 0, OverloadLevel.High)]
    [InlineData(90, 10, OverloadLevel.Critical)]
    public void Zero_is_never_and_the_second_mark_holds_without_the_first(int high, int critical, OverloadLevel level)
    {
        Assert.Equal(level, new MemoryJudge(long.MaxValue, high, critical).Judge(long.MaxValue));
        Assert.Equal(level, new MemoryJudge(1, high, critical).Judge(long.MaxValue));
    }

    /// <summary>
    /// Where a container is small, the collector may have three quarters of it, 20 MB at least, and the marks are parts of that. A broker without
    /// clients was seen to have 8 MB that are not files, 3 of them objects; with a thousand idle clients 3 more, and it may double before anybody is refused.
    /// </summary>
    [Theory]
    [InlineData(32)]
    [InlineData(48)]
    [InlineData(64)]
    [InlineData(96)]
    [InlineData(128)]
    public void An_almost_idle_broker_is_far_from_the_marks_of_a_small_container(long containerMB)
    {
        const long MB = 1024 * 1024;
        var limit = MemoryMeter.LimitOf(Math.Max(20, containerMB * 3 / 4) * MB, machineBytes: 4096 * MB);
        var judge = new MemoryJudge(limit, highPercent: 70, criticalPercent: 85);

        Assert.Equal(OverloadLevel.None, judge.Judge(MemoryMeter.UsedOf(heapBytes: 3 * MB, committedBytes: 6 * MB, residentBytes: 8 * MB)));
        Assert.Equal(OverloadLevel.None, judge.Judge(MemoryMeter.UsedOf(heapBytes: 6 * MB, committedBytes: 12 * MB, residentBytes: 14 * MB)));
        Assert.Equal(OverloadLevel.Critical, judge.Judge(limit));           // while the container has a quarter left
    }

    /// <summary>What the collector keeps for itself is given back first: it does not count; objects always do.</summary>
    [Theory]
    [InlineData(10, 40, 50, 20)]
    [InlineData(10, 10, 50, 50)]
    [InlineData(10, 5, 50, 50)]
    [InlineData(30, 60, 20, 30)]
    [InlineData(0, 0, 0, 0)]
    public void Memory_in_use_is_what_is_resident_without_what_the_collector_keeps_free(long heap, long committed, long resident, long used) =>
        Assert.Equal(used, MemoryMeter.UsedOf(heap, committed, resident));

    /// <summary>A container's limit counts where it is the smaller one, else three quarters of the machine.</summary>
    [Theory]
    [InlineData(48, 4096, 48)]
    [InlineData(4096, 4096, 3072)]
    [InlineData(20, 24, 18)]
    public void The_limit_is_the_smaller_of_container_and_machine(long available, long machine, long limit) =>
        Assert.Equal(limit, MemoryMeter.LimitOf(available, machine));

    [Fact]
    public void The_meter_counts_what_is_in_use()
    {
        var before = MemoryMeter.UsedBytes();
        var block = GC.AllocateUninitializedArray<byte>(200_000_000, pinned: true);
        block.AsSpan().Fill(1);

        Assert.InRange(MemoryMeter.UsedBytes() - before, 150_000_000, 400_000_000);
        Assert.True(MemoryMeter.DefaultLimitBytes > 0);
        GC.KeepAlive(block);
    }
}
