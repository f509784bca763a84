using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;

namespace Godwit.Broker.Tests;

/// <summary>A client that does not read its socket costs itself: bounded output, nothing lost that was promised, nobody else held up.</summary>
public sealed class SlowReaderTests
{
    [Fact, Spec("R52")]
    public void Output_goes_on_where_the_transport_stopped_in_mid_packet()
    {
        var broker = new BrokerHarness();
        var slow = broker.Connect("slow").Subscribe("t");
        var publisher = broker.Connect("publisher");
        slow.RoomBytes = 5;

        publisher.Publish("t", "first");
        publisher.Publish("t", "second");
        slow.ReceivesNothing();
        for (var i = 0; i < 40; i++)
        {
            slow.TakeMore(1);
        }

        Assert.Equal(["first", "second"], slow.ReceivesAllPublishes().Select(publish => publish.PayloadText));
    }

    /// <summary>1,000 bytes a message; 10 KB may wait as output.</summary>
    [Fact, Spec("R52", "R16")]
    public void QoS_0_beyond_the_limit_is_dropped_and_QoS_1_waits_in_the_queue()
    {
        var broker = new BrokerHarness(limits: limits => limits.OutputBytesMax = 10_000);
        var slow = broker.Persistent("slow").Subscribe("t/#", QoS.AtLeastOnce);
        var fast = broker.Connect("fast").Subscribe("t/#", QoS.AtLeastOnce);
        var publisher = broker.Connect("publisher");
        slow.RoomBytes = 0;

        for (var i = 0; i < 100; i++)
        {
            publisher.Publish("t/0", Numbered(i));
            publisher.Publish("t/1", Numbered(i), QoS.AtLeastOnce);
            Assert.True(slow.Connection.Output.Length < 10_000 + 1_100);
        }

        Assert.Equal(200, fast.ReceivesAllPublishes().Count);
        slow.TakeMore();
        var received = slow.ReceivesAllPublishes();
        Assert.Equal(Enumerable.Range(0, 100).Select(Numbered), received.Where(publish => publish.QoS == QoS.AtLeastOnce).Select(publish => publish.PayloadText));
        Assert.Equal(100 - broker.Dropped(DropReason.Congested), received.Count(publish => publish.QoS == QoS.AtMostOnce));
        Assert.InRange(broker.Dropped(DropReason.Congested), 85, 95);
    }

    [Fact, Spec("R52", "Trap-96")]
    public void Output_and_queue_of_a_client_that_never_reads_stay_within_their_limits()
    {
        var broker = new BrokerHarness(limits: limits =>
        {
            limits.OutputBytesMax = 20_000;
            limits.QueueBytesMax = 30_000;
        });
        var slow = broker.Persistent("slow").Subscribe("t", QoS.ExactlyOnce);
        var publisher = broker.Connect("publisher");
        slow.RoomBytes = 0;

        for (var i = 0; i < 300; i++)
        {
            publisher.Publish("t", Numbered(i), (QoS)(i % 3));
        }

        Assert.True(slow.Connection.Output.Length < 20_000 + 1_100);
        Assert.True(broker.Counters.QueuedBytes <= 30_000);
        Assert.True(broker.Dropped(DropReason.QueueFull) > 100);
    }

    [Fact, Spec("MQTT-3.1.2-8", "R41")]
    public void A_client_that_takes_nothing_for_too_long_is_closed_and_its_will_published()
    {
        var broker = new BrokerHarness(limits: limits => limits.WriteStallMs = 10_000);
        var watcher = broker.Connect("watcher").Subscribe("will");
        var slow = broker.Connect("slow", will: new TestWill("will", "gone")).Subscribe("t");
        slow.RoomBytes = 3;
        broker.Connect("publisher").Publish("t", "m");

        broker.Advance(TimeSpan.FromMilliseconds(9_999));
        Assert.False(slow.IsClosed);
        broker.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(slow.IsClosed);
        slow.ReceivesNothing();                 // no DISCONNECT in the middle of a packet
        Assert.Contains("disconnected slow SlowReader QuotaExceeded", broker.Events);
        Assert.Equal("gone", watcher.ReceivesPublish().PayloadText);
    }

    [Fact]
    public void A_client_that_takes_a_little_now_and_then_stays()
    {
        var broker = new BrokerHarness(limits: limits => limits.WriteStallMs = 10_000);
        var slow = broker.Connect("slow").Subscribe("t");
        slow.RoomBytes = 0;
        broker.Connect("publisher").Publish("t", new string('m', 100));

        for (var i = 0; i < 20; i++)
        {
            broker.Advance(TimeSpan.FromMilliseconds(9_999));
            slow.TakeMore(1);
        }

        Assert.False(slow.IsClosed);
        broker.Advance(TimeSpan.FromMilliseconds(9_999));
        slow.TakeMore(0);                       // ready, but nothing is taken: that is no progress
        Assert.False(slow.IsClosed);
        broker.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(slow.IsClosed);
    }

    [Fact]
    public void A_client_that_has_caught_up_is_watched_no_longer()
    {
        var broker = new BrokerHarness(limits: limits => limits.WriteStallMs = 10_000);
        var slow = broker.Connect("slow").Subscribe("t");
        slow.RoomBytes = 0;
        broker.Connect("publisher").Publish("t", "m");

        slow.TakeMore();
        broker.Advance(TimeSpan.FromDays(1));

        Assert.False(slow.IsClosed);
        Assert.Equal(long.MaxValue, broker.Core.Shards[0].NextDeadlineMs);
    }

