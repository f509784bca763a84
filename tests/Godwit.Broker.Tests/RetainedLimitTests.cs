using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests;

/// <summary>How many retained messages there may be and how long they stay.</summary>
public sealed class RetainedLimitTests
{
    /// <summary>Topic 1, payload 9, overhead 64.</summary>
    private const int CostBytes = 74;

    /// <summary>A level whose name has 1 byte.</summary>
    private const int LevelBytes = 193;

    public static TheoryData<bool, int> Limits => new(
        from byCount in new[] { true, false }
        from shards in new[] { 1, 3 }
        select (byCount, shards));

    [Theory, Spec("MQTT-3.4.2-1", "MQTT-3.5.2-1", "R43")]
    [MemberData(nameof(Limits))]
    public void A_message_beyond_the_limit_is_refused_with_0x97_and_the_id_is_free(bool byCount, int shards)
    {
        var broker = Limited(byCount, shards);
        var watcher = broker.Connect("watcher").Subscribe("#");
        var publisher = broker.Connect("publisher");
        publisher.PublishAcknowledged("a", "123456789", QoS.AtLeastOnce, retain: true);
        publisher.PublishAcknowledged("b", "123456789", QoS.ExactlyOnce, retain: true);

        publisher.Publish("c", "123456789", QoS.AtLeastOnce, retain: true, packetId: 9);
        Assert.Equal((int)PubackReasonCode.QuotaExceeded, publisher.Receives(PacketType.Puback).ReasonCode);
        publisher.Publish("c", "123456789", QoS.ExactlyOnce, retain: true, packetId: 9);
        Assert.Equal((int)PubrecReasonCode.QuotaExceeded, publisher.Receives(PacketType.Pubrec).ReasonCode);
        publisher.Publish("d", "123456789", QoS.ExactlyOnce, packetId: 9);
        Assert.Equal(0, publisher.Receives(PacketType.Pubrec).ReasonCode);

        Assert.Equal(["a", "b", "d"], watcher.ReceivesAllPublishes().Select(publish => publish.Topic));
        Assert.Equal((2, 2L * CostBytes), (broker.Core.Tree.RetainedCount, broker.Core.Tree.RetainedBytes));
        Assert.Equal(2, broker.Dropped(DropReason.RetainedLimit));
    }

    /// <summary>Who cannot be told is not refused: the message goes to whoever is there.</summary>
    [Theory, Spec("MQTT3-3.3.1-7", "R43")]
    [InlineData(ProtocolVersion.Mqtt31, QoS.AtMostOnce)]
    [InlineData(ProtocolVersion.Mqtt31, QoS.AtLeastOnce)]
    [InlineData(ProtocolVersion.Mqtt311, QoS.AtMostOnce)]
    [InlineData(ProtocolVersion.Mqtt311, QoS.ExactlyOnce)]
    [InlineData(ProtocolVersion.Mqtt5, QoS.AtMostOnce)]
    public void A_message_beyond_the_limit_that_cannot_be_refused_is_delivered_and_not_stored(ProtocolVersion version, QoS qos)
    {
        foreach (var byCount in new[] { true, false })
        {
            var broker = Limited(byCount);
            var watcher = broker.Connect("watcher").Subscribe("#");
            var publisher = broker.Connect("publisher", version);
            publisher.Publish("a", "123456789", retain: true);
            publisher.Publish("b", "123456789", retain: true);

            publisher.PublishAcknowledged("c", "123456789", qos, retain: true);

            Assert.Equal(["a", "b", "c"], watcher.ReceivesAllPublishes().Select(publish => publish.Topic));
            Assert.Equal(["a", "b"], broker.Connect("late").Subscribe("#").ReceivesAllPublishes().Select(publish => publish.Topic));
            Assert.Equal(1, broker.Dropped(DropReason.RetainedLimit));
        }
    }

