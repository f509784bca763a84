using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests.Security;

/// <summary>The right to publish: PUBLISH, wills, and retained messages whose publisher has lost it.</summary>
public sealed class PublishRightsTests
{
    private readonly TestRights _rights = new TestRights().Deny("writer", "publish", "closed");

    [Fact, Spec("MQTT-4.3.3-9")]
    public void A_5_0_client_is_told_that_its_message_was_refused()
    {
        var broker = Broker();
        var other = broker.Connect("other").Subscribe("#", QoS.ExactlyOnce);
        var writer = Writer(broker);

        writer.Publish("closed/a", "0");
        var qos1 = writer.Publish("closed/a", "1", QoS.AtLeastOnce);
        var qos2 = writer.Publish("closed/a", "2", QoS.ExactlyOnce);

        var puback = writer.Receives(PacketType.Puback);
        var pubrec = writer.Receives(PacketType.Pubrec);
        Assert.Equal((qos1, (int)PubackReasonCode.NotAuthorized), (puback.PacketId, puback.ReasonCode));
        Assert.Equal((qos2, (int)PubrecReasonCode.NotAuthorized), (pubrec.PacketId, pubrec.ReasonCode));
        Assert.False(writer.IsClosed);
        other.ReceivesNothing();
        Assert.Equal(3, broker.Dropped(DropReason.PublishNotAuthorized));
    }

    [Theory, Spec("MQTT3-3.3.5-2")]
    [InlineData(ProtocolVersion.Mqtt31)]
    [InlineData(ProtocolVersion.Mqtt311)]
    public void A_3_x_client_is_acknowledged_and_its_message_is_dropped(ProtocolVersion version)
    {
        var broker = Broker();
        var other = broker.Connect("other").Subscribe("#", QoS.ExactlyOnce);

        Writer(broker, version)
            .PublishAcknowledged("closed/a", "0", QoS.AtMostOnce)
            .PublishAcknowledged("closed/a", "1", QoS.AtLeastOnce)
            .PublishAcknowledged("closed/a", "2", QoS.ExactlyOnce);

        other.ReceivesNothing();
        Assert.Equal(3, broker.Dropped(DropReason.PublishNotAuthorized));
    }

    [Fact]
    public void A_refused_message_is_told_to_the_host_with_who_and_what()
    {
        var broker = Broker();

        Writer(broker).Publish("closed/a", "m", QoS.AtLeastOnce, retain: true);

        Assert.Contains("denied w writer closed/a AtLeastOnce retain", broker.Events);
        Assert.Contains("publish writer closed/a AtLeastOnce retain", _rights.Asked);
        Assert.Equal(0, broker.Core.RetainedCount);
    }

    [Theory, Spec("Hostile-41")]
    [InlineData(ProtocolVersion.Mqtt5, 0x87)]
    [InlineData(ProtocolVersion.Mqtt311, 5)]
    [InlineData(ProtocolVersion.Mqtt31, 5)]
    public void A_will_on_a_denied_topic_is_refused_with_its_CONNECT(ProtocolVersion version, int code)
    {
        var broker = Broker();

        var connack = broker.ConnectIsRefused("w", version, will: new TestWill("closed/gone", "m"), userName: "writer");

        Assert.Equal(code, connack.ReasonCode);
        Assert.Equal(0, broker.Core.SessionCount);
    }

    [Theory, Spec("Hostile-41")]
    [InlineData(0u)]
    [InlineData(60u)]
    public void A_will_whose_right_has_gone_is_dropped_when_its_time_comes(uint delaySeconds)
    {
        var broker = Broker();
        var other = broker.Connect("other").Subscribe("#");
        var properties = new TestProperties().Add(Protocol.Properties.PropertyId.WillDelayInterval, delaySeconds);
        var writer = broker.Connect(
            "w", will: new TestWill("late/gone", "m", QoS.AtLeastOnce, Retain: true, properties), properties: TestProperties.Expiry(1000), userName: "writer");

        writer.DropConnection();
        _rights.Deny("writer", "publish", "late");
        broker.Advance(TimeSpan.FromSeconds(delaySeconds));

        Assert.Equal(delaySeconds == 0 ? 1 : 0, other.ReceivesAllPublishes().Count);
        Assert.Equal(delaySeconds == 0 ? 1 : 0, broker.Core.RetainedCount);
        Assert.Equal(delaySeconds > 0, broker.Events.Contains("denied w writer late/gone AtLeastOnce retain will"));
    }

