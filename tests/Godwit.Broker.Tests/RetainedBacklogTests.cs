using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Packets;
using Godwit.Protocol.Properties;

namespace Godwit.Broker.Tests;

/// <summary>Retained messages for a client that takes them slowly: they wait as references, and what happens meanwhile counts.</summary>
public sealed class RetainedBacklogTests
{
    [Theory, Spec("R43", "R52", "MQTT-3.3.1-9", "MQTT3-3.3.1-6")]
    [InlineData(ProtocolVersion.Mqtt311, QoS.AtMostOnce)]
    [InlineData(ProtocolVersion.Mqtt5, QoS.AtMostOnce)]
    [InlineData(ProtocolVersion.Mqtt5, QoS.AtLeastOnce)]
    public void Twenty_thousand_retained_messages_reach_a_slow_client_through_a_bounded_buffer(ProtocolVersion version, QoS qos)
    {
        var broker = new BrokerHarness(shards: 3);
        Retain(broker, 20_000, QoS.AtLeastOnce);
        var slow = broker.Connect("slow", version);
        slow.RoomBytes = 1000;

        slow.Subscribe("r/#", qos);

        var longest = 0;
        var received = new List<string>();
        for (var rounds = 0; received.Count < 20_000; rounds++)
        {
            Assert.True(rounds < 2_000, "It does not come to an end.");
            longest = Math.Max(longest, slow.Connection.Output.Length);
            slow.TakeMore(10_000);
            received.AddRange(slow.ReceivesAllPublishes().Select(publish => publish.Topic));
        }

        slow.ReceivesNothing();
        Assert.Equal(Enumerable.Range(0, 20_000).Select(Topic), received);
        Assert.InRange(longest, 1, 300_000);
        Assert.Equal(0, broker.Counters.Dropped.Sum());
    }

    [Fact, Spec("MQTT-3.3.1-5", "MQTT-3.3.1-6", "R43", "R44")]
    public void A_message_replaced_or_cleared_while_it_waits_comes_once_and_live()
    {
        var broker = new BrokerHarness(shards: 3);
        Retain(broker, 8_000, QoS.AtLeastOnce);
        var slow = Slow(broker, QoS.AtMostOnce);
        var publisher = broker.Connect("publisher");

        publisher.Publish(Topic(7_000), "new", retain: true);
        publisher.Publish(Topic(7_001), "", retain: true);

        slow.TakeMore();
        var received = slow.ReceivesAllPublishes();
        Assert.Equal(8_000, received.Select(publish => publish.Topic).Distinct().Count());
        Assert.Equal(8_000, received.Count);
        Assert.Equal([("new", false)], received.Where(publish => publish.Topic == Topic(7_000)).Select(publish => (publish.PayloadText, publish.Retain)));
        Assert.Equal([("", false)], received.Where(publish => publish.Topic == Topic(7_001)).Select(publish => (publish.PayloadText, publish.Retain)));
    }

    [Fact, Spec("MQTT-3.10.4-2")]
    public void What_still_waits_is_forgotten_with_its_subscription()
    {
        var broker = new BrokerHarness();
        Retain(broker, 8_000, QoS.AtLeastOnce);
        var slow = Slow(broker, QoS.AtMostOnce);

        slow.SendBytes(RawPacket.Of(0xA2, [0, 9, 0, .. RawPacket.Text("r/#")]));
        slow.TakeMore();

        Assert.InRange(slow.ReceivesAllPublishes().Count, 1, 7_000);
        slow.Receives(PacketType.Unsuback);
        slow.ReceivesNothing();
    }

    /// <summary>The second SUBSCRIBE asks for nothing, but what the first one was owed must not be lost.</summary>
    [Theory, Spec("MQTT-3.8.4-4", "MQTT-3.3.1-10", "MQTT-3.3.1-11")]
    [InlineData(RetainHandling.SendIfNew)]
    [InlineData(RetainHandling.DoNotSend)]
    public void Replacing_the_subscription_loses_nothing_that_still_waits(RetainHandling handling)
    {
        var broker = new BrokerHarness();
        Retain(broker, 8_000, QoS.AtLeastOnce);
        var slow = Slow(broker, QoS.AtMostOnce);

        slow.SendSubscribe([("r/#", new SubscriptionOptions(QoS.AtLeastOnce, NoLocal: false, RetainAsPublished: false, handling).ToByte())]);
        slow.TakeMore();

        Assert.Equal(Enumerable.Range(0, 8_000).Select(Topic), slow.ReceivesAllPublishes().Select(publish => publish.Topic));
    }

