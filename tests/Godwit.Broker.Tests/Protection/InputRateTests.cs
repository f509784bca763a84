using Godwit.Broker.Protection;
using Godwit.Broker.Tests.Harness;
using Godwit.Protocol;

namespace Godwit.Broker.Tests.Protection;

/// <summary>Who sends more than it may is read later, and loses nothing.</summary>
public sealed class InputRateTests
{
    [Theory]
    [InlineData(QoS.AtMostOnce)]
    [InlineData(QoS.AtLeastOnce)]
    [InlineData(QoS.ExactlyOnce)]
    public void A_publisher_over_its_rate_is_slowed_and_every_message_arrives_in_order(QoS qos)
    {
        var broker = Limited(new ClientRates { PublishesPerSecond = 10 });
        var reader = broker.Connect("reader").Subscribe("t", qos);
        var publisher = broker.Connect("publisher");
        var arrived = new List<(long AtMs, string Payload)>();
        var start = broker.NowMs;

        publisher.SendBytes([.. Enumerable.Range(0, 50).SelectMany(i => Publish(i, qos))]);
        for (var i = 0; i < 60; i++)
        {
            arrived.AddRange(reader.ReceivesAllPublishes().Select(publish => (broker.NowMs - start, publish.PayloadText)));
            broker.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{i}"), arrived.Select(arrival => arrival.Payload));
        Assert.Equal(10, arrived.Count(arrival => arrival.AtMs == 0));
        Assert.InRange(arrived.Count(arrival => arrival.AtMs <= 2000), 28, 31);
        Assert.InRange(arrived[^1].AtMs, 3900, 4200);
        Assert.Equal(0, broker.Counters.Dropped.Sum());
        Assert.True(broker.Counters.Protected[(int)ProtectionReason.PublishRate] >= 1);
    }

    [Fact]
    public void Others_are_not_slowed_by_it()
    {
        var broker = Limited(new ClientRates { PublishesPerSecond = 1 });
        var reader = broker.Connect("reader").Subscribe("t");
        var greedy = broker.Connect("greedy");
        var modest = broker.Connect("modest");

        greedy.SendBytes([.. Enumerable.Range(0, 50).SelectMany(i => Publish(i, QoS.AtMostOnce))]);
        modest.Publish("t", "mine");

        Assert.Equal(["0", "mine"], reader.ReceivesAllPublishes().Select(publish => publish.PayloadText));
    }

    [Fact]
    public void Bytes_are_limited_whatever_they_are()
    {
        var broker = Limited(new ClientRates { ReceivedBytesPerSecond = 1000 });
        var client = broker.Connect("client");

        client.SendBytes([.. Enumerable.Repeat((byte[])[0xC0, 0x00], 1500).SelectMany(ping => ping)]);
        var first = client.ReceivesAll(PacketType.Pingresp).Count;
        broker.Advance(TimeSpan.FromSeconds(1));
        var second = client.ReceivesAll(PacketType.Pingresp).Count;
        broker.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(500, first);
        Assert.InRange(second, 490, 510);
        Assert.Equal(1500 - first - second, client.ReceivesAll(PacketType.Pingresp).Count);
    }

    [Fact]
    public void A_packet_larger_than_the_burst_comes_through_and_is_waited_for_afterwards()
    {
        var broker = Limited(new ClientRates { ReceivedBytesPerSecond = 100 });
        var reader = broker.Connect("reader").Subscribe("t");
        var publisher = broker.Connect("publisher");

        publisher.Publish("t", new string('x', 1000));
        publisher.Publish("t", "after");

        Assert.Equal(1000, reader.ReceivesPublish().PayloadText.Length);
        broker.Advance(TimeSpan.FromSeconds(8));
        reader.ReceivesNothing();
        broker.Advance(TimeSpan.FromSeconds(2));
        publisher.ReadOn();
        Assert.Equal("after", reader.ReceivesPublish().PayloadText);
    }

    [Fact]
    public void A_slowed_client_is_not_read_and_not_cut_off_for_its_silence()
    {
        var broker = Limited(new ClientRates { PublishesPerSecond = 1 });
        var publisher = broker.Connect("publisher", keepAlive: 2);

        publisher.SendBytes([.. Enumerable.Range(0, 10).SelectMany(i => Publish(i, QoS.AtMostOnce))]);
        Assert.False(publisher.Connection.WantsInput);
        publisher.SendBytes([0xC0, 0x00]);
        Assert.Equal(2, publisher.UnreadBytes);

        broker.Advance(TimeSpan.FromSeconds(11));
        Assert.False(publisher.IsClosed);
        Assert.True(publisher.Connection.WantsInput);
        publisher.ReadOn();
        publisher.Receives(PacketType.Pingresp);
        broker.Advance(TimeSpan.FromSeconds(3));
        Assert.True(publisher.IsClosed);            // silent while it was read
    }

    [Fact]
    public void Report_only_counts_and_slows_nobody()
    {
        var broker = Limited(new ClientRates { PublishesPerSecond = 10, IsReportOnly = true });
        var reader = broker.Connect("reader").Subscribe("t");

        broker.Connect("publisher").SendBytes([.. Enumerable.Range(0, 50).SelectMany(i => Publish(i, QoS.AtMostOnce))]);

        Assert.Equal(50, reader.ReceivesAllPublishes().Count);
        Assert.Equal(1, broker.Counters.Protected[(int)ProtectionReason.PublishRate]);
    }

    [Fact]
    public void A_limit_that_is_taken_away_sets_the_slowed_free()
    {
        var broker = Limited(new ClientRates { PublishesPerSecond = 1 });
        var reader = broker.Connect("reader").Subscribe("t");
        broker.Connect("publisher").SendBytes([.. Enumerable.Range(0, 50).SelectMany(i => Publish(i, QoS.AtMostOnce))]);
        broker.Core.Rates = null;

        broker.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(50, reader.ReceivesAllPublishes().Count);
    }

    [Fact]
    public void Without_a_limit_nothing_is_kept_for_a_client()
    {
        var broker = new BrokerHarness();
        var client = broker.Connect("client").Subscribe("t");

        client.Publish("t", "m");

        client.ReceivesPublish();
        Assert.Null(client.Connection.Buckets);
    }

    internal static BrokerHarness Limited(ClientRates rates)
    {
        var broker = new BrokerHarness(shards: 2);
        broker.Core.Rates = rates;
        return broker;
    }

    private static byte[] Publish(int number, QoS qos)
    {
        var payload = System.Text.Encoding.ASCII.GetBytes($"{number}");
        byte[] packetId = qos == QoS.AtMostOnce ? [] : [0, (byte)(number + 1)];
        return [(byte)(0x30 | ((int)qos << 1)), (byte)(4 + packetId.Length + payload.Length), 0, 1, (byte)'t', .. packetId, 0, .. payload];
    }
}