    /// <summary>Who does not read its answers is not read: 256 KB of them may wait, whatever the client sends.</summary>
    [Fact, Spec("R52")]
    public void Answers_that_nobody_reads_do_not_pile_up()
    {
        var broker = new BrokerHarness();
        var slow = broker.Connect("slow");
        slow.RoomBytes = 0;
        byte[] pings = [.. Enumerable.Range(0, 500_000).SelectMany(_ => new byte[] { 0xC0, 0x00 })];

        slow.SendBytes(pings);

        Assert.True(slow.Connection.Output.Length <= (256 + 64) * 1024);
        Assert.True(slow.UnreadBytes > 500_000);
        slow.TakeMore();
        Assert.Equal(0, slow.UnreadBytes);
        Assert.Equal(500_000, broker.Counters.PacketsSent[(int)PacketType.Pingresp]);
    }

    [Fact, Spec("MQTT-3.1.2-22")]
    public void A_client_that_is_not_read_is_not_cut_off_for_its_silence()
    {
        var broker = new BrokerHarness(limits: limits => limits.WriteStallMs = 3_600_000);
        var slow = broker.Connect("slow", keepAlive: 10).Subscribe("t");
        slow.RoomBytes = 0;
        broker.Connect("publisher").Publish("t", new string('m', 300_000));

        broker.Advance(TimeSpan.FromMinutes(10));
        Assert.False(slow.IsClosed);
        slow.TakeMore();
        broker.Advance(TimeSpan.FromMilliseconds(14_999));
        Assert.False(slow.IsClosed);
        broker.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Contains("disconnected slow KeepAliveTimeout KeepAliveTimeout", broker.Events);
    }

    [Fact, Spec("MQTT-3.1.2-22")]
    public void A_slow_client_that_is_read_has_to_speak_in_time()
    {
        var broker = new BrokerHarness();
        var slow = broker.Connect("slow", keepAlive: 10).Subscribe("t");
        slow.RoomBytes = 0;
        broker.Connect("publisher").Publish("t", "m");

        broker.Advance(TimeSpan.FromSeconds(15));

        Assert.True(slow.IsClosed);
    }

    [Fact, Spec("MQTT-3.14.0-1")]
    public void Nothing_is_put_behind_half_a_packet_when_the_connection_is_closed()
    {
        var broker = new BrokerHarness();
        var slow = broker.Connect("slow").Subscribe("t");
        slow.RoomBytes = 4;
        broker.Connect("publisher").Publish("t", "m");
        slow.RoomBytes = int.MaxValue;

        broker.Connect("slow");

        Assert.True(slow.IsClosed);
        slow.ReceivesNothing();
    }

    /// <summary>Overdue timers and a fan-out in one turn: whoever is cut off, the message goes to its own subscribers.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_client_cut_off_while_a_message_is_fanned_out_disturbs_nobody(int shards)
    {
        var broker = new BrokerHarness(shards, limits => limits.OutputBytesMax = 1);
        var watchers = Enumerable.Range(0, 8).Select(i => broker.Connect($"watcher{i}").Subscribe("will")).ToList();
        var slow = Enumerable.Range(0, 4).Select(i => broker.Connect($"slow{i}", keepAlive: 10, will: new TestWill("will", "gone")).Subscribe("t")).ToList();
        var readers = Enumerable.Range(0, 8).Select(i => broker.Connect($"reader{i}").Subscribe("t")).ToList();
        var publisher = broker.Connect("publisher");
        slow.ForEach(client => client.RoomBytes = 0);

        broker.BusyFor(TimeSpan.FromSeconds(20));
        publisher.SendBytes([.. PublishToT("1"), .. PublishToT("2"), .. PublishToT("3")]);

        Assert.All(slow, client => Assert.True(client.IsClosed));
        Assert.All(watchers, client => Assert.Equal(["gone", "gone", "gone", "gone"], client.ReceivesAllPublishes().Select(publish => publish.PayloadText)));
        Assert.All(readers, client => Assert.Equal(["1", "2", "3"], client.ReceivesAllPublishes().Select(publish => publish.PayloadText)));
    }

    /// <summary>A flush closes the client, its will is for another shard: that shard must hear of it.</summary>
    [Fact]
    public void A_will_that_a_flush_sets_free_is_work_left()
    {
        var broker = new BrokerHarness(shards: 2, limits: limits => limits.WriteStallMs = 1_000);
        var watchers = Enumerable.Range(0, 8).Select(i => broker.Connect($"watcher{i}").Subscribe("will")).ToList();
        var slow = broker.Connect("slow", will: new TestWill("will", "gone")).Subscribe("t");
        slow.RoomBytes = 0;
        broker.Connect("publisher").Publish("t", "m");
        broker.BusyFor(TimeSpan.FromSeconds(1));
        var shard = broker.Core.Shards[slow.ShardIndex];

        shard.BeginTurn(broker.NowMs);
        shard.Writable(slow.Connection);
        shard.EndTurn();

        Assert.True(slow.IsClosed);
        Assert.True(shard.HasWork);
        broker.Run();
        Assert.All(watchers, watcher => Assert.Equal("gone", watcher.ReceivesPublish().PayloadText));
    }

    private static string Numbered(int number) => $"{number}".PadRight(980);

    private static byte[] PublishToT(string payload) => RawPacket.Of(0x30, [0, 1, (byte)'t', 0, .. System.Text.Encoding.UTF8.GetBytes(payload)]);
}
