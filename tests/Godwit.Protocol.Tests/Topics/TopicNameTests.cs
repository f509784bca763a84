using System.Text;
using Godwit.Protocol.Topics;

namespace Godwit.Protocol.Tests.Topics;

public sealed class TopicNameTests
{
    [Theory, Spec("R26", "MQTT-4.7.0-1", "MQTT-4.7.3-1", "MQTT3-4.7.1-1", "MQTT3-4.7.3-1")]
    [InlineData("a", true)]
    [InlineData("a/b/c", true)]
    [InlineData("/", true)]
    [InlineData(" ", true)]
    [InlineData("$SYS/a", true)]
    [InlineData("$share/g/a", true)]
    [InlineData("", false)]
    [InlineData("+", false)]
    [InlineData("#", false)]
    [InlineData("a/+/b", false)]
    [InlineData("a+", false)]
    [InlineData("a/#", false)]
    public void A_Topic_Name_has_a_character_and_no_wildcards(string topic, bool isValid) =>
        Assert.Equal(isValid, TopicName.IsValid(Encoding.UTF8.GetBytes(topic)));

    [Theory, Spec("R23")]
    [InlineData("a", 1)]
    [InlineData("a/b", 2)]
    [InlineData("a/b/c", 3)]
    [InlineData("/", 2)]
    [InlineData("/a/", 3)]
    [InlineData("//", 3)]
    public void Levels_are_separated_by_slashes_and_may_be_empty(string topic, int count) =>
        Assert.Equal(count, TopicName.CountLevels(Encoding.UTF8.GetBytes(topic)));

    [Theory, Spec("MQTT-4.7.2-1", "MQTT3-4.7.2-1")]
    [InlineData("$", true)]
    [InlineData("$SYS", true)]
    [InlineData("$anything/a", true)]
    [InlineData("a", false)]
    [InlineData("/$SYS", false)]
    [InlineData("a$", false)]
    [InlineData("", false)]
    public void A_topic_that_begins_with_dollar_is_hidden(string topic, bool isHidden) =>
        Assert.Equal(isHidden, TopicName.IsHidden(Encoding.UTF8.GetBytes(topic)));
}
