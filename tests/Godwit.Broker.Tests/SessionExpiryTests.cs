using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests;

/// <summary>How long a session outlives its connection: Session Expiry Interval (5.0 §3.1.2.11.2) and the settings of the server.</summary>
public sealed class SessionExpiryTests
{
    [Theory, Spec("MQTT-3.1.2-23", "MQTT-4.1.0-2")]
    [InlineData(1)]
    [InlineData(3600)]
    [InlineData(uint.MaxValue - 1)]
    public void A_session_ends_when_its_interval_has_passed_since_the_close(uint seconds)
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("a", properties: TestProperties.Expiry(seconds));
        broker.Advance(TimeSpan.FromHours(5));
        client.DropConnection();

        broker.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, broker.Core.SessionCount);
        broker.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, broker.Core.SessionCount);
    }

    [Fact, Spec("MQTT-3.1.2-23")]
    public void An_interval_of_0xFFFFFFFF_never_ends()
    {
        var broker = new BrokerHarness();
        broker.Connect("a", properties: TestProperties.Expiry(uint.MaxValue)).DropConnection();

        broker.Advance(TimeSpan.FromDays(365 * 200));

        Assert.True(broker.Persistent("a").Connack!.SessionPresent);
    }

    [Fact, Spec("MQTT-3.1.2-23")]
    public void Coming_back_stops_the_clock_and_sets_a_new_interval()
    {
        var broker = new BrokerHarness();
        broker.Connect("a", properties: TestProperties.Expiry(10)).DropConnection();
        broker.Advance(TimeSpan.FromSeconds(9));

        var second = broker.Connect("a", cleanStart: false, properties: TestProperties.Expiry(100));
        broker.Advance(TimeSpan.FromSeconds(50));
        second.DropConnection();
        broker.Advance(TimeSpan.FromSeconds(99));
        var third = broker.Connect("a", cleanStart: false);
        third.DropConnection();

        Assert.True(second.Connack!.SessionPresent);
        Assert.True(third.Connack!.SessionPresent);
        Assert.Equal(0, broker.Core.SessionCount);
    }

    [Theory, Spec("MQTT-4.1.0-2")]
    [InlineData(3600, 10)]
    [InlineData(10, 3600)]
    public void DISCONNECT_may_change_the_interval(uint before, uint after)
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("a", properties: TestProperties.Expiry(before));

        client.Disconnect(properties: TestProperties.Expiry(after));

        broker.Advance(TimeSpan.FromSeconds(after) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, broker.Core.SessionCount);
        broker.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, broker.Core.SessionCount);
    }

    [Fact, Spec("MQTT-4.1.0-2")]
    public void DISCONNECT_with_an_interval_of_0_ends_the_session_at_once()
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("a", properties: TestProperties.Expiry(3600));

        client.Disconnect(properties: TestProperties.Expiry(0));

        Assert.Equal(0, broker.Core.SessionCount);
    }

    [Theory, Spec("MQTT-4.13.1-1")]
    [InlineData(false)]
    [InlineData(true)]
    public void DISCONNECT_may_not_raise_an_interval_that_CONNECT_had_left_at_0(bool isNamed)
    {
        var broker = new BrokerHarness();
        var watcher = broker.Connect("watcher").Subscribe("will");
        var client = broker.Connect("a", will: new TestWill("will", "gone"), properties: isNamed ? TestProperties.Expiry(0) : null);

        client.Disconnect(properties: TestProperties.Expiry(1));

        client.IsClosedWith(DisconnectReasonCode.ProtocolError);
        Assert.Equal("gone", watcher.ReceivesPublish().PayloadText);
        Assert.Equal(1, broker.Core.SessionCount);
        Assert.Contains("packet a Disconnect SessionExpiryRaised", broker.Events);
    }

    [Fact]
    public void DISCONNECT_may_say_0_again()
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("a");

        client.Disconnect(properties: TestProperties.Expiry(0));

        client.ReceivesNothing();
        Assert.Contains("disconnected a ClientDisconnect NormalDisconnection", broker.Events);
    }

    [Theory]
    [InlineData(100, 60)]
    [InlineData(uint.MaxValue, 60)]
    [InlineData(59, 59)]
    public void The_cap_of_the_server_holds_for_CONNECT_and_DISCONNECT(uint wanted, int granted)
    {
        var broker = new BrokerHarness(settings: settings => settings.SessionExpirySecondsMax = 60);
        broker.Connect("a", properties: TestProperties.Expiry(wanted)).DropConnection();
        broker.Connect("b", properties: TestProperties.Expiry(1)).Disconnect(properties: TestProperties.Expiry(wanted));

        broker.Advance(TimeSpan.FromSeconds(granted) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, broker.Core.SessionCount);
        broker.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, broker.Core.SessionCount);
    }

    [Theory, Spec("R30", "R33")]
    [InlineData(ProtocolVersion.Mqtt31)]
    [InlineData(ProtocolVersion.Mqtt311)]
    public void Persistent_sessions_of_3_x_clients_end_after_the_time_set_on_the_server(ProtocolVersion version)
    {
        var broker = new BrokerHarness(settings: settings => settings.SessionExpirySeconds3x = 3600);
        broker.Persistent("a", version).DropConnection();

        broker.Advance(TimeSpan.FromSeconds(3600) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, broker.Core.SessionCount);
        broker.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, broker.Core.SessionCount);
    }

    [Fact, Spec("MQTT3-4.1.0-1", "R30")]
    public void Without_that_setting_they_never_end()
    {
        var broker = new BrokerHarness();
        broker.Persistent("a", ProtocolVersion.Mqtt311).DropConnection();

        broker.Advance(TimeSpan.FromDays(365 * 10));

        Assert.True(broker.Persistent("a", ProtocolVersion.Mqtt311).Connack!.SessionPresent);
    }

    [Fact]
    public void Many_sessions_end_each_at_its_own_time()
    {
        var broker = new BrokerHarness(shards: 2);
        uint[] order = [7, 3, 9, 1, 5, 8, 2, 6, 4, 10];
        foreach (var seconds in order)
        {
            broker.Connect($"a{seconds}", properties: TestProperties.Expiry(seconds)).DropConnection();
        }

        for (var left = order.Length - 1; left >= 0; left--)
        {
            broker.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(left, broker.Core.SessionCount);
        }
    }
}
