using Godwit.Broker.Protection;
using Godwit.Broker.Tests.Harness;

namespace Godwit.Broker.Tests.Protection;

/// <summary>Decisions by reason in <c>$SYS</c>.</summary>
public sealed class SysReasonsTests
{
    [Fact]
    public void What_has_happened_is_told_by_reason_and_nothing_else_is()
    {
        var broker = new BrokerHarness(shards: 2, settings: settings => settings.SysIntervalSeconds = 10);
        broker.Core.Quotas = new UserQuotas { SessionsMax = 1 };
        broker.Connect("reader").Subscribe("t");
        var publisher = broker.Connect("a", userName: "alice");
        broker.ConnectIsRefused("b", userName: "alice");
        broker.Core.SetOverload(OverloadLevel.Critical);
        broker.Run();
        publisher.Publish("t", "m");
        broker.Core.SetOverload(OverloadLevel.None);
        broker.Advance(TimeSpan.FromSeconds(10));

        var values = SysReader.Read(broker);
        Assert.Equal("1", values["protection/user_sessions"]);
        Assert.Equal("1", values["protection/dropped/memory_critical"]);
        Assert.Equal(2, values.Keys.Count(name => name.StartsWith("protection/", StringComparison.Ordinal)));
    }

    /// <summary>An exporter makes one metric of each name, and stops at what it cannot name.</summary>
    [Fact]
    public void Names_have_only_letters_that_exporters_take()
    {
        var names = Enum.GetNames<ProtectionReason>().Concat(Enum.GetNames<DropReason>()).Select(System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName);

        Assert.All(names, name => Assert.Matches("^[a-z0-9_]+$", name));
    }
}
