using System.Text;
using Godwit.Protocol.Tests.Support;
using Godwit.Protocol.Topics;

namespace Godwit.Protocol.Tests.Topics;

/// <summary>Which Topic Filters are valid, and what a shared one consists of (5.0 §4.7.1, §4.8.2).</summary>
public sealed class TopicFilterTests
{
    [Theory, Spec("R23", "R24", "R25", "MQTT-4.7.1-1", "MQTT-4.7.1-2", "MQTT3-4.7.1-2", "MQTT3-4.7.1-3")]
    [InlineData("a")]
    [InlineData("a/b")]
    [InlineData("chat/room/1")]
    [InlineData("sensor/10/temperature")]
    [InlineData("sensor/+/temperature")]
    [InlineData("+")]
    [InlineData("+/")]
    [InlineData("/+")]
    [InlineData("+/+")]
    [InlineData("a/+")]
    [InlineData("a/+/b")]
    [InlineData("+/tennis/#")]
    [InlineData("sport/+/player1")]
    [InlineData("#")]
    [InlineData("/#")]
    [InlineData("a/#")]
    [InlineData("a//#")]
    [InlineData("+/#")]
    [InlineData("/")]
    [InlineData("//")]
    [InlineData("a/")]
    [InlineData(" ")]
    [InlineData("a b/c")]
    [InlineData("$SYS/#")]
    [InlineData("$SYS/+/x")]
    [InlineData("$sharedx/a")]
    [InlineData("$Share/g/a")]
    [InlineData("a/$share/b")]
    [InlineData("温/+")]
    public void A_filter_is_valid_when_its_wildcards_stand_alone_in_their_levels(string filter)
    {
        var isValid = TopicFilter.TryParse(Encoding.UTF8.GetBytes(filter), out var parsed);

        Assert.True(isValid);
        Assert.False(parsed.IsShared);
        Assert.Equal(filter, Encoding.UTF8.GetString(parsed.Filter));
    }

    [Theory, Spec("R24", "R25", "MQTT-4.7.1-1", "MQTT-4.7.1-2", "MQTT-4.7.3-1", "MQTT3-4.7.1-2", "MQTT3-4.7.1-3", "MQTT3-4.7.3-1")]
    [InlineData("")]
    [InlineData("a+")]
    [InlineData("+a")]
    [InlineData("a+b")]
    [InlineData("++")]
    [InlineData("a/b+")]
    [InlineData("a/+b/c")]
    [InlineData("sport+")]
    [InlineData("a#")]
    [InlineData("#a")]
    [InlineData("##")]
    [InlineData("#/")]
    [InlineData("#/a")]
    [InlineData("a/#/c")]
    [InlineData("a/b#")]
    [InlineData("a/#b")]
    [InlineData("a/#/")]
    [InlineData("a/#/#")]
    [InlineData("+#")]
    [InlineData("#+")]
    [InlineData("sport/tennis#")]
    [InlineData("sport/tennis/#/ranking")]
    public void A_filter_with_a_wildcard_inside_a_level_or_behind_a_hash_is_refused(string filter) =>
        Assert.False(TopicFilter.TryParse(Encoding.UTF8.GetBytes(filter), out _));

    [Theory, Spec("MQTT-4.8.2-1", "MQTT-4.8.2-2")]
    [InlineData("$share/g/a", "g", "a")]
    [InlineData("$share/g/a/b", "g", "a/b")]
    [InlineData("$share/g//", "g", "/")]
    [InlineData("$share/g//a", "g", "/a")]
    [InlineData("$share/g/#", "g", "#")]
    [InlineData("$share/g/+/x", "g", "+/x")]
    [InlineData("$share/$g/$SYS/#", "$g", "$SYS/#")]
    [InlineData("$share/g/$share/h/a", "g", "$share/h/a")]
    [InlineData("$share/a group/a", "a group", "a")]
    [InlineData("$share/群/温", "群", "温")]
    public void A_shared_filter_is_a_ShareName_and_a_filter(string text, string shareName, string filter)
    {
        var isValid = TopicFilter.TryParse(Encoding.UTF8.GetBytes(text), out var parsed);

        Assert.True(isValid);
        Assert.True(parsed.IsShared);
        Assert.Equal(shareName, Encoding.UTF8.GetString(parsed.ShareName));
        Assert.Equal(filter, Encoding.UTF8.GetString(parsed.Filter));
    }

    [Theory, Spec("MQTT-4.8.2-1", "MQTT-4.8.2-2", "MQTT-4.7.1-1", "MQTT-4.7.1-2")]
    [InlineData("$share")]
    [InlineData("$share/")]
    [InlineData("$share//")]
    [InlineData("$share//x")]
    [InlineData("$share/g")]
    [InlineData("$share/g/")]
    [InlineData("$share/+/x")]
    [InlineData("$share/#/x")]
    [InlineData("$share/g#/x")]
    [InlineData("$share/g+/x")]
    [InlineData("$share/#")]
    [InlineData("$share/g/a#")]
    [InlineData("$share/g/#/a")]
    [InlineData("$share/g/+a")]
    public void A_shared_filter_without_ShareName_or_filter_or_with_bad_wildcards_is_refused(string text) =>
        Assert.False(TopicFilter.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Fact, Spec("MQTT-4.7.3-3", "MQTT3-4.7.3-3")]
    public void A_filter_of_32768_levels_is_parsed_and_matched()
    {
        var filter = Encoding.UTF8.GetBytes(string.Join('/', Enumerable.Repeat("+", 32_768)));
        var topic = Encoding.UTF8.GetBytes(string.Join('/', Enumerable.Repeat("a", 32_768)));

        Assert.Equal(65_535, filter.Length);
        Assert.True(TopicFilter.TryParse(filter, out _));
        Assert.True(TopicFilter.Matches(filter, topic));
        Assert.False(TopicFilter.Matches(filter, topic.AsSpan(0, 65_533)));
        Assert.Equal(32_768, TopicFilter.CountWildcards(filter));
        Assert.Equal(32_768, TopicName.CountLevels(topic));
    }

    [Theory]
    [InlineData("a/b", 0)]
    [InlineData("+/b/#", 2)]
    [InlineData("#", 1)]
    [InlineData("+/+/+", 3)]
    public void Wildcards_are_counted(string filter, int count) =>
        Assert.Equal(count, TopicFilter.CountWildcards(Encoding.UTF8.GetBytes(filter)));

    [Fact, Spec("MQTT-4.7.1-1", "MQTT-4.7.1-2", "MQTT-4.8.2-1", "MQTT-4.8.2-2")]
    public void Any_filter_is_judged_as_its_levels_say() =>
        ForAll.Check(TopicGen.AnyText, text =>
        {
            var isValid = TopicFilter.TryParse(Encoding.UTF8.GetBytes(text), out _);
            Assert.Equal((text, TopicModel.IsValidFilter(text)), (text, isValid));
        }, count: 20_000);
}
