using System.Text;
using Godwit.Broker.Messages;
using Godwit.Broker.Routing;
using Godwit.Broker.Shards;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Packets;

namespace Godwit.Broker.Tests;

/// <summary>A retained PUBLISH and a SUBSCRIBE meet on two shards: the subscriber gets the message live or from the store, and once.</summary>
public sealed class RetainedInterleavingTests
{
    /// <summary>
    /// The turns of the publisher's shard (P) and the subscriber's (S): lower case begins a turn and handles the packet, upper case ends the
    /// turn, which takes the mailbox and posts what the turn made.
    /// </summary>
    public static TheoryData<string, bool, bool> Orders => new(
        from order in new[] { "pPsS", "psPS", "psSP", "sSpP", "spSP", "spPS" }
        from others in new[] { false, true }
        from replaces in new[] { false, true }
        select (order, others, replaces));

    [Theory, Spec("MQTT-3.3.1-5", "MQTT-3.3.1-9", "MQTT-4.5.0-1", "MQTT3-3.3.1-5", "MQTT3-3.3.1-6", "R43")]
    [MemberData(nameof(Orders))]
    public void A_new_subscription_gets_the_message_exactly_once(string order, bool others, bool replaces)
    {
        var broker = new BrokerHarness(shards: 3);
        var (publisher, subscriber) = OnTwoShards(broker);
        AddOthers(broker, others, replaces);

        Interleave(broker, order, (publisher, Publish("new")), (subscriber, Subscribe()));

        subscriber.Receives(PacketType.Suback);
        var received = subscriber.ReceivesAllPublishes();
        Assert.Single(received, publish => publish.PayloadText == "new");
        Assert.InRange(received.Count, 1, replaces ? 2 : 1);
        Assert.Equal(order.IndexOf('s') > order.IndexOf('p'), received[^1].Retain);
        Assert.Equal("new", received[^1].PayloadText);
    }

    [Theory, Spec("MQTT-3.3.1-6", "MQTT-3.3.1-7", "R44")]
    [MemberData(nameof(Orders))]
    public void Clearing_reaches_a_new_subscription_live_or_leaves_it_nothing(string order, bool others, bool replaces)
    {
        var broker = new BrokerHarness(shards: 3);
        var (publisher, subscriber) = OnTwoShards(broker);
        AddOthers(broker, others, replaces);

        Interleave(broker, order, (publisher, Publish("")), (subscriber, Subscribe()));

        subscriber.Receives(PacketType.Suback);
        var payloads = subscriber.ReceivesAllPublishes().Select(publish => publish.PayloadText).ToList();
        var subscribedFirst = order.IndexOf('s') < order.IndexOf('p');
        Assert.Equal(!subscribedFirst ? [] : replaces ? ["old", ""] : [""], payloads);
    }

    /// <summary>The subscription exists already, so the live message is owed; asking again brings the stored one too.</summary>
    [Theory, Spec("MQTT-3.8.4-4", "MQTT3-3.8.4-3")]
    [MemberData(nameof(Orders))]
    public void A_subscription_that_is_replaced_meanwhile_loses_nothing(string order, bool others, bool replaces)
    {
        var broker = new BrokerHarness(shards: 3);
        var (publisher, subscriber) = OnTwoShards(broker);
        subscriber.Subscribe("t/+", QoS.AtLeastOnce);
        AddOthers(broker, others, replaces);
        subscriber.ReceivesAllPublishes();

        Interleave(broker, order, (publisher, Publish("new")), (subscriber, Subscribe(RetainHandling.SendIfNew)));

        var received = subscriber.ReceivesAllPublishes();
        Assert.Equal([("new", false)], received.Select(publish => (publish.PayloadText, publish.Retain)));
    }

    /// <summary>Unsubscribed and subscribed again in one packet's time: that is a new subscription, and it gets the message once.</summary>
    [Theory, Spec("MQTT-3.10.4-2", "MQTT-3.3.1-9")]
    [MemberData(nameof(Orders))]
    public void A_subscription_that_is_ended_and_made_anew_gets_the_message_once(string order, bool others, bool replaces)
    {
        var broker = new BrokerHarness(shards: 3);
        var (publisher, subscriber) = OnTwoShards(broker);
        subscriber.Subscribe("t/+", QoS.AtLeastOnce);
        AddOthers(broker, others, replaces);
        subscriber.ReceivesAllPublishes();
        byte[] unsubscribe = RawPacket.Of(0xA2, [0, 9, 0, .. RawPacket.Text("t/+")]);

        Interleave(broker, order, (publisher, Publish("new")), (subscriber, [.. unsubscribe, .. Subscribe()]));

        Assert.Single(subscriber.ReceivesAllPublishes(), publish => publish.PayloadText == "new");
    }

