using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests.Durability;

/// <summary>Wills over a restart: each is published once, when it is due.</summary>
[Spec("Trap-39", "Trap-94", "MQTT-3.1.2-8", "MQTT3-3.1.2-8")]
public sealed class RecoveryWillTests
{
    [Theory]
    [MemberData(nameof(OrderTests.Rows), MemberType = typeof(OrderTests))]
    public void The_will_of_a_clean_session_is_published_once_at_the_restart(ProtocolVersion version, int shards)
    {
        var broker = WithWatcher(shards);
        broker.Connect("client", version, will: new TestWill("w", "gone", QoS.ExactlyOnce, Retain: true));

        broker = broker.Restart(keepWritten: true);

        Assert.Equal("gone", Watched(broker));
        Assert.Equal("gone", broker.Connect("other").Subscribe("w").ReceivesPublish().PayloadText);
        broker = broker.Restart();
        Assert.Equal("", Watched(broker));
        Assert.Equal("gone", broker.Connect("other").Subscribe("w").ReceivesPublish().PayloadText);
    }

    [Theory]
    [MemberData(nameof(OrderTests.Rows), MemberType = typeof(OrderTests))]
    public void The_will_of_a_durable_session_without_a_delay_is_published_once_at_the_restart(ProtocolVersion version, int shards)
    {
        var broker = WithWatcher(shards);
        Connect(broker, version, delay: 0);

        broker = broker.Restart();

        Assert.Equal("gone", Watched(broker));
        Assert.Equal("", Watched(broker.Restart()));
    }

