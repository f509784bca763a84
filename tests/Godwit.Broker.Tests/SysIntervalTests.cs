using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;

namespace Godwit.Broker.Tests;

/// <summary>When the <c>$SYS</c> tree is published, and to whom.</summary>
public sealed class SysIntervalTests
{
    [Fact, Spec("R48")]
    public void Uptime_is_published_at_every_interval_and_what_has_not_changed_is_not()
    {
        var broker = WithInterval(10);
        var watcher = broker.Connect("watcher");
        broker.Advance(TimeSpan.FromSeconds(10));
        foreach (var filter in (string[])["version", "uptime", "clients/#"])
        {
            watcher.Subscribe(SysReader.Prefix + filter, QoS.ExactlyOnce);
            Assert.NotEmpty(watcher.ReceivesAllPublishes());
        }

        broker.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal([("uptime", "20 seconds"), ("uptime", "30 seconds"), ("uptime", "40 seconds")], SysReader.Live(watcher));

        broker.Connect("other");
        broker.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(
            [("uptime", "50 seconds"), ("clients/total", "2"), ("clients/maximum", "2"), ("clients/connected", "2"), ("clients/active", "2")],
            SysReader.Live(watcher));
    }

    [Theory, Spec("R48")]
    [InlineData(1)]
    [InlineData(60)]
    public void The_interval_is_a_setting(int seconds)
    {
        var broker = WithInterval(seconds);
        var watcher = broker.Connect("watcher").Subscribe("$SYS/broker/uptime", QoS.ExactlyOnce);
        Assert.Equal("0 seconds", Assert.Single(watcher.ReceivesAllPublishes()).PayloadText);

        broker.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        watcher.ReceivesNothing();

        broker.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([("uptime", $"{seconds} seconds")], SysReader.Live(watcher));
    }

    [Fact, Spec("R48")]
    public void An_interval_of_0_switches_it_off()
    {
        var broker = WithInterval(0);

        broker.Advance(TimeSpan.FromHours(1));

        Assert.Empty(SysReader.Read(broker));
        Assert.All(broker.Core.Shards, shard => Assert.Equal(long.MaxValue, shard.NextDeadlineMs));
    }

    [Theory, Spec("R25", "R48", "MQTT-4.7.2-1", "MQTT3-4.7.2-1")]
    [InlineData("#")]
    [InlineData("+/broker/uptime")]
    [InlineData("+/#")]
    public void A_filter_that_begins_with_a_wildcard_does_not_see_it(string filter)
    {
        var broker = WithInterval(10);
        var watcher = broker.Connect("watcher").Subscribe(filter);

        broker.Advance(TimeSpan.FromMinutes(1));

        watcher.ReceivesNothing();
    }

    [Theory, Spec("R48")]
    [InlineData(1)]
    [InlineData(4)]
    public void Clients_of_every_shard_get_it(int shards)
    {
        var broker = WithInterval(10, shards);
        var watchers = Enumerable.Range(0, 12).Select(i => broker.Connect($"watcher{i}").Subscribe("$SYS/broker/uptime", QoS.ExactlyOnce)).ToList();
        watchers.ForEach(watcher => watcher.ReceivesAllPublishes());

        broker.Advance(TimeSpan.FromSeconds(10));

        Assert.All(watchers, watcher => Assert.Equal([("uptime", "10 seconds")], SysReader.Live(watcher)));
    }

    [Fact, Spec("R48")]
    public void A_connection_without_CONNECT_is_not_a_client()
    {
        var broker = WithInterval(10);
        var silent = broker.Open();
        silent.SendBytes([0x10, 0x0D]);

        broker.Advance(TimeSpan.FromSeconds(10));

        var values = SysReader.Read(broker);
        Assert.Equal(("0", "0"), (values["clients/connected"], values["clients/total"]));
    }

    [Fact, Spec("R48", "R33")]
    public void An_expired_session_moves_from_disconnected_to_expired()
    {
        var broker = WithInterval(10);
        broker.Connect("short", properties: TestProperties.Expiry(15)).DropConnection();
        broker.Advance(TimeSpan.FromSeconds(10));
        var values = SysReader.Read(broker);
        Assert.Equal(("1", "1", "0"), (values["clients/total"], values["clients/disconnected"], values["clients/expired"]));

        broker.Advance(TimeSpan.FromSeconds(10));

        values = SysReader.Read(broker);
        Assert.Equal(("0", "0", "1"), (values["clients/total"], values["clients/disconnected"], values["clients/expired"]));
    }

    [Fact, Spec("R48", "R45")]
    public void The_expiry_of_retained_messages_leaves_it_alone()
    {
        var broker = WithInterval(10, settings: settings => settings.RetainedExpirySeconds = 30);
        broker.Run();

        broker.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal("godwit version 0.1.0", SysReader.Read(broker)["version"]);
    }

    [Fact, Spec("R48")]
    public void Limits_of_the_retained_store_leave_it_alone()
    {
        var broker = WithInterval(10, limits: limits => limits.RetainedMessagesMax = 1);
        broker.Connect("a").PublishAcknowledged("r", "x", QoS.AtLeastOnce, retain: true);

        broker.Advance(TimeSpan.FromSeconds(10));

        var values = SysReader.Read(broker);
        Assert.Equal(("1", "0"), (values["retained messages/count"], values["publish/messages/dropped"]));
    }

    [Fact, Spec("R48")]
    public void The_heap_is_what_the_host_says_and_its_maximum_stays()
    {
        var broker = WithInterval(10);
        broker.HeapBytes = 5_000_000_000;
        broker.Advance(TimeSpan.FromSeconds(10));
        broker.HeapBytes = 3_000;

        broker.Advance(TimeSpan.FromSeconds(10));

        var values = SysReader.Read(broker);
        Assert.Equal(("3000", "5000000000"), (values["heap/current"], values["heap/maximum"]));
    }

    private static BrokerHarness WithInterval(
        int seconds, int shards = 1, Action<BrokerLimits>? limits = null, Action<BrokerSettings>? settings = null)
    {
        var broker = new BrokerHarness(
            shards,
            limits,
            brokerSettings =>
            {
                settings?.Invoke(brokerSettings);
                brokerSettings.SysIntervalSeconds = seconds;
            });
        broker.Run();
        return broker;
    }
}