    [Fact, Spec("Hostile-41")]
    public void A_will_that_waits_over_a_restart_needs_the_right_too()
    {
        var broker = new BrokerHarness(access: _rights, log: new TestLog());
        broker.Connect("w", will: new TestWill("late/gone", "m", QoS.AtLeastOnce, Retain: true), userName: "writer");

        _rights.Deny("writer", "publish", "late");
        var after = broker.Restart();

        Assert.Equal((1, 0), (after.Dropped(DropReason.PublishNotAuthorized), after.Core.RetainedCount));
        Assert.Equal(0, after.Restart().Dropped(DropReason.PublishNotAuthorized));     // it is over
    }

    [Theory, Spec("Hostile-36")]
    [MemberData(nameof(Variants.Versions), MemberType = typeof(Variants))]
    public void A_retained_message_is_not_sent_when_its_publisher_has_lost_the_right(ProtocolVersion version)
    {
        var broker = Broker();
        Writer(broker).Publish("late/a", "m", QoS.AtLeastOnce, retain: true);
        broker.Connect("publisher").Publish("late/b", "m", QoS.AtLeastOnce, retain: true);
        broker.Connect("before", version).Subscribe("late/#").ReceivesPublish();

        _rights.Deny("writer", "publish", "late");
        var after = broker.Connect("after", version).Subscribe("late/#");

        Assert.Equal("late/b", after.ReceivesPublish().Topic);
        after.ReceivesNothing();
        Assert.Equal(1, broker.Dropped(DropReason.PublisherNotAuthorized));
    }

    [Fact, Spec("Hostile-36")]
    public void The_publisher_of_a_retained_message_is_known_after_a_restart()
    {
        var broker = new BrokerHarness(access: _rights, log: new TestLog());
        Writer(broker).Publish("late/a", "m", QoS.AtLeastOnce, retain: true);
        broker.Connect("anonymous").Publish("late/b", "m", QoS.AtLeastOnce, retain: true);

        var after = broker.Restart();
        _rights.Deny("writer", "publish", "late");
        after.Connect("after").Subscribe("late/#").ReceivesPublish();

        Assert.Contains("publish writer late/a still", _rights.Asked);
        Assert.Contains("publish anonymous late/b still", _rights.Asked);
        Assert.Equal(1, after.Dropped(DropReason.PublisherNotAuthorized));
    }

    [Theory, Spec("Hostile-36")]
    [InlineData(false)]
    [InlineData(true)]
    public void A_retained_message_that_waits_in_a_queue_is_not_sent_either(bool restarts)
    {
        var broker = new BrokerHarness(access: _rights, log: restarts ? new TestLog() : null);
        Writer(broker).Publish("late/a", "m", QoS.AtLeastOnce, retain: true);
        Writer(broker).Publish("late/b", "m", QoS.AtLeastOnce, retain: true);
        var away = Away(broker, receiveMaximum: 1);
        away.Subscribe("late/#", QoS.AtLeastOnce).ReceivesPublish();
        away.DropConnection();
        Assert.Equal(2, broker.Counters.Queued);
        broker = restarts ? broker.Restart() : broker;

        _rights.Deny("writer", "publish", "late");

        Away(broker).ReceivesNothing();
        Assert.Equal(0, broker.Counters.Queued);
    }

    /// <summary>What was accepted while the right was there, and acknowledged, is owed to those who were to get it.</summary>
    [Fact]
    public void A_message_that_was_not_retained_is_delivered_although_its_publisher_has_lost_the_right_since()
    {
        var broker = Broker();
        Away(broker).Subscribe("late/#", QoS.AtLeastOnce).Disconnect();
        Writer(broker).Publish("late/a", "m", QoS.AtLeastOnce);

        _rights.Deny("writer", "publish", "late");

        Away(broker).ReceivesPublish();
    }

    private static TestClient Writer(BrokerHarness broker, ProtocolVersion version = ProtocolVersion.Mqtt5) =>
        broker.Connect("w", version, userName: "writer");

    private static TestClient Away(BrokerHarness broker, ushort receiveMaximum = 10) => broker.Persistent("away", receiveMaximum: receiveMaximum);

    private BrokerHarness Broker() => new(shards: 2, access: _rights);
}
