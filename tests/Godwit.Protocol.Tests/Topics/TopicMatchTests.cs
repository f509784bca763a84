using System.Text;
using FsCheck.Fluent;
using Godwit.Protocol.Tests.Support;
using Godwit.Protocol.Topics;

namespace Godwit.Protocol.Tests.Topics;

/// <summary>Which Topic Names a Topic Filter matches (5.0 §4.7).</summary>
public sealed class TopicMatchTests
{
    [Theory, Spec("R23", "R24", "R25", "MQTT-4.7.1-1", "MQTT-4.7.1-2")]
    [InlineData("a/b", "a/b")]
    [InlineData("a/+", "a/b")]
    [InlineData("a/+", "a/c")]
    [InlineData("a/+", "a/")]
    [InlineData("+", "a")]
    [InlineData("/+", "/finance")]
    [InlineData("+/+", "/finance")]
    [InlineData("/+", "/")]
    [InlineData("+/", "/")]
    [InlineData("+/+", "/")]
    [InlineData("sensor/+/temperature", "sensor/10/temperature")]
    [InlineData("sport/tennis/+", "sport/tennis/player1")]
    [InlineData("sport/+", "sport/")]
    [InlineData("a/#", "a")]
    [InlineData("a/#", "a/")]
    [InlineData("a/#", "a/b")]
    [InlineData("a/#", "a/b/c")]
    [InlineData("sport/tennis/player1/#", "sport/tennis/player1")]
    [InlineData("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon")]
    [InlineData("#", "a")]
    [InlineData("#", "/")]
    [InlineData("#", "a/b/c")]
    [InlineData("/#", "/")]
    [InlineData("/#", "/a/b")]
    [InlineData("+/#", "a")]
    [InlineData("+/#", "a/b/c")]
    [InlineData("+/tennis/#", "sport/tennis")]
    [InlineData("a//b", "a//b")]
    [InlineData("a/+/b", "a//b")]
    [InlineData("ACCOUNTS", "ACCOUNTS")]
    [InlineData("Accounts payable", "Accounts payable")]
    [InlineData("a/+", "a/$b")]
    [InlineData("a/#", "a/$b/c")]
    public void A_filter_matches(string filter, string topic) => Assert.True(Matches(filter, topic));

    [Theory, Spec("R23", "R24", "R25", "MQTT-4.7.1-1", "MQTT-4.7.1-2", "MQTT-4.7.3-4", "MQTT3-4.7.3-4")]
    [InlineData("a/b", "a/b/c")]
    [InlineData("a/b/c", "a/b")]
    [InlineData("a", "/a")]
    [InlineData("/a", "a")]
    [InlineData("a", "a/")]
    [InlineData("a/", "a")]
    [InlineData("a/+", "a")]
    [InlineData("a/+", "a/b/c")]
    [InlineData("+", "/finance")]
    [InlineData("+", "a/b")]
    [InlineData("sport/+", "sport")]
    [InlineData("sport/tennis/+", "sport/tennis/player1/ranking")]
    [InlineData("a/#", "b")]
    [InlineData("a/#", "ab")]
    [InlineData("a/#", "ab/c")]
    [InlineData("/#", "a")]
    [InlineData("a/b/#", "a")]
    [InlineData("ACCOUNTS", "Accounts")]
    [InlineData("a/b", "a//b")]
    [InlineData("ä", "a\u0308")]
    [InlineData("a", "a ")]
    public void A_filter_does_not_match(string filter, string topic) => Assert.False(Matches(filter, topic));

    [Theory, Spec("MQTT-4.7.2-1", "MQTT3-4.7.2-1")]
    [InlineData("#", "$SYS/a", false)]
    [InlineData("#", "$SYS", false)]
    [InlineData("#", "$", false)]
    [InlineData("+", "$SYS", false)]
    [InlineData("+/a", "$SYS/a", false)]
    [InlineData("+/#", "$SYS/a", false)]
    [InlineData("+/monitor/Clients", "$SYS/monitor/Clients", false)]
    [InlineData("$SYS/#", "$SYS", true)]
    [InlineData("$SYS/#", "$SYS/a", true)]
    [InlineData("$SYS/+", "$SYS/a", true)]
    [InlineData("$SYS/monitor/+", "$SYS/monitor/Clients", true)]
    [InlineData("$SYS/broker/metrics/#", "$SYS/broker/metrics/packets/received", true)]
    [InlineData("$share/g/a", "$share/g/a", true)]
    public void A_topic_with_dollar_is_hidden_from_a_leading_wildcard(string filter, string topic, bool matches) =>
        Assert.Equal(matches, Matches(filter, topic));

    [Fact, Spec("R24", "R25", "MQTT-4.7.1-1", "MQTT-4.7.1-2", "MQTT-4.7.2-1", "MQTT3-4.7.2-1")]
    public void Any_filter_matches_what_the_model_says() =>
        ForAll.Check(TopicGen.Filter.Zip(TopicGen.Topic), pair =>
        {
            var (filter, topic) = pair;
            Assert.Equal((filter, topic, TopicModel.Matches(filter, topic)), (filter, topic, Matches(filter, topic)));
        }, count: 20_000);

    [Fact, Spec("MQTT-4.7.3-4")]
    public void A_topic_matches_itself_and_nothing_else_without_wildcards() =>
        ForAll.Check(TopicGen.Topic.Two(), pair =>
            Assert.Equal(string.Equals(pair.Item1, pair.Item2, StringComparison.Ordinal), Matches(pair.Item1, pair.Item2)), count: 5_000);

    private static bool Matches(string filter, string topic) =>
        TopicFilter.Matches(Encoding.UTF8.GetBytes(filter), Encoding.UTF8.GetBytes(topic));
}
