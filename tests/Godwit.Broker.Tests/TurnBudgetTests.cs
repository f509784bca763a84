using Godwit.Broker.Tests.Harness;
using Godwit.Protocol.ReasonCodes;

namespace Godwit.Broker.Tests;

/// <summary>TurnOutputBytesMax: one connection's input may not keep a turn to itself; the rest waits, in order.</summary>
public sealed class TurnBudgetTests
{
    private const int Readers = 10;

    [Fact]
    public void Input_beyond_the_budget_goes_on_in_the_following_turns_in_order()
    {
        var broker = new BrokerHarness(limits: limits => limits.TurnOutputBytesMax = 50);
        var reader = broker.Connect("reader").Subscribe("t");
        var publisher = broker.Connect("publisher");
        var before = reader.SendCount;

        publisher.SendBytes([.. Enumerable.Range(0, 100).SelectMany(PublishOf)]);

        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), reader.ReceivesAllPublishes().Select(publish => publish.PayloadText));
        Assert.True(reader.SendCount - before > 10);
    }

    [Fact]
    public void Others_have_their_turn_in_between()
    {
        var broker = new BrokerHarness(limits: limits => limits.TurnOutputBytesMax = 50);
        var reader = broker.Connect("reader").Subscribe("t");
        var greedy = broker.Connect("greedy");
        var modest = broker.Connect("modest");

        broker.OnShard(0, shard =>
        {
            shard.Received(greedy.Connection, [.. Enumerable.Range(0, 100).SelectMany(PublishOf)]);
            shard.Received(modest.Connection, PublishOf(777));
        });

        var payloads = reader.ReceivesAllPublishes().ConvertAll(publish => publish.PayloadText);
        Assert.Equal(101, payloads.Count);
        Assert.InRange(payloads.IndexOf("777"), 1, 20);
    }

    /// <summary>What many readers get counts, not what comes in.</summary>
    [Fact]
    public void A_fan_out_uses_the_budget_up_sooner()
    {
        var broker = new BrokerHarness(limits: limits => limits.TurnOutputBytesMax = 500);
        for (var i = 0; i < Readers; i++)
        {
            broker.Connect($"reader{i}").Subscribe("t");
        }

        var publisher = broker.Connect("publisher");
        var handledInOneTurn = 0L;
        broker.OnShard(0, shard =>
        {
            shard.Received(publisher.Connection, [.. Enumerable.Range(0, 100).SelectMany(PublishOf)]);
            handledInOneTurn = shard.Counters.PublishReceived[0];
        });

        Assert.InRange(handledInOneTurn, 5, 8);         // 10 readers x 8 bytes each
        Assert.Equal(100, broker.Counters.PublishReceived[0]);
    }

    /// <summary>Filters with wildcards at every level make one topic visit many nodes: that time is the publisher's, whatever is delivered.</summary>
    [Fact]
    public void A_topic_that_visits_many_nodes_uses_the_budget_up_sooner()
    {
        var broker = new BrokerHarness(limits: limits => limits.TurnOutputBytesMax = 100_000);
        var reader = broker.Connect("reader");
        for (var filter = 0; filter < 1024; filter++)
        {
            reader.Subscribe(string.Join('/', Enumerable.Range(0, 10).Select(level => (filter >> level & 1) == 0 ? "a" : "+")) + "/never");
        }

        var publisher = broker.Connect("publisher");
        var handledInOneTurn = 0L;
        broker.OnShard(0, shard =>
        {
            // Two topics in turn: equal ones that follow one another are matched once.
            shard.Received(publisher.Connection, [.. Enumerable.Range(0, 100).SelectMany(i => PublishOf(i % 2 == 0 ? "a/a/a/a/a/a/a/a/a/a/a" : "a/a/a/a/a/a/a/a/a/a/b", 1))]);
            handledInOneTurn = shard.Counters.PublishReceived[0];
        });

        Assert.InRange(handledInOneTurn, 3, 4);         // 2,047 nodes and 1,024 places for an 11th level, 16 bytes each
        Assert.Equal(100, broker.Counters.PublishReceived[0]);
    }

    [Fact]
    public void Bytes_that_come_while_input_waits_are_handled_after_it()
    {
        var broker = new BrokerHarness(limits: limits => limits.TurnOutputBytesMax = 50);
        var reader = broker.Connect("reader").Subscribe("t");
        var publisher = broker.Connect("publisher");

        broker.OnShard(0, shard =>
        {
            shard.Received(publisher.Connection, [.. Enumerable.Range(0, 50).SelectMany(PublishOf)]);
            Assert.False(publisher.Connection.WantsInput);
            shard.Received(publisher.Connection, [.. Enumerable.Range(50, 50).SelectMany(PublishOf)]);
        });

        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), reader.ReceivesAllPublishes().Select(publish => publish.PayloadText));
        Assert.True(publisher.Connection.WantsInput);
    }

    [Fact]
    public void Input_that_waits_is_dropped_when_the_connection_breaks()
    {
        var broker = new BrokerHarness(limits: limits => limits.TurnOutputBytesMax = 50);
        var reader = broker.Connect("reader").Subscribe("t");
        var publisher = broker.Connect("publisher");

        broker.OnShard(0, shard =>
        {
            shard.Received(publisher.Connection, [.. Enumerable.Range(0, 100).SelectMany(PublishOf)]);
            shard.Lost(publisher.Connection);
        });

        Assert.InRange(reader.ReceivesAllPublishes().Count, 5, 20);
        Assert.False(publisher.Connection.WantsInput);
    }

    [Fact, Spec("MQTT-4.13.1-1")]
    public void An_error_in_input_that_waits_closes_when_it_is_reached()
    {
        var broker = new BrokerHarness(limits: limits => limits.TurnOutputBytesMax = 50);
        var reader = broker.Connect("reader").Subscribe("t");
        var publisher = broker.Connect("publisher");

        publisher.SendBytes([.. Enumerable.Range(0, 100).SelectMany(PublishOf), 0x00, 0x00, .. PublishOf(101)]);

        publisher.IsClosedWith(DisconnectReasonCode.MalformedPacket);
        Assert.Equal(100, reader.ReceivesAllPublishes().Count);
    }

    /// <summary>Waiting is the broker's doing, so the Keep Alive of the client goes on when its input does.</summary>
    [Fact, Spec("MQTT-3.1.2-22")]
    public void Keep_Alive_survives_input_that_waited()
    {
        var broker = new BrokerHarness(limits: limits => limits.TurnOutputBytesMax = 50);
        broker.Connect("reader").Subscribe("t");
        var publisher = broker.Connect("publisher", keepAlive: 10);

        broker.Advance(TimeSpan.FromSeconds(14));
        publisher.SendBytes([.. Enumerable.Range(0, 100).SelectMany(PublishOf)]);
        broker.Advance(TimeSpan.FromSeconds(14));
        Assert.False(publisher.IsClosed);
        broker.Advance(TimeSpan.FromSeconds(1));
        Assert.True(publisher.IsClosed);
    }

    private static byte[] PublishOf(int number) => PublishOf("t", number);

    private static byte[] PublishOf(string topic, int number) => RawPacket.Of(0x30, [.. RawPacket.Text(topic), 0, .. System.Text.Encoding.UTF8.GetBytes($"{number}")]);
}
