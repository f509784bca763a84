using Godwit.Broker.Shards;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;
using Godwit.Protocol.Properties;

namespace Godwit.Broker.Tests.Limits;

/// <content>Queues, stores, output.</content>
internal static partial class LimitProbes
{
    /// <summary>What a message costs besides topic, properties and payload.</summary>
    private const int MessageOverhead = 64;

    /// <summary>What a level of a retained topic costs besides its name.</summary>
    private const int RetainedLevelOverhead = 192;

    private static string InFlight(BrokerHarness broker, ProtocolVersion version, long amount)
    {
        var client = broker.Connect("a", version).Subscribe("t", QoS.ExactlyOnce);
        var publisher = broker.Connect("publisher");
        for (var i = 1; i <= amount; i++)
        {
            publisher.Publish("t", $"{i}", i % 2 == 0 ? QoS.AtLeastOnce : QoS.ExactlyOnce);
        }

        var publishes = client.ReceivesAllPublishes();
        client.Puback(publishes[1].PacketId);
        var later = client.ReceivesAllPublishes();
        Assert.Equal(amount, publishes.Count + later.Count);
        return later.Count == 0 ? LimitProbe.Fits : "waits";
    }

    private static string OutboundTopicAliases(BrokerHarness broker, ProtocolVersion version, long amount)
    {
        var client = broker.Connect("a", version, properties: new TestProperties().Add(PropertyId.TopicAliasMaximum, 10)).Subscribe("topic/+");
        var publisher = broker.Connect("publisher");
        for (var i = 1; i <= amount; i++)
        {
            publisher.Publish($"topic/{i}", "first");
            publisher.Publish($"topic/{i}", "second");
        }

        var last = client.ReceivesAllPublishes()[^1];
        Assert.Equal("second", last.PayloadText);
        return last.Topic.Length == 0 ? LimitProbe.Fits : "whole topic";
    }

    private static string QueueBytes(BrokerHarness broker, ProtocolVersion version, long amount)
    {
        broker.Persistent("a", version).Subscribe("t", QoS.AtLeastOnce).Disconnect();
        var publisher = broker.Connect("publisher");

        publisher.Publish("t", new string('m', 99), QoS.AtLeastOnce);
        publisher.Publish("t", new string('m', (int)amount - (1 + 99 + MessageOverhead) - (1 + MessageOverhead)), QoS.AtLeastOnce);

        var outcome = Outcome.Of(broker, publisher);
        Assert.Equal(outcome == LimitProbe.Fits ? amount : 164, broker.Counters.QueuedBytes);
        return outcome;
    }

    private static string QueueMessages(BrokerHarness broker, ProtocolVersion version, long amount)
    {
        broker.Persistent("a", version).Subscribe("t", QoS.AtLeastOnce).Disconnect();
        var publisher = broker.Connect("publisher");

        Repeat(amount, i => publisher.Publish("t", "m", QoS.AtLeastOnce));

        return Outcome.Of(broker, publisher);
    }

    /// <summary>The amount waits; is one more message taken?</summary>
    private static string OutputBytes(BrokerHarness broker, ProtocolVersion version, long amount)
    {
        var client = broker.Connect("a", version).Subscribe("t");
        var publisher = broker.Connect("publisher", version);
        client.RoomBytes = 0;

        publisher.SendBytes(PublishOf(amount, version));
        publisher.SendBytes(PublishOf(50, version));

        return Outcome.Of(broker, publisher);
    }

    private static string WriteStall(BrokerHarness broker, ProtocolVersion version, long amount)
    {
        var client = broker.Connect("a", version).Subscribe("t");
        client.RoomBytes = 0;
        broker.Connect("publisher").Publish("t", "m");

        broker.Advance(TimeSpan.FromMilliseconds(amount));

        return Outcome.Of(client);
    }

    private static string RetainedMessages(BrokerHarness broker, ProtocolVersion version, long amount)
    {
        var client = broker.Connect("a", version);

        Repeat(amount, i => client.Publish($"t{i}", "m", QoS.AtLeastOnce, retain: true));
        client.Publish("t1", "a replacement takes no place", QoS.AtLeastOnce, retain: true);

        return Outcome.Of(broker, client);
    }

    private static string RetainedBytes(BrokerHarness broker, ProtocolVersion version, long amount)
    {
        var client = broker.Connect("a", version);

        client.Publish("t", new string('m', (int)amount - (1 + MessageOverhead) - (1 + RetainedLevelOverhead)), QoS.AtLeastOnce, retain: true);

        return Outcome.Of(broker, client);
    }

    private static string MailboxBytes(BrokerHarness broker, ProtocolVersion version, long amount)
    {
        var (shard, other) = (broker.Core.Shards[0], broker.Core.Shards[1]);

        broker.Core.Post(1, new HostCall(_ => { }, (int)amount));

        var isPaused = shard.IsReadingPaused;
        Assert.False(other.IsReadingPaused);            // it must go on, or it could never catch up
        broker.Run();
        Assert.False(shard.IsReadingPaused);
        return isPaused ? "reading paused" : LimitProbe.Fits;
    }

    /// <summary>The first packet produces the amount; is the second still handled in the same turn?</summary>
    private static string TurnOutput(BrokerHarness broker, ProtocolVersion version, long amount)
    {
        var client = broker.Connect("a", version).Subscribe("t");
        var handledAtOnce = false;
        byte[] input = [.. PublishOf(amount, version), .. PublishOf(20, version)];

        broker.OnShard(client.ShardIndex, shard =>
        {
            shard.Received(client.Connection, input);
            handledAtOnce = shard.Counters.PublishReceived[0] == 2;
            Assert.Equal(handledAtOnce, client.Connection.WantsInput);
        });

        Assert.Equal(2, client.ReceivesAllPublishes().Count);
        return handledAtOnce ? LimitProbe.Fits : "next turn";
    }
}
