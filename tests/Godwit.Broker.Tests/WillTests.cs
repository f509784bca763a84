using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests;

/// <summary>The Will Message: when it is published, and as what (5.0 §3.1.2.5).</summary>
public sealed class WillTests
{
    public static TheoryData<ProtocolVersion, int> VersionsAndShards => new(
        from version in Enum.GetValues<ProtocolVersion>()
        from shards in new[] { 1, 3 }
        select (version, shards));

    [Theory, Spec("MQTT-3.1.2-8", "MQTT3-3.1.2-8", "MQTT3-3.1.2-9", "R40", "R41")]
    [MemberData(nameof(VersionsAndShards))]
    public void A_connection_that_breaks_publishes_the_will(ProtocolVersion version, int shards)
    {
        var broker = new BrokerHarness(shards);
        var watcher = Watcher(broker);

        Sensor(broker, version).DropConnection();

        PublishedOnce(broker, watcher);
    }

    [Theory, Spec("MQTT-3.1.2-8", "MQTT-3.1.2-22", "MQTT3-3.1.2-8", "MQTT3-3.1.2-24", "R35", "R41")]
    [MemberData(nameof(VersionsAndShards))]
    public void A_keep_alive_timeout_publishes_the_will(ProtocolVersion version, int shards)
    {
        var broker = new BrokerHarness(shards);
        var watcher = Watcher(broker);
        Sensor(broker, version);

        broker.Advance(TimeSpan.FromSeconds(15));

        PublishedOnce(broker, watcher);
    }

    [Theory, Spec("MQTT-3.1.2-8", "MQTT-4.13.1-1", "MQTT3-3.1.2-8", "MQTT3-4.8.0-1", "R41")]
    [MemberData(nameof(VersionsAndShards))]
    public void A_close_for_a_protocol_error_publishes_the_will(ProtocolVersion version, int shards)
    {
        var broker = new BrokerHarness(shards);
        var watcher = Watcher(broker);

        Sensor(broker, version).SendBytes([0x00, 0x00]);

        PublishedOnce(broker, watcher);
    }

    /// <summary>The client closes its side without DISCONNECT, in the middle of a packet.</summary>
    [Theory, Spec("MQTT-3.1.2-8", "MQTT3-3.1.2-8", "R41")]
    [MemberData(nameof(VersionsAndShards))]
    public void A_close_without_DISCONNECT_publishes_the_will(ProtocolVersion version, int shards)
    {
        var broker = new BrokerHarness(shards);
        var watcher = Watcher(broker);
        var sensor = Sensor(broker, version);

        sensor.SendBytes([0x30, 0x20, 0x00]);
        sensor.DropConnection();

        PublishedOnce(broker, watcher);
    }

    [Theory, Spec("MQTT-3.1.2-10", "MQTT-3.14.4-3", "MQTT3-3.1.2-10", "MQTT3-3.14.4-3", "R42")]
    [MemberData(nameof(VersionsAndShards))]
    public void DISCONNECT_removes_the_will(ProtocolVersion version, int shards)
    {
        var broker = new BrokerHarness(shards);
        var watcher = Watcher(broker);

        Sensor(broker, version).Disconnect();
        broker.Advance(TimeSpan.FromDays(1));

        watcher.ReceivesNothing();
    }

    [Theory, Spec("MQTT-3.14.4-3")]
    [InlineData(DisconnectReasonCode.DisconnectWithWillMessage)]
    [InlineData(DisconnectReasonCode.UnspecifiedError)]
    [InlineData(DisconnectReasonCode.ProtocolError)]
    [InlineData(DisconnectReasonCode.AdministrativeAction)]
    public void DISCONNECT_with_any_other_code_publishes_it(DisconnectReasonCode code)
    {
        var broker = new BrokerHarness();
        var watcher = Watcher(broker);

        Sensor(broker, ProtocolVersion.Mqtt5).Disconnect(code);

        PublishedOnce(broker, watcher);
        Assert.Contains($"disconnected sensor ClientDisconnect {code}", broker.Events);
    }

    [Theory, Spec("MQTT-3.14.1-1", "MQTT3-3.14.1-1", "MQTT3-3.1.2-8")]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    public void A_malformed_DISCONNECT_does_not_count(ProtocolVersion version)
    {
        var broker = new BrokerHarness();
        var watcher = Watcher(broker);

        Sensor(broker, version).SendBytes([0xE1, 0x00]);

        PublishedOnce(broker, watcher);
    }

    [Fact, Spec("MQTT3-3.1.2-12")]
    public void Without_a_will_nothing_is_published()
    {
        var broker = new BrokerHarness();
        var watcher = Watcher(broker);

        broker.Connect("sensor").DropConnection();

        watcher.ReceivesNothing();
        Assert.Equal(0, broker.Counters.Dropped.Sum());
    }

    [Theory, Spec("MQTT-3.1.2-7", "R40")]
    [InlineData(QoS.AtMostOnce)]
    [InlineData(QoS.AtLeastOnce)]
    [InlineData(QoS.ExactlyOnce)]
    public void The_will_has_the_QoS_that_CONNECT_gave_it(QoS qos)
    {
        var broker = new BrokerHarness(shards: 2);
        var watcher = Watcher(broker);

        broker.Connect("sensor", will: new TestWill("status/sensor", "offline", qos)).DropConnection();

        Assert.Equal(qos, watcher.ReceivesPublish().QoS);
    }

