using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;

namespace Godwit.Broker.Tests.Limits;

/// <summary>Every limit below, at and above its value.</summary>
public sealed class LimitTests
{
    public static TheoryData<string, ProtocolVersion> Cases => new(
        from probe in LimitProbes.All
        from version in new[] { ProtocolVersion.Mqtt311, ProtocolVersion.Mqtt5 }
        where version == ProtocolVersion.Mqtt5 || probe.Beyond311 is not null
        select (probe.Name, version));

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_limit_holds_below_at_and_above_its_value(string name, ProtocolVersion version)
    {
        var probe = LimitProbes.All.Single(probe => probe.Name == name);
        var beyond = version == ProtocolVersion.Mqtt5 ? probe.Beyond : probe.Beyond311;

        Assert.Equal(LimitProbe.Fits, Use(probe, version, probe.Limit - 1));
        Assert.Equal(probe.IsTime ? beyond : LimitProbe.Fits, Use(probe, version, probe.Limit));
        Assert.Equal(beyond, Use(probe, version, probe.Limit + 1));
    }

    [Fact]
    public void Every_limit_is_tried() =>
        Assert.Equal(
            typeof(BrokerLimits).GetProperties().Where(property => property.CanWrite).Select(property => property.Name).Order(),
            LimitProbes.All.Select(probe => probe.Name).Concat(LimitProbes.OfTheListener).Concat(LimitProbes.OfTheStore).Concat(LimitProbes.OfQuestions).Order());

    [Theory]
    [InlineData(nameof(BrokerLimits.ConnectionsMax))]
    [InlineData(nameof(BrokerLimits.SessionsMax))]
    [InlineData(nameof(BrokerLimits.TopicLevelsMax))]
    [InlineData(nameof(BrokerLimits.FilterWildcardsMax))]
    [InlineData(nameof(BrokerLimits.FiltersPerSessionMax))]
    [InlineData(nameof(BrokerLimits.KeepAliveSecondsMax))]
    [InlineData(nameof(BrokerLimits.QueueMessagesMax))]
    [InlineData(nameof(BrokerLimits.RetainedMessagesMax))]
    public void Zero_is_no_limit_where_the_page_says_so(string name)
    {
        var probe = LimitProbes.All.Single(probe => probe.Name == name);
        var broker = new BrokerHarness(shards: 2, limits: limits => Set(limits, name, 0));

        Assert.Contains("0 is no limit", BrokerLimits.All.Single(limit => limit.Name == name).Behaviour);
        Assert.Equal(LimitProbe.Fits, probe.Use(broker, ProtocolVersion.Mqtt5, probe.Limit + 20));
    }

    private static string Use(LimitProbe probe, ProtocolVersion version, long amount) =>
        probe.Use(new BrokerHarness(shards: 2, limits: limits => Set(limits, probe.Name, probe.Limit)), version, amount);

    private static void Set(BrokerLimits limits, string name, long value) => BrokerLimits.All.Single(limit => limit.Name == name).Set(limits, value);
}
