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
