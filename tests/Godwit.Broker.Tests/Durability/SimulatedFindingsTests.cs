using Godwit.Broker.Log;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Broker.Tests.Durability;

/// <summary>What the simulator has found: rare orders of events around a slow log and a restart.</summary>
public sealed class SimulatedFindingsTests
{
    [Fact, Spec("MQTT-4.6.0-6")]
    public void QoS_0_messages_that_were_kept_go_out_before_what_comes_while_CONNACK_waits()
    {
        var broker = new BrokerHarness(settings: settings => settings.QueueQoS0Messages = true, log: new TestLog());
        broker.Persistent("client").Subscribe("a").Disconnect();
        var publisher = broker.Connect("publisher");
        publisher.Publish("a", "first");
        broker.HoldBack();
        var client = broker.Open();
        client.Connect("client", ProtocolVersion.Mqtt5, cleanStart: false, keepAlive: 0, will: null, TestProperties.Expiry(uint.MaxValue), userName: null);
        publisher.Publish("a", "second");

        broker.Flush();

        client.Receives(PacketType.Connack);
        Assert.Equal(["first", "second"], client.ReceivesAllPublishes().Select(publish => publish.PayloadText));
    }

    [Theory, Spec("Trap-36")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_second_restart_does_not_put_off_a_will_that_the_first_has_started(int shards)
    {
        var broker = new BrokerHarness(shards, log: new TestLog());
        broker.Persistent("watcher").Subscribe("w", QoS.ExactlyOnce).Disconnect();
        var will = new TestWill("w", "gone", QoS.AtLeastOnce, Properties: new TestProperties().Add(PropertyId.WillDelayInterval, 60));
        broker.Connect("client", cleanStart: false, will: will, properties: TestProperties.Expiry(6000));
        broker = broker.Restart();
        broker.Advance(TimeSpan.FromSeconds(40));

        broker = broker.Restart();

        broker.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal("gone", broker.Persistent("watcher").ReceivesPublish().PayloadText);
    }

    [Theory, Spec("MQTT-3.1.2-8", "MQTT3-3.1.2-8")]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_two_wills_of_one_session_the_older_was_on_its_way_out_and_both_are_published_once(bool isOlder)
    {
        var log = new TestLog();
        var broker = new BrokerHarness(log: log);
        broker.Persistent("watcher").Subscribe("w", QoS.ExactlyOnce).Disconnect();
        var shard = log.ShardLog(0);
        var older = shard.NewId();
        var sessionNo = shard.NewSessionNo() + 1;
        broker.Connect("client", cleanStart: false, will: new TestWill("w", "second", QoS.AtLeastOnce), properties: TestProperties.Expiry(6000));
        PutWill(shard, isOlder ? older : shard.NewId(), sessionNo, "first");
        shard.Commit(isAwaited: true);

        broker = broker.Restart(keepWritten: true);

        Assert.Equal(["first", "second"], Watched(broker));
        Assert.Empty(Watched(broker.Restart(keepWritten: true)));
    }

    [Theory, Spec("MQTT-3.1.2-4", "MQTT3-3.1.2-6")]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    public void CONNACK_waits_for_the_end_of_a_session_that_an_unanswered_CONNECT_has_discarded(ProtocolVersion version)
    {
        var broker = new BrokerHarness(log: new TestLog());
        broker.Persistent("client", version).Disconnect();
        broker.HoldBack();
        Clean(broker, version).DropConnection();
        var client = Clean(broker, version);

        client.ReceivesNothing();

        broker.Flush();
        client.Receives(PacketType.Connack);
        Assert.Empty(broker.Log!.State().Sessions);
    }

    [Theory, Spec("MQTT-3.1.2-4", "MQTT3-3.1.2-6")]
    [InlineData(ProtocolVersion.Mqtt311)]
    [InlineData(ProtocolVersion.Mqtt5)]
    public void CONNACK_waits_for_that_also_when_the_session_still_hands_on_what_it_leaves(ProtocolVersion version)
    {
        var broker = new BrokerHarness(log: new TestLog());
        broker.Persistent("client", version).Subscribe("$share/g/a", QoS.AtLeastOnce).Disconnect();
        broker.Connect("publisher").PublishAcknowledged("a", "m", QoS.AtLeastOnce);
        broker.Persistent("other").Subscribe("$share/g/a", QoS.AtLeastOnce).Disconnect();
        broker = broker.Restart();                      // now it is in the store only
        broker.HoldBack();
        Clean(broker, version).DropConnection();
        var client = Clean(broker, version);

        client.ReceivesNothing();

        broker.Flush();
        client.Receives(PacketType.Connack);
        Assert.Equal(1, broker.Restart().Counters.Sessions);        // the other
    }

    [Fact, Spec("MQTT-3.2.0-1", "MQTT3-3.2.0-1")]
    public void CONNACK_behind_a_message_that_needs_no_record_waits_for_its_own_records()
    {
        var broker = new BrokerHarness(shards: 2, limits: limits => limits.QueueMessagesMax = 1, log: new TestLog());
        broker.Persistent(broker.IdOn(1, "full")).Subscribe("a", QoS.AtLeastOnce).Disconnect();
        var publisher = broker.Connect(broker.IdOn(0, "publisher"));
        publisher.PublishAcknowledged("a", "fills the queue", QoS.AtLeastOnce);
        broker.HoldBack().IsStepped = true;
        publisher.Publish("a", "dropped", QoS.AtLeastOnce, packetId: 9);
        broker.Turn(0);
        var client = broker.Open();
        client.Connect(broker.IdOn(0, "client"), ProtocolVersion.Mqtt311, cleanStart: true, keepAlive: 0, will: new TestWill("w", "gone"), properties: null, userName: null);
        broker.Turn(0);

        broker.Turn(1);                 // nobody keeps the message
        broker.Turn(0);
        broker.Turn(0);

        client.ReceivesNothing();
        broker.IsStepped = false;
        broker.Flush();
        client.Receives(PacketType.Connack);
    }

    /// <summary>The publisher's shard saw a subscription with QoS 0 only, so it did not wait for the other shard, and the message may have left the log.</summary>
    [Theory, Spec("MQTT-4.3.2-4", "MQTT3-4.3.2-2")]
    [InlineData(QoS.AtLeastOnce)]
    [InlineData(QoS.ExactlyOnce)]
    public void A_subscription_that_overtakes_a_message_keeps_it_in_the_log(QoS qos)
    {
        var broker = new BrokerHarness(shards: 2, log: new TestLog());
        var (nearId, farId) = (broker.IdOn(0, "near"), broker.IdOn(1, "far"));
        var near = broker.Persistent(nearId).Subscribe("a", QoS.AtLeastOnce);
        var far = broker.Persistent(farId).Subscribe("#");
        var publisher = broker.Connect(broker.IdOn(0, "publisher"));
        broker.IsStepped = true;
        publisher.Publish("a", "m", qos, packetId: 9);
        broker.Turn(0);
        near.Puback(near.ReceivesPublish().PacketId);
        broker.Turn(0);
        far.SendSubscribe([("#", (byte)qos)]);

        broker.IsStepped = false;
        broker.Run();

        Assert.Equal("m", far.ReceivesAllPublishes().Single().PayloadText);
        Assert.Equal("m", broker.Restart().Persistent(farId).ReceivesPublish().PayloadText);
    }

    private static TestClient Clean(BrokerHarness broker, ProtocolVersion version)
    {
        var client = broker.Open();
        client.Connect("client", version, cleanStart: true, keepAlive: 0, will: null, properties: null, userName: null);
        return client;
    }

    private static void PutWill(IShardLog log, long id, uint sessionNo, string payload) => log.PutWill(id, new WillRecord
    {
        SessionNo = sessionNo,
        ClientId = "client",
        Topic = "w"u8,
        Payload = System.Text.Encoding.UTF8.GetBytes(payload),
        QoS = QoS.AtLeastOnce,
        Retain = false,
        DelayMs = 0,
        ExpiryMs = long.MaxValue,
        DueAtMs = long.MaxValue,
    });

    private static IEnumerable<string> Watched(BrokerHarness broker)
    {
        var watcher = broker.Persistent("watcher");
        var publishes = watcher.ReceivesAllPublishes();
        foreach (var publish in publishes.Where(publish => publish.PacketId != 0))
        {
            watcher.Puback(publish.PacketId);
        }

        watcher.Disconnect();
        return publishes.Select(publish => publish.PayloadText).Order(StringComparer.Ordinal);
    }
}
