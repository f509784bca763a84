using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;

namespace Godwit.Broker.Tests.Limits;

/// <summary>Limits that change while the broker runs, as a reload of the configuration does it.</summary>
public sealed class HotLimitTests
{
    public static TheoryData<string> Names => [.. LimitProbes.All.Select(probe => probe.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_limit_that_is_lowered_while_the_broker_runs_holds_from_then_on_and_disconnects_nobody(string name)
    {
        var probe = LimitProbes.All.Single(probe => probe.Name == name);
        BrokerLimits? limits = null;
        var broker = new BrokerHarness(shards: 2, limits: made => limits = made);
        var row = BrokerLimits.All.Single(limit => limit.Name == name);
        var before = broker.Connect("was here before");
        before.Subscribe("before");

        row.Set(limits!, probe.Limit);

        Assert.Equal(probe.Beyond, probe.Use(broker, ProtocolVersion.Mqtt5, probe.Limit + 1));
        Assert.False(before.IsClosed);
    }
}
