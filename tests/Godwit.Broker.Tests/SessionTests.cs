using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests;

/// <summary>Clean and persistent sessions: what is kept, what is said about it, what is gone (5.0 §4.1).</summary>
public sealed class SessionTests
{
    /// <summary>Session Expiry Interval 0 stands for "none named"; in 3.x only Clean Session counts.</summary>
    [Theory, Spec("MQTT-3.1.2-4", "MQTT-3.1.2-5", "MQTT-3.1.2-6", "MQTT-3.1.2-23", "MQTT-3.1.4-4", "MQTT-3.2.2-2", "MQTT-3.2.2-3", "MQTT3-3.1.4-3")]
    [Spec("MQTT3-3.1.2-4", "MQTT3-3.1.2-6", "MQTT3-3.2.2-1", "MQTT3-3.2.2-2", "MQTT3-3.2.2-3", "R30", "R31")]
    [InlineData(ProtocolVersion.Mqtt31, false, 0, false, false)]            // 3.1 has no Session Present: the byte is reserved
    [InlineData(ProtocolVersion.Mqtt311, false, 0, false, true)]
    [InlineData(ProtocolVersion.Mqtt311, false, 0, true, false)]
    [InlineData(ProtocolVersion.Mqtt311, true, 0, false, false)]
    [InlineData(ProtocolVersion.Mqtt5, false, 0, false, false)]
    [InlineData(ProtocolVersion.Mqtt5, false, 60, false, true)]
    [InlineData(ProtocolVersion.Mqtt5, true, 60, false, true)]
    [InlineData(ProtocolVersion.Mqtt5, false, 60, true, false)]
    public void Session_Present_says_whether_the_session_goes_on(ProtocolVersion version, bool cleanBefore, uint expiry, bool cleanNow, bool isPresent)
    {
        var broker = new BrokerHarness();
        var properties = version == ProtocolVersion.Mqtt5 && expiry > 0 ? TestProperties.Expiry(expiry) : null;

        var first = broker.Connect("a", version, cleanBefore, properties: properties);
        first.Disconnect();
        var second = broker.Connect("a", version, cleanNow, properties: properties);

        Assert.False(first.Connack!.SessionPresent);
        Assert.Equal(isPresent ? 1 : 0, second.Connack!.Bytes[2]);
    }

    [Theory, Spec("MQTT-3.1.2-5", "MQTT-4.1.0-1", "MQTT-4.5.0-1", "MQTT3-3.1.2-5", "MQTT3-4.1.0-1", "MQTT3-4.5.0-1", "R30", "R32")]
    [InlineData(ProtocolVersion.Mqtt31)]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    public void A_persistent_session_keeps_subscriptions_and_messages_over_several_connections(ProtocolVersion version)
    {
        var broker = new BrokerHarness(shards: 2);
        var publisher = broker.Connect("publisher");
        broker.Persistent("a", version).Subscribe("t", QoS.ExactlyOnce).Disconnect();

        for (var round = 0; round < 3; round++)
        {
            publisher.PublishAcknowledged("t", $"{round} at least once", QoS.AtLeastOnce);
            publisher.PublishAcknowledged("t", $"{round} exactly once", QoS.ExactlyOnce);
            var client = broker.Persistent("a", version);

            var publishes = client.ReceivesAllPublishes();
            Assert.Equal([$"{round} at least once", $"{round} exactly once"], publishes.Select(publish => publish.PayloadText));
            Assert.All(publishes, publish => Assert.False(publish.Dup));
            client.Puback(publishes[0].PacketId);
            client.Pubrec(publishes[1].PacketId);
            client.Pubcomp(client.Receives(PacketType.Pubrel).PacketId);
            client.Disconnect();
        }

        Assert.Equal(0, broker.Counters.Queued);
        Assert.Equal(0, broker.Counters.QueuedBytes);
    }

    [Theory, Spec("MQTT-3.1.2-4", "MQTT3-3.1.2-6", "R31")]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    public void A_clean_start_discards_everything_the_old_session_had(ProtocolVersion version)
    {
        var broker = new BrokerHarness();
        var publisher = broker.Connect("publisher");
        var old = broker.Persistent("a", version).Subscribe("t", QoS.ExactlyOnce).Subscribe("$share/g/s", QoS.AtLeastOnce);
        old.Publish("x", "half of QoS 2", QoS.ExactlyOnce, packetId: 7);
        old.Disconnect();
        publisher.PublishAcknowledged("t", "queued", QoS.AtLeastOnce);

        var client = broker.Connect("a", version, cleanStart: true);
        publisher.PublishAcknowledged("t", "not subscribed", QoS.AtLeastOnce);
        client.Publish("x", "the same id is new", QoS.ExactlyOnce, packetId: 7);

        client.Receives(PacketType.Pubrec);
        client.ReceivesNothing();
        Assert.Equal(2, broker.Counters.PublishReceived[2]);
        Assert.Equal(0, broker.Core.SubscriptionCount);
        Assert.Equal(0, broker.Counters.Queued);
        Assert.Equal(0, broker.Counters.QueuedBytes);
        Assert.Equal(1, broker.Dropped(DropReason.SessionEnded));
    }

    [Theory, Spec("MQTT-4.1.0-2", "MQTT3-3.1.2-6", "R31")]
    [InlineData(ProtocolVersion.Mqtt31, true)]
    [InlineData(ProtocolVersion.Mqtt311, true)]
    [InlineData(ProtocolVersion.Mqtt5, true)]
    [InlineData(ProtocolVersion.Mqtt5, false)]
    public void A_session_without_expiry_ends_with_its_connection(ProtocolVersion version, bool cleanStart)
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("a", version, cleanStart).Subscribe("t", QoS.AtLeastOnce);

        client.DropConnection();

