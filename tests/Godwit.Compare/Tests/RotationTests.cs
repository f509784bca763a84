using Godwit.Compare.Running;

namespace Godwit.Compare.Tests;

public sealed class RotationTests
{
    [Theory]
    [InlineData(0, "mdxr")]
    [InlineData(1, "dxrm")]
    [InlineData(3, "rmdx")]
    [InlineData(4, "mdxr")]
    [InlineData(13, "dxrm")]
    public void Each_turn_begins_with_the_next(int turn, string order) =>
        Assert.Equal(order, string.Concat(Rotation.Order([.. "mdxr"], turn)));
}