    [Theory, Spec("Trap-36")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void The_delay_of_who_was_connected_counts_from_the_restart(int shards)
    {
        var broker = WithWatcher(shards);
        Connect(broker, ProtocolVersion.Mqtt5, delay: 60);
        broker.Advance(TimeSpan.FromMinutes(10));

        broker = broker.Restart(after: TimeSpan.FromMinutes(10));

        broker.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal("", Watched(broker));
        broker.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("gone", Watched(broker));
    }

    [Theory, Spec("Trap-36")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void The_delay_of_who_was_connected_counts_from_the_first_of_several_restarts(int shards)
    {
        var broker = WithWatcher(shards);
        Connect(broker, ProtocolVersion.Mqtt5, delay: 60);

        for (var restart = 0; restart < 4; restart++)
        {
            broker = broker.Restart(keepWritten: true);
            Assert.Equal("", Watched(broker));
            broker.Advance(TimeSpan.FromSeconds(15));
        }

        Assert.Equal("gone", Watched(broker));
        Assert.Equal("", Watched(broker.Restart()));
    }

    [Theory, Spec("Trap-36")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void The_delay_of_who_had_left_runs_on(int shards)
    {
        var broker = WithWatcher(shards);
        Connect(broker, ProtocolVersion.Mqtt5, delay: 60).DropConnection();
        broker.Advance(TimeSpan.FromSeconds(20));

        broker = broker.Restart(keepWritten: true, after: TimeSpan.FromSeconds(20));

        broker.Advance(TimeSpan.FromSeconds(19));
        Assert.Equal("", Watched(broker));
        broker.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("gone", Watched(broker));
        Assert.Equal("", Watched(broker.Restart()));
    }

    [Theory, Spec("Trap-36")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_session_that_ends_before_the_delay_takes_its_will_along(int shards)
    {
        var broker = WithWatcher(shards);
        Connect(broker, ProtocolVersion.Mqtt5, delay: 600, expiry: 30);

        broker = broker.Restart();
        broker.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal("gone", Watched(broker));
        Assert.False(broker.Connect("client", cleanStart: false).Connack!.SessionPresent);
        Assert.Equal("", Watched(broker.Restart()));
    }

    [Theory, Spec("MQTT-3.1.3-9", "Trap-28")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_client_that_comes_back_in_time_has_no_will_to_fear(int shards)
    {
        var broker = WithWatcher(shards);
        Connect(broker, ProtocolVersion.Mqtt5, delay: 60);
        broker = broker.Restart();

        broker.Persistent("client");

        broker = broker.Restart();
        broker.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal("", Watched(broker));
    }

    [Theory, Spec("MQTT-3.14.4-3", "MQTT3-3.14.4-3", "Trap-37")]
    [MemberData(nameof(OrderTests.Rows), MemberType = typeof(OrderTests))]
    public void A_will_that_was_removed_or_published_does_not_come_again(ProtocolVersion version, int shards)
    {
        var broker = WithWatcher(shards);
        Connect(broker, version, delay: 0).Disconnect();
        broker.Connect("clean", version, will: new TestWill("w", "not this")).Disconnect();
        broker.Connect("lost", version, will: new TestWill("w", "lost", QoS.ExactlyOnce)).DropConnection();

        Assert.Equal("lost", Watched(broker));
        Assert.Equal("", Watched(broker.Restart(keepWritten: true)));
    }

    [Theory]
    [MemberData(nameof(OrderTests.Rows), MemberType = typeof(OrderTests))]
    public void A_stop_keeps_wills_for_the_next_start(ProtocolVersion version, int shards)
    {
        var broker = WithWatcher(shards);
        broker.Connect("clean", version, will: new TestWill("w", "clean", QoS.ExactlyOnce));
        Connect(broker, version, delay: 0);
        for (var i = 0; i < shards; i++)
        {
            broker.OnShard(i, shard => shard.Stop());
        }

        Assert.Empty(broker.Log!.State().Queue);
        broker = broker.Restart(keepWritten: true);

        Assert.Equal(["clean", "gone"], Watched(broker).Split(' ').Order());
        Assert.Equal("", Watched(broker.Restart(keepWritten: true)));
    }

    [Theory, Spec("Trap-36")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_delayed_will_survives_a_stop(int shards)
    {
        var broker = WithWatcher(shards);
        Connect(broker, ProtocolVersion.Mqtt5, delay: 60);
        for (var i = 0; i < shards; i++)
        {
            broker.OnShard(i, shard => shard.Stop());
        }

        broker = broker.Restart(keepWritten: true);

        Assert.Equal("", Watched(broker));
        broker.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal("gone", Watched(broker));
    }

    [Theory, Spec("Trap-38", "MQTT-3.1.2-14", "MQTT-3.1.2-15", "MQTT-3.1.3-10")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_will_comes_with_its_properties_and_its_expiry_counts_from_publication(int shards)
    {
        var broker = new BrokerHarness(shards, log: new TestLog());
        var properties = new TestProperties().AddUser("k", "v").Add(PropertyId.WillDelayInterval, 60).Add(PropertyId.MessageExpiryInterval, 100);
        broker.Connect("client", will: new TestWill("w", "gone", QoS.AtLeastOnce, Retain: true, properties), properties: TestProperties.Expiry(600));

        broker = broker.Restart(after: TimeSpan.FromMinutes(10));
        broker.Advance(TimeSpan.FromSeconds(70));

        var publish = broker.Connect("other").Subscribe("w", QoS.ExactlyOnce).ReceivesPublish();
        Assert.Equal(("gone", QoS.AtLeastOnce, true), (publish.PayloadText, publish.QoS, publish.Retain));
        Assert.Equal(90U, publish.Number(PropertyId.MessageExpiryInterval));
        Assert.Equal(["k=v"], publish.UserProperties());
        Assert.False(publish.Has(PropertyId.WillDelayInterval));
    }

    [Theory]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_will_whose_publication_was_not_durable_is_published_by_the_next_process(int shards)
    {
        var broker = WithWatcher(shards);
        var client = broker.Connect("client", will: new TestWill("w", "gone", QoS.ExactlyOnce));
        broker.HoldBack();
        client.DropConnection();

        broker = broker.Restart();

        Assert.Equal("gone", Watched(broker));
    }

    [Fact]
    public void A_will_of_who_may_not_publish_any_more_is_forgotten()
    {
        var access = new TestAccess();
        var broker = new BrokerHarness(access: access, log: new TestLog());
        broker.Connect("client", will: new TestWill("w", "gone"));
        access.DeniedTopics.Add("w");

        broker = broker.Restart();

        Assert.Equal(1, broker.Dropped(DropReason.PublishNotAuthorized));
        Assert.Empty(broker.Log!.State().Puts);
    }

    [Fact]
    public void A_will_is_changed_by_the_next_connection()
    {
        var broker = WithWatcher(shards: 1);
        Connect(broker, ProtocolVersion.Mqtt5, delay: 0).Disconnect(DisconnectReasonCode.NormalDisconnection);
        broker.Connect("client", cleanStart: false, will: new TestWill("w", "newer", QoS.AtLeastOnce), properties: TestProperties.Expiry(600));

        Assert.Equal("newer", Watched(broker.Restart()));
    }

    private static TestClient Connect(BrokerHarness broker, ProtocolVersion version, uint delay, uint expiry = 6000)
    {
        var isMqtt5 = version == ProtocolVersion.Mqtt5;
        var will = new TestWill("w", "gone", QoS.AtLeastOnce, Properties: isMqtt5 ? new TestProperties().Add(PropertyId.WillDelayInterval, delay) : null);
        return broker.Connect("client", version, cleanStart: false, will: will, properties: isMqtt5 ? TestProperties.Expiry(expiry) : null);
    }

    private static BrokerHarness WithWatcher(int shards)
    {
        var broker = new BrokerHarness(shards, log: new TestLog());
        broker.Persistent("watcher").Subscribe("w", QoS.ExactlyOnce).Disconnect();
        return broker;
    }

    /// <summary>What has been published to the watcher since it looked last.</summary>
    private static string Watched(BrokerHarness broker)
    {
        var watcher = broker.Persistent("watcher");
        var publishes = watcher.ReceivesAllPublishes();
        foreach (var publish in publishes)
        {
            if (publish.QoS == QoS.AtLeastOnce)
            {
                watcher.Puback(publish.PacketId);
            }
            else
            {
                watcher.Pubrec(publish.PacketId);
                watcher.Pubcomp(publish.PacketId);
            }
        }

        watcher.Disconnect();
        return string.Join(' ', publishes.Select(publish => publish.PayloadText));
    }
}