        Assert.Equal(0, broker.Core.SessionCount);
        Assert.Equal(0, broker.Core.SubscriptionCount);
        Assert.Equal(0, broker.Core.ConnectedCount);
    }

    [Fact, Spec("MQTT-4.1.0-1", "MQTT3-4.1.0-2", "R32")]
    public void A_session_does_not_expire_while_its_client_is_connected()
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("a", properties: TestProperties.Expiry(1)).Subscribe("t");

        broker.Advance(TimeSpan.FromDays(30));
        client.Publish("t", "still here");

        Assert.Equal("still here", client.ReceivesPublish().PayloadText);
    }

    [Fact]
    public void No_deadline_is_left_when_a_client_comes_back()
    {
        var broker = new BrokerHarness();
        broker.Connect("a", cleanStart: false, properties: TestProperties.Expiry(10)).DropConnection();
        Assert.NotEqual(long.MaxValue, broker.Core.Shards[0].NextDeadlineMs);

        broker.Connect("a", cleanStart: false, properties: TestProperties.Expiry(10));

        Assert.Equal(long.MaxValue, broker.Core.Shards[0].NextDeadlineMs);
    }

    [Fact, Spec("MQTT-3.1.2-4", "MQTT3-3.1.2-6")]
    public void The_deadline_of_a_discarded_session_does_not_end_the_one_that_came_after_it()
    {
        var broker = new BrokerHarness();
        broker.Connect("a", properties: TestProperties.Expiry(10)).DropConnection();
        var client = broker.Connect("a", cleanStart: true);

        broker.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal((1, 0L), (broker.Core.SessionCount, broker.Counters.ExpiredSessions));
        broker.Connect("a", cleanStart: true);
        client.IsClosedWith(DisconnectReasonCode.SessionTakenOver);
    }

    [Fact, Spec("MQTT-4.1.0-1")]
    public void A_session_of_many_subscriptions_takes_all_of_them_along()
    {
        var broker = new BrokerHarness();
        broker.Connect("a").SubscribeRaw([.. Enumerable.Range(0, 20).Select(i => ($"t/{i}", (byte)1))]);
        Assert.Equal(20, broker.Core.Tree.SubscriptionCount);

        broker.Connect("a").Subscribe("t/0");

        Assert.Equal(1, broker.Core.Tree.SubscriptionCount);
    }

    [Fact, Spec("MQTT-3.1.3-2", "MQTT3-3.1.3-2")]
    public void The_client_identifier_names_the_session_byte_by_byte()
    {
        var broker = new BrokerHarness(shards: 4);
        string[] clientIds = ["a", "A", "a ", "ä", "a\u0308"];
        foreach (var clientId in clientIds)
        {
            broker.Persistent(clientId).Disconnect();
        }

        Assert.Equal(clientIds.Length, broker.Core.SessionCount);
        Assert.All(clientIds, clientId => Assert.True(broker.Persistent(clientId).Connack!.SessionPresent));
    }

    /// <summary>3.1 and 3.1.1 and 5.0 clients of one identifier have one session.</summary>
    [Fact, Spec("MQTT-3.1.3-2")]
    public void A_session_may_go_on_in_another_protocol_version()
    {
        var broker = new BrokerHarness();
        broker.Persistent("a", ProtocolVersion.Mqtt31).Subscribe("t", QoS.AtLeastOnce).Disconnect();
        broker.Connect("publisher").PublishAcknowledged("t", "for 3.1", QoS.AtLeastOnce);

        var client = broker.Persistent("a", ProtocolVersion.Mqtt5);

        Assert.True(client.Connack!.SessionPresent);
        Assert.Equal("for 3.1", client.ReceivesPublish().PayloadText);
    }

    [Theory, Spec("MQTT-4.3.3-10", "MQTT3-4.3.3-2", "MQTT-4.1.0-1", "R19")]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    public void The_ids_of_open_QoS_2_exchanges_outlive_the_connection(ProtocolVersion version)
    {
        var broker = new BrokerHarness();
        var watcher = broker.Connect("watcher").Subscribe("t", QoS.ExactlyOnce);
        var client = broker.Persistent("a", version);
        client.Publish("t", "once", QoS.ExactlyOnce, packetId: 5);
        client.DropConnection();

        var again = broker.Persistent("a", version);
        again.Publish("t", "once", QoS.ExactlyOnce, dup: true, packetId: 5);
        again.Pubrel(5);

        again.Receives(PacketType.Pubrec);
        again.Receives(PacketType.Pubcomp);
        Assert.Single(watcher.ReceivesAllPublishes());
    }

    [Fact, Spec("MQTT-4.1.0-2")]
    public void What_an_ended_session_leaves_behind_is_nothing()
    {
        var broker = new BrokerHarness(shards: 2);
        var publisher = broker.Connect("publisher");
        for (var i = 0; i < 20; i++)
        {
            var client = broker.Persistent($"a{i}").Subscribe("t/+", QoS.ExactlyOnce).Subscribe("$share/g/t/#", QoS.AtLeastOnce).Subscribe("other/#");
            client.Disconnect(properties: TestProperties.Expiry(60));
        }

        publisher.PublishAcknowledged("t/1", "one", QoS.AtLeastOnce);
        publisher.PublishAcknowledged("t/2", "two", QoS.ExactlyOnce);
        broker.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal(1, broker.Core.SessionCount);
        Assert.Equal(0, broker.Core.SubscriptionCount);
        Assert.Equal(0, broker.Counters.Queued);
        Assert.Equal(0, broker.Counters.QueuedBytes);
        Assert.Equal(20, broker.Counters.ExpiredSessions);
        Assert.Equal(long.MaxValue, broker.Core.Shards.Min(shard => shard.NextDeadlineMs));
    }
}
