using Godwit.Broker.Protection;

namespace Godwit.Broker.Tests.Protection;

public sealed class TokenBucketTests
{
    /// <summary>Settings at their ends do not overflow, loop or divide by zero.</summary>
    [Theory, Spec("Hostile-55")]
    [InlineData(1, 1)]
    [InlineData(1, int.MaxValue)]
    [InlineData(long.MaxValue, 1)]
    [InlineData(long.MaxValue, int.MaxValue)]
    public void Every_rate_and_burst_gives_a_sound_answer(long perSecond, int burstSeconds)
    {
        var bucket = default(TokenBucket);
        foreach (var nowMs in new[] { 0, 1, 1_000, long.MaxValue / 2 })
        {
            bucket.Fill(nowMs, perSecond, (double)perSecond * burstSeconds);
            Assert.True(bucket.Tokens >= 0);
            bucket.Take(1);
            Assert.InRange(bucket.WaitMs(perSecond), 0, 2_000);
        }

        for (var i = 0; i < 3; i++)
        {
            bucket.Take(long.MaxValue);
            Assert.True(bucket.WaitMs(perSecond) >= 0);
            Assert.True(bucket.Tokens >= 0);
        }

        bucket.Forgive();
        Assert.True(bucket.WaitMs(perSecond) <= 1_000);
    }

    [Fact]
    public void It_fills_at_its_rate_up_to_its_brim()
    {
        var bucket = default(TokenBucket);
        bucket.Fill(1_000, 10, 20);
        Assert.Equal(20, bucket.Tokens);

        bucket.Take(25);
        Assert.True(bucket.IsEmpty);
        Assert.Equal(600, bucket.WaitMs(10));
        bucket.Fill(1_599, 10, 20);
        Assert.True(bucket.IsEmpty);
        bucket.Fill(1_600, 10, 20);
        Assert.Equal(1, bucket.Tokens);
        bucket.Fill(1_000_000, 10, 20);
        Assert.Equal(20, bucket.Tokens);
    }

    [Fact]
    public void A_burst_below_one_still_has_room_for_one()
    {
        var bucket = default(TokenBucket);
        bucket.Fill(0, 0.1, 0.1);

        Assert.Equal(1, bucket.Tokens);
        bucket.Take(1);
        Assert.Equal(10_000, bucket.WaitMs(0.1));
    }
}
