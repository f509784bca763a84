using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Broker.Tests;

/// <summary>Will Delay Interval (5.0 §3.1.3.2.2): the will waits for the client to come back, but not longer than the session lives.</summary>
public sealed class WillDelayTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    /// <summary>Trap 36: sent at the earlier of delay and session end.</summary>
    [Theory, Spec("MQTT-3.1.2-8")]
    [InlineData(0, 0, 0)]
    [InlineData(0, 10, 0)]
    [InlineData(100, 0, 0)]
    [InlineData(100, 10, 10)]
    [InlineData(10, 10, 10)]
    [InlineData(10, 100, 10)]
    [InlineData(uint.MaxValue, 100, 100)]
    [InlineData(100, uint.MaxValue, 100)]
    public void The_will_is_sent_after_its_delay_or_when_the_session_ends(uint expiry, uint delay, int seconds)
    {
        var broker = new BrokerHarness(shards: 2);
        var watcher = broker.Connect("watcher").Subscribe("will");
        broker.Connect("a", will: Delayed(delay), properties: TestProperties.Expiry(expiry)).DropConnection();

        if (seconds > 0)
        {
            broker.Advance(TimeSpan.FromSeconds(seconds) - Tick);
            watcher.ReceivesNothing();
            broker.Advance(Tick);
        }

        Assert.Equal("gone", watcher.ReceivesPublish().PayloadText);
        broker.Advance(TimeSpan.FromDays(1));
        watcher.ReceivesNothing();
    }

    /// <summary>A takeover and a restart come in between, in either order; the session that ends last is the one whose end counts.</summary>
    [Theory, Spec("Hostile-60", "MQTT-3.1.2-8")]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_delay_beyond_the_session_is_one_will_at_its_end_over_takeover_and_restart(bool takesOverFirst, bool restartsAgain)
    {
        var broker = new BrokerHarness(shards: 2, log: new TestLog());
        var mortal = Mortal(broker);
        if (takesOverFirst)
        {
            var next = Mortal(broker);
            mortal.IsClosedWith(Protocol.ReasonCodes.DisconnectReasonCode.SessionTakenOver);
            next.DropConnection();
            broker.Advance(TimeSpan.FromSeconds(1));
        }

        broker = broker.Restart();                                      // with a client that is connected, or has been away for a second
        var watcher = broker.Persistent("watcher").Subscribe("will", QoS.AtLeastOnce);
        if (!takesOverFirst)
        {
            Mortal(broker).DropConnection();
        }

        if (restartsAgain)
        {
            broker.Advance(TimeSpan.FromSeconds(1));
            broker = broker.Restart();
            watcher = broker.Persistent("watcher");
        }

        watcher.ReceivesNothing();
        broker.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("gone", Assert.Single(watcher.ReceivesAllPublishes()).PayloadText);
        broker = broker.Restart();
        Assert.Equal(0, broker.Core.SessionCount - 1);                  // the watcher's
        broker.Advance(TimeSpan.FromDays(1));
        Assert.DoesNotContain(broker.Persistent("watcher").ReceivesAllPublishes(), publish => !publish.Dup);

        static TestClient Mortal(BrokerHarness broker) =>
            broker.Connect("mortal", cleanStart: false, will: Delayed(1000), properties: TestProperties.Expiry(10));
    }

    [Fact, Spec("MQTT-3.1.3-9")]
    public void Coming_back_in_time_cancels_it()
    {
        var broker = new BrokerHarness();
        var watcher = broker.Connect("watcher").Subscribe("will");
        broker.Connect("a", will: Delayed(10), properties: TestProperties.Expiry(100)).DropConnection();

        broker.Advance(TimeSpan.FromSeconds(10) - Tick);
        broker.Persistent("a");
        broker.Advance(TimeSpan.FromDays(1));

        watcher.ReceivesNothing();
    }

    [Fact, Spec("MQTT-3.1.2-8", "MQTT-3.1.2-4")]
    public void Coming_back_with_a_clean_start_ends_the_session_and_sends_it()
    {
        var broker = new BrokerHarness();
        var watcher = broker.Connect("watcher").Subscribe("will");
        broker.Connect("a", will: Delayed(10), properties: TestProperties.Expiry(100)).DropConnection();

        broker.Connect("a", cleanStart: true);

        Assert.Equal("gone", watcher.ReceivesPublish().PayloadText);
        broker.Advance(TimeSpan.FromDays(1));
        watcher.ReceivesNothing();
    }

    [Fact, Spec("MQTT-3.1.3-9", "MQTT-3.1.2-10")]
    public void A_new_will_waits_its_own_delay()
    {
        var broker = new BrokerHarness();
        var watcher = broker.Connect("watcher").Subscribe("will");
        broker.Connect("a", will: Delayed(10, "first"), properties: TestProperties.Expiry(100)).DropConnection();
        broker.Advance(TimeSpan.FromSeconds(5));

        broker.Connect("a", cleanStart: false, will: Delayed(20, "second"), properties: TestProperties.Expiry(100)).DropConnection();

        broker.Advance(TimeSpan.FromSeconds(20) - Tick);
        watcher.ReceivesNothing();
        broker.Advance(Tick);
        Assert.Equal("second", watcher.ReceivesPublish().PayloadText);
    }

    [Fact, Spec("MQTT-3.1.2-8", "MQTT-3.14.4-3")]
    public void DISCONNECT_may_shorten_the_session_and_with_it_the_delay()
    {
        var broker = new BrokerHarness();
        var watcher = broker.Connect("watcher").Subscribe("will");
        var client = broker.Connect("a", will: Delayed(50), properties: TestProperties.Expiry(100));

        client.Disconnect(Protocol.ReasonCodes.DisconnectReasonCode.DisconnectWithWillMessage, TestProperties.Expiry(5));

        broker.Advance(TimeSpan.FromSeconds(5) - Tick);
        watcher.ReceivesNothing();
        broker.Advance(Tick);
        Assert.Equal("gone", watcher.ReceivesPublish().PayloadText);
    }

    [Fact, Spec("MQTT-3.1.2-8")]
    public void The_session_goes_on_after_its_will_was_sent()
    {
        var broker = new BrokerHarness();
        broker.Connect("a", will: Delayed(10), properties: TestProperties.Expiry(100)).DropConnection();

        broker.Advance(TimeSpan.FromSeconds(100) - Tick);
        Assert.Equal(1, broker.Core.SessionCount);
        broker.Advance(Tick);
        Assert.Equal(0, broker.Core.SessionCount);
    }

    /// <summary>Trap 38: the expiry of the will message counts from its publication, not from CONNECT or the close.</summary>
    [Fact, Spec("MQTT-3.3.2-5", "MQTT-3.3.2-6")]
    public void The_expiry_of_the_will_counts_from_its_publication()
    {
        var broker = new BrokerHarness();
        var watcher = broker.Persistent("watcher").Subscribe("will", QoS.AtLeastOnce);
        var will = new TestWill("will", "gone", QoS.AtLeastOnce, Properties: new TestProperties().Add(PropertyId.WillDelayInterval, 60).Add(PropertyId.MessageExpiryInterval, 30));
        broker.Connect("a", will: will, properties: TestProperties.Expiry(100)).DropConnection();
        watcher.Disconnect();

        broker.Advance(TimeSpan.FromSeconds(80));
        var inTime = broker.Persistent("watcher");

        Assert.Equal(10U, inTime.ReceivesPublish().Number(PropertyId.MessageExpiryInterval));
    }

    [Fact, Spec("MQTT-3.3.2-5")]
    public void An_expired_will_is_not_delivered()
    {
        var broker = new BrokerHarness();
        var watcher = broker.Persistent("watcher").Subscribe("will", QoS.AtLeastOnce);
        var will = new TestWill("will", "gone", QoS.AtLeastOnce, Properties: new TestProperties().Add(PropertyId.MessageExpiryInterval, 30));
        watcher.Disconnect();
        broker.Connect("a", will: will).DropConnection();

        broker.Advance(TimeSpan.FromSeconds(30));

        broker.Persistent("watcher").ReceivesNothing();
        Assert.Equal(1, broker.Dropped(DropReason.Expired));
    }

    [Fact]
    public void The_cap_on_Message_Expiry_holds_for_wills_too()
    {
        var broker = new BrokerHarness(settings: settings => settings.MessageExpirySecondsMax = 10);
        broker.Persistent("watcher", ProtocolVersion.Mqtt311).Subscribe("will", QoS.AtLeastOnce).Disconnect();
        broker.Connect("a", ProtocolVersion.Mqtt311, will: new TestWill("will", "gone", QoS.AtLeastOnce)).DropConnection();

        broker.Advance(TimeSpan.FromSeconds(10));

        broker.Persistent("watcher", ProtocolVersion.Mqtt311).ReceivesNothing();
    }

    /// <summary>Rights are asked when the will goes out: they may have changed since CONNECT.</summary>
    [Fact]
    public void A_right_that_was_taken_away_meanwhile_stops_the_will()
    {
        var access = new TestAccess();
        var broker = new BrokerHarness(access: access);
        var watcher = broker.Connect("watcher").Subscribe("will");
        broker.Connect("a", will: Delayed(10), properties: TestProperties.Expiry(100)).DropConnection();

        access.DeniedTopics.Add("will");
        broker.Advance(TimeSpan.FromSeconds(10));

        watcher.ReceivesNothing();
        Assert.Equal(1, broker.Dropped(DropReason.PublishNotAuthorized));
    }

    private static TestWill Delayed(uint seconds, string payload = "gone") =>
        new("will", payload, Properties: new TestProperties().Add(PropertyId.WillDelayInterval, seconds));
}