    [Theory, Spec("MQTT-3.8.4-4")]
    [InlineData(RetainHandling.SendAtSubscribe)]
    [InlineData(RetainHandling.DoNotSend)]
    public void Replacing_a_subscription_leaves_what_waits_for_another(RetainHandling handling)
    {
        var broker = new BrokerHarness();
        Retain(broker, 8_000, QoS.AtLeastOnce);
        broker.Connect("publisher").Publish("s", "x", retain: true);
        var slow = Slow(broker, QoS.AtMostOnce);
        slow.SendSubscribe([("s", 0)]);

        slow.SendSubscribe([("s", new SubscriptionOptions(QoS.AtMostOnce, NoLocal: false, RetainAsPublished: false, handling).ToByte())]);
        slow.TakeMore();

        Assert.Equal([.. Enumerable.Range(0, 8_000).Select(Topic), "s"], slow.ReceivesAllPublishes().Select(publish => publish.Topic));
    }

    /// <summary>No Local held the client's own message back, and a SUBSCRIBE that asks for no retained message does not bring it.</summary>
    [Fact, Spec("MQTT-3.8.3-3", "MQTT-3.3.1-11")]
    public void Replacing_a_subscription_does_not_bring_what_No_Local_held_back()
    {
        var broker = new BrokerHarness();
        Retain(broker, 8_000, QoS.AtLeastOnce);
        var slow = Slow(broker, QoS.AtMostOnce);
        slow.Publish("s", "own", retain: true);
        slow.SendSubscribe([("s", new SubscriptionOptions(QoS.AtMostOnce, NoLocal: true, RetainAsPublished: false, RetainHandling.SendAtSubscribe).ToByte())]);

        slow.SendSubscribe([("s", new SubscriptionOptions(QoS.AtMostOnce, NoLocal: false, RetainAsPublished: false, RetainHandling.DoNotSend).ToByte())]);
        slow.TakeMore();

        Assert.DoesNotContain("s", slow.ReceivesAllPublishes().Select(publish => publish.Topic));
    }

    /// <summary>A SUBSCRIBE that asks for all of them again makes what still waits superfluous.</summary>
    [Fact, Spec("MQTT-3.8.4-4", "MQTT-3.3.1-9")]
    public void Subscribing_again_starts_anew()
    {
        var broker = new BrokerHarness();
        Retain(broker, 8_000, QoS.AtLeastOnce);
        var slow = Slow(broker, QoS.AtMostOnce);

        slow.SendSubscribe([("r/#", 1)]);
        slow.TakeMore();

        var received = slow.ReceivesAllPublishes();
        var before = received.TakeWhile(publish => publish.QoS == QoS.AtMostOnce).Count();
        Assert.InRange(before, 1, 7_000);
        Assert.Equal(Enumerable.Range(0, 8_000).Select(Topic), received.Skip(before).Select(publish => publish.Topic));
    }

    /// <summary>However many filters find however many messages: what waits is one search for each filter.</summary>
    [Fact, Spec("MQTT-3.8.4-4", "R52")]
    public void A_filter_that_is_subscribed_again_and_again_waits_once()
    {
        var broker = new BrokerHarness();
        Retain(broker, 8_000, QoS.AtLeastOnce);
        var slow = Slow(broker, QoS.AtMostOnce);
        var session = slow.Connection.Session!;

        for (var i = 0; i < 100; i++)
        {
            slow.SendSubscribe([("r/#", 1), ("r/+", 1), ("+/#", 1)]);
        }

        Assert.Equal(3, session.RetainedBacklog!.Count);
        slow.SendBytes(RawPacket.Of(0xA2, [0, 9, 0, .. RawPacket.Text("r/+")]));
        Assert.Equal(2, session.RetainedBacklog.Count);
        slow.TakeMore();
        Assert.Null(session.RetainedBacklog);
        Assert.InRange(slow.ReceivesAllPublishes().Count, 16_000, 23_999);
    }

    /// <summary>A filter may walk through the whole store and find nothing: others have their turn in between.</summary>
    [Fact, Spec("R52")]
    public void A_long_search_goes_on_in_the_following_turns()
    {
        var broker = new BrokerHarness();
        Retain(broker, 20_000, QoS.AtLeastOnce);
        var client = broker.Connect("client");
        var session = client.Connection.Session!;
        var waiting = 0;

        broker.OnShard(0, shard =>
        {
            shard.Received(client.Connection, RawPacket.Of(0x82, [0, 9, 0, .. Enumerable.Range(0, 8).SelectMany(i => (byte[])[.. RawPacket.Text($"+/+/{i}"), 0])]));
            waiting = session.RetainedBacklog!.Count;
        });

        Assert.InRange(waiting, 4, 6);                  // 65,536 nodes in one go, 20,002 for each filter
        Assert.Null(session.RetainedBacklog);
    }

    [Fact, Spec("R52")]
    public void A_client_that_leaves_many_searches_behind_holds_nobody_up()
    {
        var broker = new BrokerHarness();
        Retain(broker, 20_000, QoS.AtLeastOnce);
        var slow = broker.Persistent("slow");
        slow.RoomBytes = 0;
        for (var i = 0; i < 60; i++)
        {
            slow.SendSubscribe([($"+/+/{i}", 1)]);
        }

        slow.DropConnection();

        Assert.InRange(broker.Dropped(DropReason.QueueFull), 10, 11);       // 1,000,000 nodes for 60 filters of 20,002
        Assert.Null(broker.Persistent("slow").Connection.Session!.RetainedBacklog);
    }