    [Fact, Spec("MQTT-3.1.2-15")]
    public void A_will_beyond_the_limit_is_delivered_and_not_stored()
    {
        var broker = new BrokerHarness(limits: limits => limits.RetainedMessagesMax = 1);
        var watcher = broker.Connect("watcher").Subscribe("status");
        broker.Connect("publisher").Publish("a", "x", retain: true);

        broker.Connect("client", will: new TestWill("status", "lost", QoS.AtLeastOnce, Retain: true)).DropConnection();

        Assert.Equal("lost", watcher.ReceivesPublish().PayloadText);
        broker.Connect("late").Subscribe("status").ReceivesNothing();
    }

    /// <summary>An old value beside subscribers that have seen the newer one would be worse than none.</summary>
    [Theory, Spec("MQTT3-3.3.1-7", "MQTT-3.3.1-5", "R43")]
    [MemberData(nameof(Variants.Versions), MemberType = typeof(Variants))]
    public void A_replacement_that_is_delivered_but_finds_no_room_leaves_no_retained_message(ProtocolVersion version)
    {
        var broker = Limited(byCount: false);
        var publisher = broker.Connect("publisher", version);
        publisher.Publish("a", "123456789", retain: true);
        publisher.Publish("b", "123456789", retain: true);

        publisher.Publish("b", "1234567890", retain: true);

        Assert.Equal(["a"], broker.Connect("late").Subscribe("#").ReceivesAllPublishes().Select(publish => publish.Topic));
        Assert.Equal((1, (long)CostBytes), (broker.Core.Tree.RetainedCount, broker.Core.Tree.RetainedBytes));
    }

    [Fact, Spec("MQTT-3.3.1-5", "MQTT-3.4.2-1")]
    public void A_replacement_that_is_refused_leaves_the_old_message()
    {
        var broker = Limited(byCount: false);
        var publisher = broker.Connect("publisher");
        publisher.Publish("a", "123456789", retain: true);
        publisher.Publish("b", "123456789", retain: true);

        publisher.Publish("b", "1234567890", QoS.AtLeastOnce, retain: true);

        Assert.Equal(0x97, publisher.Receives(PacketType.Puback).ReasonCode);
        Assert.Equal("123456789", broker.Connect("late").Subscribe("b").ReceivesPublish().PayloadText);
    }

    [Theory, Spec("MQTT-3.3.1-5", "MQTT-3.3.1-6", "R43", "R44")]
    [InlineData(true)]
    [InlineData(false)]
    public void Replacing_is_possible_at_the_limit_and_clearing_makes_room(bool byCount)
    {
        var broker = Limited(byCount);
        var publisher = broker.Connect("publisher");
        publisher.Publish("a", "123456789", retain: true);
        publisher.Publish("b", "123456789", retain: true);

        publisher.Publish("a", "987654321", retain: true);
        publisher.Publish("b", "", retain: true);
        publisher.Publish("c", "123456789", retain: true);

        Assert.Equal(["a 987654321", "c 123456789"], broker.Connect("late").Subscribe("#").ReceivesAllPublishes().Select(publish => $"{publish.Topic} {publish.PayloadText}"));
        Assert.Equal(0, broker.Dropped(DropReason.RetainedLimit));
    }

    [Theory, Spec("R45")]
    [MemberData(nameof(Variants.VersionsAndShards), MemberType = typeof(Variants))]
    public void The_servers_expiry_ends_retained_messages_of_every_version(ProtocolVersion version, int shards)
    {
        var broker = new BrokerHarness(shards, settings: settings => settings.RetainedExpirySeconds = 60);
        var publisher = broker.Connect("publisher", version);
        publisher.Publish("a", "x", retain: true);
        broker.Advance(TimeSpan.FromSeconds(30));
        publisher.Publish("b", "x", retain: true);

        broker.Advance(TimeSpan.FromMilliseconds(29_999));
        Assert.Equal(["a", "b"], broker.Connect("in time", version).Subscribe("#").ReceivesAllPublishes().Select(publish => publish.Topic));

        broker.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(["b"], broker.Connect("late", version).Subscribe("#").ReceivesAllPublishes().Select(publish => publish.Topic));
    }

