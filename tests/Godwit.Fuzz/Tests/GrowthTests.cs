namespace Godwit.Fuzz.Tests;

/// <summary>The measure itself: it must see what is not linear.</summary>
public sealed class GrowthTests
{
    [Fact]
    public void Work_that_grows_with_the_size_passes() => Growth.IsLinear(20_000, size => () => Touch(new byte[size], size));

    [Fact]
    public void Time_that_grows_with_the_square_fails() =>
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Growth.IsLinear(1500, size =>
        {
            var bytes = new byte[size];
            return () =>
            {
                for (var i = 0; i < size; i++)
                {
                    Touch(bytes, size);
                }
            };
        }));

    [Fact]
    public void Allocation_that_grows_with_the_square_fails() =>
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Growth.IsLinear(1000, size => () =>
        {
            for (var i = 0; i < size; i++)
            {
                Touch(new byte[i], 0);
            }
        }));

    private static void Touch(byte[] bytes, int count)
    {
        for (var i = 0; i < count; i++)
        {
            bytes[i]++;
        }
    }
}