    /// <summary>
    /// The narrowest place: the publisher's shard has stored the message and not matched it yet when the subscription comes. It stands among
    /// the matches and has got the message from the store already.
    /// </summary>
    [Theory, Spec("MQTT-3.3.1-5", "MQTT-3.3.1-9", "R43")]
    [InlineData(false)]
    [InlineData(true)]
    public void A_subscription_between_store_and_match_gets_the_message_from_the_store_alone(bool wasThereBefore)
    {
        var broker = new BrokerHarness(shards: 3);
        var (_, subscriber) = OnTwoShards(broker);
        if (wasThereBefore)
        {
            subscriber.Subscribe("t/+", QoS.AtLeastOnce);
        }

        var message = MessagePool.Unpooled(new MessageView { Topic = "t/x"u8, Payload = "new"u8, QoS = QoS.AtLeastOnce, ExpiresAtMs = long.MaxValue, AnnouncedExpiryMs = long.MaxValue });
        Assert.Equal(RetainOutcome.Stored, broker.Core.Tree.TryRetain(message, 0, 0, 0, out _));
        subscriber.SendBytes(Subscribe());
        var matches = new MatchList();
        broker.Core.Tree.Match("t/x"u8, matches);
        Assert.Equal(1, matches.Segments.Length);
        var batch = new DeliveryBatch(broker.Core.Shards[0]);
        batch.Add(message, matches.Segments, pending: null);
        broker.OnShard(subscriber.Connection.Session!.ShardIndex, batch.Run);

        // A subscription that was there before is owed the live message; asking again brought it the stored one too.
        Assert.Equal(wasThereBefore ? [true, false] : [true], subscriber.ReceivesAllPublishes().Select(publish => publish.Retain));
    }

    /// <summary>Another subscriber of the same filter, so that both stand in one list; and an older retained message.</summary>
    private static void AddOthers(BrokerHarness broker, bool others, bool replaces)
    {
        if (others)
        {
            broker.Connect("other").Subscribe("t/+");
            broker.Connect("one more").Subscribe("t/x");
        }

        if (replaces)
        {
            broker.Connect("first publisher").Publish("t/x", "old", retain: true);
        }
    }

    private static void Interleave(BrokerHarness broker, string order, (TestClient Client, byte[] Bytes) p, (TestClient Client, byte[] Bytes) s)
    {
        foreach (var step in order)
        {
            var (client, bytes) = char.ToLowerInvariant(step) == 'p' ? p : s;
            var shard = broker.Core.Shards[client.Connection.Session!.ShardIndex];
            if (char.IsLower(step))
            {
                shard.BeginTurn(broker.NowMs);
                shard.Received(client.Connection, bytes);
            }
            else
            {
                shard.EndTurn();
            }
        }

        broker.Run();
    }

    private static (TestClient Publisher, TestClient Subscriber) OnTwoShards(BrokerHarness broker)
    {
        var publisher = broker.Connect("publisher");
        for (var i = 0; ; i++)
        {
            var subscriber = broker.Connect($"subscriber {i}");
            if (subscriber.Connection.Session!.ShardIndex != publisher.Connection.Session!.ShardIndex)
            {
                return (publisher, subscriber);
            }
        }
    }

    private static byte[] Publish(string payload)
    {
        var publish = new PublishPacket { Topic = "t/x"u8, Payload = Encoding.UTF8.GetBytes(payload), Retain = true, QoS = QoS.AtLeastOnce, PacketId = 5 };
        var bytes = new byte[publish.Measure(ProtocolVersion.Mqtt5)];
        publish.Write(bytes, ProtocolVersion.Mqtt5);
        return bytes;
    }

    private static byte[] Subscribe(RetainHandling handling = default) =>
        RawPacket.Of(0x82, [0, 8, 0, .. RawPacket.Text("t/+"), new SubscriptionOptions(QoS.AtLeastOnce, NoLocal: false, RetainAsPublished: false, handling).ToByte()]);
}