    [Theory, Spec("MQTT-3.1.2-14", "MQTT-3.1.2-15", "MQTT3-3.1.2-16", "MQTT3-3.1.2-17", "R40")]
    [InlineData(false)]
    [InlineData(true)]
    public void Will_Retain_decides_whether_it_is_stored(bool retain)
    {
        var broker = new BrokerHarness();
        var watcher = Watcher(broker);

        broker.Connect("sensor", will: new TestWill("status/sensor", "offline", Retain: retain)).DropConnection();
        var late = broker.Connect("late").Subscribe("status/#");

        Assert.False(watcher.ReceivesPublish().Retain);
        var stored = late.ReceivesAllPublishes();
        Assert.Equal(retain ? ["offline"] : [], stored.Select(publish => publish.PayloadText));
        Assert.All(stored, publish => Assert.True(publish.Retain));
    }

    [Fact, Spec("MQTT-3.1.2-15")]
    public void A_retained_will_without_payload_clears_the_topic()
    {
        var broker = new BrokerHarness();
        broker.Connect("publisher").Publish("status/sensor", "online", retain: true);

        broker.Connect("sensor", will: new TestWill("status/sensor", "", Retain: true)).DropConnection();

        Assert.Equal(0, broker.Core.RetainedCount);
    }

    [Fact, Spec("MQTT-3.1.3-10", "MQTT-3.1.2-9")]
    public void The_properties_of_the_will_travel_on_unaltered_but_for_the_delay()
    {
        var broker = new BrokerHarness();
        var watcher = Watcher(broker);
        var properties = new TestProperties()
            .Add(PropertyId.WillDelayInterval, 0)
            .Add(PropertyId.PayloadFormatIndicator, 1)
            .AddUser("b", "2")
            .Add(PropertyId.ContentType, "text/plain")
            .AddUser("a", "1")
            .Add(PropertyId.ResponseTopic, "answers")
            .Add(PropertyId.CorrelationData, "id")
            .AddUser("b", "2");

        broker.Connect("sensor", will: new TestWill("status/sensor", "offline", Properties: properties)).DropConnection();

        var publish = watcher.ReceivesPublish();
        Assert.Equal(["b=2", "a=1", "b=2"], publish.UserProperties());
        Assert.Equal(1U, publish.Number(PropertyId.PayloadFormatIndicator));
        Assert.Equal("text/plain", publish.Text(PropertyId.ContentType));
        Assert.Equal("answers", publish.Text(PropertyId.ResponseTopic));
        Assert.Equal("id", publish.Text(PropertyId.CorrelationData));
        Assert.False(publish.Has(PropertyId.WillDelayInterval));
    }

    [Fact, Spec("MQTT3-3.1.2-8", "R40")]
    public void A_will_of_65535_bytes_and_one_of_none_are_both_legal()
    {
        var broker = new BrokerHarness();
        var watcher = Watcher(broker);
        var large = new string('x', 65_535);

        broker.Connect("a", will: new TestWill("status/a", large)).DropConnection();
        broker.Connect("b", will: new TestWill("status/b", "")).DropConnection();

        Assert.Equal(large, watcher.ReceivesPublish().PayloadText);
        Assert.Equal("", watcher.ReceivesPublish().PayloadText);
    }

    [Fact]
    public void A_will_on_a_topic_its_client_may_no_longer_publish_to_is_dropped()
    {
        var access = new TestAccess();
        var broker = new BrokerHarness(access: access);
        var watcher = Watcher(broker);
        var sensor = Sensor(broker, ProtocolVersion.Mqtt5);

        access.DeniedTopics.Add("status/sensor");
        sensor.DropConnection();

        watcher.ReceivesNothing();
        Assert.Equal(1, broker.Dropped(DropReason.PublishNotAuthorized));
    }

    [Fact, Spec("MQTT-3.8.3-3")]
    public void A_session_that_goes_on_gets_its_own_will_unless_it_said_No_Local()
    {
        var broker = new BrokerHarness();
        var will = new TestWill("status/sensor", "offline", QoS.AtLeastOnce);
        var sensor = broker.Connect("sensor", will: will, properties: TestProperties.Expiry(60)).Subscribe("status/+", QoS.AtLeastOnce);

        sensor.DropConnection();
        var again = broker.Connect("sensor", cleanStart: false, will: will, properties: TestProperties.Expiry(60));
        Assert.Equal("offline", again.ReceivesPublish().PayloadText);
        again.Subscribe("status/+", QoS.AtLeastOnce, noLocal: true).DropConnection();

        Assert.Equal(1, broker.Dropped(DropReason.NoLocal));
    }

    private static TestClient Watcher(BrokerHarness broker) => broker.Connect("watcher").Subscribe("status/#", QoS.ExactlyOnce);

    private static TestClient Sensor(BrokerHarness broker, ProtocolVersion version) =>
        broker.Connect("sensor", version, keepAlive: 10, will: new TestWill("status/sensor", "offline"));

    private static void PublishedOnce(BrokerHarness broker, TestClient watcher)
    {
        var publish = watcher.ReceivesPublish();
        Assert.Equal(("status/sensor", "offline"), (publish.Topic, publish.PayloadText));
        broker.Advance(TimeSpan.FromDays(1));
        watcher.ReceivesNothing();
    }
}
