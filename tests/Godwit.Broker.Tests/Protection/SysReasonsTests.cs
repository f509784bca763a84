using Godwit.Broker.Protection;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;

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
        Assert.Equal("1", values["dropped/memory_critical/qos0"]);
        Assert.Equal(1, values.Keys.Count(name => name.StartsWith("dropped/", StringComparison.Ordinal)));
    }

    /// <summary>The same decision at each QoS; what was in the store only is 1 or 2.</summary>
    [Fact]
    public void Messages_are_told_by_reason_and_QoS()
    {
        var broker = new BrokerHarness(
            shards: 2,
            limits: limits => (limits.QueueMessagesMax, limits.AwayQueueMemoryBytesMax) = (2, 0),
            settings: settings => (settings.SysIntervalSeconds, settings.OverflowPolicy) = (10, OverflowPolicy.DropOldest),
            log: new TestLog());
        broker.Core.Quotas = new UserQuotas { RetainedMax = 1 };
        broker.Persistent("away").Subscribe("t", QoS.ExactlyOnce).DropConnection();
        var publisher = broker.Connect("a", userName: "alice").PublishAcknowledged("kept", "m", QoS.AtLeastOnce, retain: true);
        publisher.Publish("more", "m", retain: true);
        publisher.Publish("more", "m", QoS.AtLeastOnce, retain: true);
        publisher.Publish("more", "m", QoS.ExactlyOnce, retain: true);
        publisher.Publish("t", "m");
        for (var i = 0; i < 4; i++)
        {
            publisher.Publish("t", "m", QoS.AtLeastOnce);
        }

        broker.Advance(TimeSpan.FromSeconds(10));

        var values = SysReader.Read(broker);
        Assert.Equal("3", values["protection/user_retained"]);
        Assert.All(["0", "1", "2"], qos => Assert.Equal("1", values[$"protection/user_retained/qos{qos}"]));
        Assert.All(["0", "1", "2"], qos => Assert.Equal("1", values[$"dropped/user_retained_limit/qos{qos}"]));
        Assert.Equal(("1", "2"), (values["dropped/not_connected/qos0"], values["dropped/queue_full_oldest/qos1or2"]));
        Assert.Equal(values["publish/messages/dropped"], values.Where(pair => pair.Key.StartsWith("dropped/", StringComparison.Ordinal)).Sum(pair => int.Parse(pair.Value, System.Globalization.CultureInfo.InvariantCulture)).ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>An exporter that writes an underscore for everything else must not find two topics of one name.</summary>
    [Fact]
    public void No_two_topics_become_one_name()
    {
        var reasons = Enum.GetNames<ProtectionReason>().Select(name => "protection/" + System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(name))
            .Concat(Enum.GetNames<DropReason>().Select(name => "dropped/" + System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(name)))
            .SelectMany(name => (string[])[name, $"{name}/qos0", $"{name}/qos1", $"{name}/qos2", $"{name}/qos1or2"])
            .Concat(["protection/dropped/delivery_rate", "protection/dropped/memory_critical"])
            .Concat(SysReader.Read(Lively()).Keys)
            .Distinct(StringComparer.Ordinal)
            .Select(name => string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_')));

        Assert.All(reasons.GroupBy(name => name, StringComparer.Ordinal), group => Assert.Single(group));
    }

    private static BrokerHarness Lively()
    {
        var broker = new BrokerHarness(settings: settings => settings.SysIntervalSeconds = 10);
        broker.Advance(TimeSpan.FromSeconds(30));
        return broker;
    }

    /// <summary>An exporter makes one metric of each name, and stops at what it cannot name.</summary>
    [Fact]
    public void Names_have_only_letters_that_exporters_take()
    {
        var names = Enum.GetNames<ProtectionReason>().Concat(Enum.GetNames<DropReason>()).Select(System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName);

        Assert.All(names, name => Assert.Matches("^[a-z0-9_]+$", name));
    }
}
