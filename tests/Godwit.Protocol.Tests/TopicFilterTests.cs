using Godwit.Protocol.Topics;

namespace Godwit.Protocol.Tests;

public sealed class TopicFilterTests
{
    [Theory, Spec("R24", "R25", "MQTT-4.7.1-1", "MQTT-4.7.1-2")]
    [InlineData("a/b", true)]
    [InlineData("+", true)]
    [InlineData("#", true)]
    [InlineData("a/+/b", true)]
    [InlineData("a+", false)]
    [InlineData("a#", false)]
    [InlineData("a/#/c", false)]
    [InlineData("", false)]
    public void A_wildcard_stands_alone_in_its_level(string filter, bool valid) =>
        Assert.Equal(valid, TopicFilter.TryParse(System.Text.Encoding.UTF8.GetBytes(filter), out _));
}