    [Fact, Spec("R45", "MQTT-3.3.2-6")]
    public void The_servers_expiry_is_not_told_to_subscribers_and_the_earlier_of_two_counts()
    {
        var broker = new BrokerHarness(settings: settings => settings.RetainedExpirySeconds = 60);
        var publisher = broker.Connect("publisher");
        publisher.Publish("own", "x", retain: true, properties: new TestProperties().Add(PropertyId.MessageExpiryInterval, 10));
        publisher.Publish("servers", "x", retain: true, properties: new TestProperties().Add(PropertyId.MessageExpiryInterval, 1000));
        publisher.Publish("none", "x", retain: true);

        broker.Advance(TimeSpan.FromSeconds(20));

        var found = broker.Connect("client").Subscribe("#").ReceivesAllPublishes();
        Assert.Equal(["servers", "none"], found.Select(publish => publish.Topic));
        Assert.Equal(980U, found[0].Number(PropertyId.MessageExpiryInterval));
        Assert.False(found[1].Has(PropertyId.MessageExpiryInterval));
        broker.Advance(TimeSpan.FromSeconds(40));
        broker.Connect("late").Subscribe("#").ReceivesNothing();
    }

    [Fact, Spec("R45", "R43")]
    public void A_new_message_starts_its_time_anew()
    {
        var broker = new BrokerHarness(settings: settings => settings.RetainedExpirySeconds = 60);
        var publisher = broker.Connect("publisher");
        publisher.Publish("a", "1", retain: true);
        broker.Advance(TimeSpan.FromSeconds(50));

        publisher.Publish("a", "2", retain: true);
        broker.Advance(TimeSpan.FromSeconds(50));

        Assert.Equal("2", broker.Connect("client").Subscribe("a").ReceivesPublish().PayloadText);
    }

    /// <summary>A deep topic costs what its levels cost, and those it shares with others only once.</summary>
    [Fact, Spec("R52")]
    public void Levels_count_as_long_as_they_lead_to_a_message()
    {
        var broker = new BrokerHarness();
        var publisher = broker.Connect("publisher").Subscribe("a/b/c/d");
        long Levels() => broker.Core.Tree.RetainedLevelBytes / LevelBytes;

        publisher.Publish("a/b", "x", retain: true);
        Assert.Equal(2, Levels());
        publisher.Publish("a/b/c/d", "x", retain: true);
        Assert.Equal(4, Levels());
        publisher.Publish("a/b/c/d", "y", retain: true);
        publisher.Publish("a/b/e", "x", retain: true);
        Assert.Equal(5, Levels());
        publisher.Publish("a/b/c/d", "", retain: true);
        Assert.Equal(3, Levels());
        publisher.Publish("a/b", "", retain: true);
        Assert.Equal(3, Levels());
        publisher.Publish("a/b/e", "", retain: true);
        Assert.Equal(0L, broker.Core.Tree.RetainedLevelBytes);
    }

    [Fact, Spec("MQTT-3.4.2-1", "R52")]
    public void A_deep_topic_is_refused_for_what_its_levels_cost_and_leaves_nothing_behind()
    {
        var broker = new BrokerHarness(limits: limits => limits.RetainedBytesMax = 1_000_000);
        var publisher = broker.Connect("publisher");

        publisher.Publish(new string('/', 10_000), "x", QoS.AtLeastOnce, retain: true);

        Assert.Equal(0x97, publisher.Receives(PacketType.Puback).ReasonCode);
        Assert.Equal((0, 0L, 0L), (broker.Core.Tree.RetainedCount, broker.Core.Tree.RetainedBytes, broker.Core.Tree.RetainedLevelBytes));
        Assert.True(broker.Core.Tree.Root.IsEmpty);
    }

    private static BrokerHarness Limited(bool byCount, int shards = 1) => new(shards, limits =>
    {
        limits.RetainedMessagesMax = byCount ? 2 : 0;
        limits.RetainedBytesMax = byCount ? 1_000_000 : 2 * (CostBytes + LevelBytes);
    });
}
