using System.Text;
using Godwit.Broker.Log;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Broker.Tests.Durability;

/// <summary>Retained messages over a restart.</summary>
[Spec("Trap-94", "MQTT-3.3.1-5", "MQTT3-3.3.1-5")]
public sealed class RecoveryRetainedTests
{
    [Theory]
    [InlineData(QoS.AtMostOnce)]
    [InlineData(QoS.AtLeastOnce)]
    [InlineData(QoS.ExactlyOnce)]
    public void A_retained_message_is_there_again_with_its_QoS(QoS qos)
    {
        var broker = new BrokerHarness(shards: 3, log: new TestLog());
        broker.Connect("publisher").PublishAcknowledged("t", "m", qos, retain: true);

        broker = broker.Restart(keepWritten: true).Restart();

        var publish = broker.Connect("client").Subscribe("t", QoS.ExactlyOnce).ReceivesPublish();
        Assert.Equal(("m", qos, true), (publish.PayloadText, publish.QoS, publish.Retain));
        Assert.Equal(1, broker.Core.RetainedCount);
    }

    [Theory, Spec("Trap-75", "MQTT-3.3.1-6", "MQTT-3.3.1-7")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_retained_message_that_was_replaced_or_cleared_does_not_come_back(int shards)
    {
        var broker = new BrokerHarness(shards, log: new TestLog());
        var publisher = broker.Connect("publisher");
        publisher.PublishAcknowledged("replaced", "old", QoS.AtLeastOnce, retain: true);
        publisher.PublishAcknowledged("cleared", "old", QoS.AtLeastOnce, retain: true);
        broker = broker.Restart();
        publisher = broker.Connect("publisher");
        publisher.PublishAcknowledged("replaced", "new", QoS.ExactlyOnce, retain: true);
        publisher.PublishAcknowledged("cleared", "", QoS.ExactlyOnce, retain: true);

        broker = broker.Restart();

        Assert.Equal("new", Assert.Single(broker.Connect("client").Subscribe("#").ReceivesAllPublishes()).PayloadText);
        Assert.Single(broker.Log!.State().Retained);
    }

    [Theory, Spec("Trap-59")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_retained_message_expires_on_time_after_a_restart_and_leaves_the_log(int shards)
    {
        var broker = new BrokerHarness(shards, settings: settings => settings.RetainedExpirySeconds = 100, log: new TestLog());
        broker.Connect("publisher").PublishAcknowledged("t", "m", QoS.AtLeastOnce, retain: true);

        broker = broker.Restart(after: TimeSpan.FromSeconds(50));

        broker.Advance(TimeSpan.FromSeconds(49));
        Assert.Equal(1, broker.Core.RetainedCount);
        broker.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, broker.Core.RetainedCount);
        Assert.Empty(broker.Log!.State().Retained);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_two_versions_of_a_topic_the_later_counts_and_the_other_is_released(bool laterFirst)
    {
        var log = new TestLog();
        var writer = log.ShardLog(0);
        Put(writer, laterFirst ? 7 : 6, laterFirst ? "later" : "earlier");
        Put(writer, laterFirst ? 6 : 7, laterFirst ? "earlier" : "later");
        writer.Commit(isAwaited: true);

        var broker = new BrokerHarness(log: log);

        Assert.Equal("later", Assert.Single(broker.Connect("client").Subscribe("t").ReceivesAllPublishes()).PayloadText);
        Assert.Equal(1, broker.Core.RetainedCount);
        Assert.Single(log.State().Retained);
        broker.Connect("publisher").PublishAcknowledged("t", "", QoS.AtLeastOnce, retain: true);
        Assert.Empty(log.State().Retained);
        Assert.Equal(0, broker.Restart().Core.RetainedCount);
    }

    [Fact]
    public void What_another_shard_has_replaced_before_it_was_written_does_not_come_back()
    {
        var broker = new BrokerHarness(shards: 2, log: new TestLog());
        broker.Persistent(broker.IdOn(1, "away")).Subscribe("t", QoS.AtLeastOnce).Disconnect();
        var first = broker.Connect(broker.IdOn(0, "first"));
        var second = broker.Connect(broker.IdOn(1, "second"));
        broker.IsStepped = true;
        first.Publish("t", "m1", QoS.AtLeastOnce, retain: true);            // waits for the other shard
        second.Publish("t", "", QoS.AtLeastOnce, retain: true);             // clears it in the meantime
        broker.IsStepped = false;
        broker.Run();

        Assert.Equal(0, broker.Core.RetainedCount);
        Assert.Equal(0, broker.Restart().Core.RetainedCount);
    }

    [Theory]
    [InlineData(QoS.AtMostOnce)]
    [InlineData(QoS.AtLeastOnce)]
    [InlineData(QoS.ExactlyOnce)]
    public void To_clear_what_another_shard_has_still_to_write_does_not_bring_back_what_was_there_before_it(QoS newer)
    {
        var broker = new BrokerHarness(shards: 3, log: new TestLog());
        broker.Persistent(broker.IdOn(1, "away")).Subscribe("before", QoS.AtLeastOnce).Disconnect();
        var first = broker.Connect(broker.IdOn(0, "first"));
        var second = broker.Connect(broker.IdOn(2, "second"));
        first.PublishAcknowledged("t", "old", QoS.AtLeastOnce, retain: true);
        broker.IsStepped = true;
        first.Publish("before", "it", QoS.AtLeastOnce, packetId: 7);                // waits for the other shard
        first.Publish("t", "newer", newer, retain: true, packetId: 8);              // waits behind it
        broker.Turn(0);

        second.Publish("t", "", QoS.AtLeastOnce, retain: true, packetId: 9);

        broker.Turn(2);
        broker.Turn(2);
        second.ReceivesNothing();
        Assert.Equal(1, broker.Restart().Core.RetainedCount);                       // nothing was acknowledged
        broker.IsStepped = false;
        broker.Run();
        second.Receives(PacketType.Puback);
        Assert.Equal(0, broker.Restart().Core.RetainedCount);
    }

    [Theory]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void To_clear_again_what_is_cleared_but_not_in_the_log_waits_for_it(int shards)
    {
        var log = new TestLog();
        var broker = new BrokerHarness(shards, log: log);
        var first = broker.Connect("first");
        var second = broker.Connect("second");
        first.PublishAcknowledged("t", "old", QoS.AtLeastOnce, retain: true);
        log.IsEager = false;
        first.Publish("t", "", QoS.AtMostOnce, retain: true);                       // promises nothing

        second.Publish("t", "", QoS.AtLeastOnce, retain: true);

        second.ReceivesNothing();
        broker.Flush();
        second.Receives(PacketType.Puback);
        Assert.Equal(0, broker.Restart().Core.RetainedCount);
    }

    [Fact]
    public void What_comes_after_a_clear_that_waits_for_other_shards_ends_the_older_message_too()
    {
        var broker = new BrokerHarness(shards: 3, log: new TestLog());
        broker.Persistent(broker.IdOn(1, "away")).Subscribe("before", QoS.AtLeastOnce).Disconnect();
        var first = broker.Connect(broker.IdOn(0, "first"));
        var second = broker.Connect(broker.IdOn(2, "second"));
        first.PublishAcknowledged("t", "old", QoS.AtLeastOnce, retain: true);
        broker.IsStepped = true;
        first.Publish("before", "it", QoS.AtLeastOnce, packetId: 7);                // waits for the other shard
        first.Publish("t", "", QoS.AtMostOnce, retain: true);                       // waits behind it
        broker.Turn(0);

        second.Publish("t", "newer", QoS.AtMostOnce, retain: true);
        second.Publish("t", "", QoS.AtLeastOnce, retain: true, packetId: 9);
        broker.Turn(2);
        broker.Turn(2);

        second.Receives(PacketType.Puback);
        Assert.Equal(0, broker.Restart().Core.RetainedCount);
    }

    [Fact]
    public void What_was_cleared_is_forgotten_when_that_is_durable()
    {
        var broker = new BrokerHarness(log: new TestLog());
        var publisher = broker.Connect("publisher");
        for (var i = 0; i < 10; i++)
        {
            publisher.PublishAcknowledged($"t/{i}", "m", QoS.AtLeastOnce, retain: true);
            publisher.PublishAcknowledged($"t/{i}", "", QoS.AtLeastOnce, retain: true);
        }

        Assert.Equal(0, broker.Core.Tree.ClearedCount);
    }

    [Fact]
    public void To_clear_what_has_expired_unwritten_waits_for_its_record()
    {
        var broker = new BrokerHarness(shards: 3, log: new TestLog());
        broker.Persistent(broker.IdOn(1, "away")).Subscribe("before", QoS.AtLeastOnce).Disconnect();
        var first = broker.Connect(broker.IdOn(0, "first"));
        var second = broker.Connect(broker.IdOn(2, "second"));
        first.PublishAcknowledged("t", "old", QoS.AtLeastOnce, retain: true);
        broker.IsStepped = true;
        first.Publish("before", "it", QoS.AtLeastOnce, packetId: 7);
        first.Publish("t", "newer", QoS.AtMostOnce, retain: true, properties: new TestProperties().Add(PropertyId.MessageExpiryInterval, 5));
        broker.Turn(0);
        broker.BusyFor(TimeSpan.FromSeconds(6));
        broker.Turn(0);

        second.Publish("t", "", QoS.AtLeastOnce, retain: true, packetId: 9);

        broker.Turn(2);
        broker.Turn(2);
        second.ReceivesNothing();
        broker.IsStepped = false;
        broker.Run();
        second.Receives(PacketType.Puback);
        Assert.Equal(0, broker.Restart().Core.RetainedCount);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void What_has_expired_unwritten_is_dropped_when_it_is_written(int waitSeconds)
    {
        var broker = new BrokerHarness(shards: 3, log: new TestLog());
        broker.Persistent(broker.IdOn(1, "away")).Subscribe("before", QoS.AtLeastOnce).Disconnect();
        var first = broker.Connect(broker.IdOn(0, "first"));
        broker.IsStepped = true;
        first.Publish("before", "it", QoS.AtLeastOnce, packetId: 7);
        first.Publish("t", "m", QoS.AtMostOnce, retain: true, properties: new TestProperties().Add(PropertyId.MessageExpiryInterval, 5));
        broker.Turn(0);
        broker.BusyFor(TimeSpan.FromSeconds(6));
        broker.Turn(0);
        broker.IsStepped = false;
        broker.Run();

        broker.Advance(TimeSpan.FromSeconds(waitSeconds));

        Assert.Equal(waitSeconds == 0 ? 1 : 0, broker.Core.RetainedCount);
        Assert.Empty(broker.Connect("late").Subscribe("t").ReceivesAllPublishes());
    }

    [Fact]
    public void To_clear_what_has_replaced_something_unwritten_waits_for_that_too()
    {
        var broker = new BrokerHarness(shards: 4, log: new TestLog());
        broker.Persistent(broker.IdOn(1, "away")).Subscribe("before", QoS.AtLeastOnce).Disconnect();
        var first = broker.Connect(broker.IdOn(0, "first"));
        var second = broker.Connect(broker.IdOn(2, "second"));
        var third = broker.Connect(broker.IdOn(3, "third"));
        first.PublishAcknowledged("t", "old", QoS.AtLeastOnce, retain: true);
        broker.IsStepped = true;
        first.Publish("before", "it", QoS.AtLeastOnce, packetId: 7);
        first.Publish("t", "newer", QoS.AtMostOnce, retain: true);
        broker.Turn(0);
        second.Publish("t", "newest", QoS.AtMostOnce, retain: true);
        broker.Turn(2);

        third.Publish("t", "", QoS.AtLeastOnce, retain: true, packetId: 9);

        broker.Turn(3);
        broker.Turn(3);
        third.ReceivesNothing();
        broker.IsStepped = false;
        broker.Run();
        third.Receives(PacketType.Puback);
        Assert.Equal(0, broker.Restart().Core.RetainedCount);
    }

    [Theory]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void A_retained_message_goes_into_a_queue_without_a_copy(int shards)
    {
        var broker = new BrokerHarness(shards, log: new TestLog());
        broker.Connect("publisher").PublishAcknowledged("t", "m", QoS.ExactlyOnce, retain: true);
        broker.Persistent("client").Subscribe("t", QoS.ExactlyOnce).DropConnection();
        broker.Connect("publisher").PublishAcknowledged("t", "", QoS.ExactlyOnce, retain: true);

        Assert.Single(broker.Log!.State().Messages.Values, message => message.Payload.Length > 0);
        broker = broker.Restart();

        var publishes = broker.Persistent("client").ReceivesAllPublishes();
        Assert.Equal([("m", true), ("", false)], publishes.ConvertAll(publish => (publish.PayloadText, publish.Retain)));
    }

    [Fact]
    public void A_value_of_the_broker_itself_stays_whole_in_every_queue_it_goes_to()
    {
        var broker = new BrokerHarness(settings: settings => settings.SysIntervalSeconds = 3600, log: new TestLog());
        broker.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 3; i++)
        {
            var client = broker.Persistent($"client{i}").Subscribe("$SYS/broker/version", QoS.AtLeastOnce);
            if (i < 2)
            {
                client.Puback(client.ReceivesPublish().PacketId);       // nobody needs that record any more
            }
        }

        broker = broker.Restart();

        Assert.Equal("$SYS/broker/version", broker.Persistent("client2").ReceivesPublish().Topic);
    }

    private static void Put(IShardLog log, long version, string payload) => log.PutMessage(
        log.NewId(),
        new MessageRecord
        {
            Topic = "t"u8,
            Payload = Encoding.UTF8.GetBytes(payload),
            QoS = QoS.AtLeastOnce,
            WasRetain = true,
            ExpiresAtMs = long.MaxValue,
            AnnouncedExpiryMs = long.MaxValue,
            RetainedVersion = version,
            RetainedUntilMs = long.MaxValue,
        },
        []);
}