    [Theory, Spec("R30", "R43", "MQTT-4.4.0-1")]
    [MemberData(nameof(Variants.Versions), MemberType = typeof(Variants))]
    public void What_waits_for_a_persistent_client_that_leaves_is_kept_in_its_queue(ProtocolVersion version)
    {
        var broker = new BrokerHarness(shards: 3);
        Retain(broker, 8_000, QoS.AtLeastOnce);
        var slow = broker.Persistent("slow", version);
        slow.RoomBytes = 1000;
        slow.Subscribe("r/#", QoS.AtLeastOnce);

        slow.DropConnection();
        slow = broker.Persistent("slow", version);

        var received = slow.ReceivesAllPublishes();
        Assert.Equal(Enumerable.Range(0, 8_000).Select(Topic), received.Select(publish => publish.Topic));
        Assert.All(received, publish => Assert.True(publish.Retain));
        Assert.Equal(0, broker.Counters.Dropped.Sum());
    }

    [Fact]
    public void What_waits_for_a_persistent_client_that_leaves_obeys_the_limits_of_its_queue()
    {
        var broker = new BrokerHarness(limits: limits => limits.QueueMessagesMax = 4_000);
        Retain(broker, 8_000, QoS.AtLeastOnce);
        var slow = broker.Persistent("slow");
        slow.RoomBytes = 1000;
        slow.Subscribe("r/#", QoS.AtLeastOnce);
        Assert.InRange(broker.Counters.Queued, 1, 3_999);

        slow.DropConnection();

        Assert.Equal(4_000, broker.Counters.Queued);
        Assert.Equal(4_000, broker.Dropped(DropReason.QueueFull));
    }

    [Fact, Spec("MQTT-3.3.2-5", "MQTT-3.3.2-6")]
    public void What_waits_counts_down_and_expires()
    {
        var broker = new BrokerHarness();
        Retain(broker, 4_000, QoS.AtLeastOnce);
        broker.Connect("publisher").Publish("r/z", "x", retain: true, properties: new TestProperties().Add(PropertyId.MessageExpiryInterval, 10));
        broker.Connect("publisher").Publish("r/zz", "x", retain: true, properties: new TestProperties().Add(PropertyId.MessageExpiryInterval, 100));
        var slow = Slow(broker, QoS.AtMostOnce);

        broker.Advance(TimeSpan.FromSeconds(20));
        slow.TakeMore();

        var received = slow.ReceivesAllPublishes();
        Assert.Equal(4_001, received.Count);
        Assert.Equal(80U, received[^1].Number(PropertyId.MessageExpiryInterval));
    }

    /// <summary>Expired messages give their place under the limits back without anybody asking for them.</summary>
    [Theory, Spec("R45", "MQTT-3.3.2-5")]
    [MemberData(nameof(Variants.Shards), MemberType = typeof(Variants))]
    public void Expired_messages_give_back_their_count_and_bytes(int shards)
    {
        var broker = new BrokerHarness(shards, settings: settings => settings.RetainedExpirySeconds = 100);
        var publisher = broker.Connect("publisher");
        publisher.Publish("a", "x", retain: true);
        publisher.Publish("b", "x", retain: true, properties: new TestProperties().Add(PropertyId.MessageExpiryInterval, 10));
        publisher.Publish("c", "x", retain: true, properties: new TestProperties().Add(PropertyId.MessageExpiryInterval, 50));
        publisher.Publish("c", "y", retain: true, properties: new TestProperties().Add(PropertyId.MessageExpiryInterval, 20));
        Assert.Equal(3, broker.Core.Tree.RetainedCount);

        foreach (var (seconds, count) in new[] { (9, 3), (1, 2), (10, 1), (79, 1), (1, 0) })
        {
            broker.Advance(TimeSpan.FromSeconds(seconds));
            Assert.Equal(count, broker.Core.Tree.RetainedCount);
        }

        Assert.Equal(0L, broker.Core.Tree.RetainedBytes);
    }

    private static string Topic(int number) => $"r/{number}";

    private static void Retain(BrokerHarness broker, int count, QoS qos)
    {
        var publisher = broker.Connect("publisher");
        for (var i = 0; i < count; i++)
        {
            publisher.Publish(Topic(i), new string('x', 100), qos, retain: true, packetId: 1);
        }
    }

    /// <summary>A client that has got SUBACK and little else.</summary>
    private static TestClient Slow(BrokerHarness broker, QoS qos)
    {
        var slow = broker.Connect("slow");
        slow.RoomBytes = 1000;
        return slow.Subscribe("r/#", qos);
    }
}
