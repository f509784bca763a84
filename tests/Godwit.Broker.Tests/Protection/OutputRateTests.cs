using Godwit.Broker.Protection;
using Godwit.Protocol;

namespace Godwit.Broker.Tests.Protection;

/// <summary>Who is to be sent more than it may be gets it later, from the queue; QoS 0 is dropped and counted.</summary>
public sealed class OutputRateTests
{
    [Fact]
    public void Messages_over_the_rate_wait_in_the_queue_and_arrive_in_order()
    {
        var broker = InputRateTests.Limited(new ClientRates { DeliveriesPerSecond = 10 });
        var reader = broker.Connect("reader").Subscribe("t", QoS.AtLeastOnce);
        var publisher = broker.Connect("publisher");
        var arrived = new List<(long AtMs, string Payload)>();
        var start = broker.NowMs;

        for (var i = 0; i < 50; i++)
        {
            publisher.Publish("t", $"{i}", QoS.AtLeastOnce);
        }

        for (var i = 0; i < 60; i++)
        {
            arrived.AddRange(reader.ReceivesAllPublishes().Select(publish => (broker.NowMs - start, publish.PayloadText)));
            broker.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{i}"), arrived.Select(arrival => arrival.Payload));
        Assert.InRange(arrived.Count(arrival => arrival.AtMs == 0), 9, 11);
        Assert.InRange(arrived[^1].AtMs, 3800, 4300);
        Assert.Equal(0, broker.Counters.Dropped.Sum());
        Assert.True(broker.Counters.Protected[(int)ProtectionReason.DeliveryRate] >= 1);
    }

    [Fact]
    public void A_queue_that_has_waited_for_its_client_comes_at_the_rate_too()
    {
        var broker = InputRateTests.Limited(new ClientRates { DeliveriesPerSecond = 10 });
        broker.Persistent("reader").Subscribe("t", QoS.AtLeastOnce).Disconnect();
        var publisher = broker.Connect("publisher");
        for (var i = 0; i < 100; i++)
        {
            publisher.Publish("t", $"{i}", QoS.AtLeastOnce);
        }

        var reader = broker.Persistent("reader");
        var first = reader.ReceivesAllPublishes().Count;
        broker.Advance(TimeSpan.FromSeconds(5));

        Assert.InRange(first, 1, 25);
        Assert.InRange(first + reader.ReceivesAllPublishes().Count, 50, 75);
        broker.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(0, broker.Counters.Dropped.Sum());
    }

    [Fact]
    public void QoS_0_over_the_rate_is_dropped_and_counted_and_answers_go_on()
    {
        var broker = InputRateTests.Limited(new ClientRates { DeliveriesPerSecond = 5 });
        var reader = broker.Connect("reader").Subscribe("t");
        var publisher = broker.Connect("publisher");

        for (var i = 0; i < 20; i++)
        {
            publisher.Publish("t", $"{i}");
        }

        Assert.Equal(5, reader.ReceivesAllPublishes().Count);
        Assert.Equal(15, broker.Dropped(DropReason.DeliveryRate));
        reader.SendBytes([0xC0, 0x00]);
        reader.Receives(PacketType.Pingresp);
        broker.Advance(TimeSpan.FromSeconds(1));
        publisher.Publish("t", "later");
        Assert.Equal("later", reader.ReceivesPublish().PayloadText);
    }

    [Fact]
    public void Bytes_to_a_client_are_limited()
    {
        var broker = InputRateTests.Limited(new ClientRates { SentBytesPerSecond = 1000 });
        var reader = broker.Connect("reader").Subscribe("t", QoS.AtLeastOnce);
        var publisher = broker.Connect("publisher");
        for (var i = 0; i < 40; i++)
        {
            publisher.Publish("t", new string('x', 93), QoS.AtLeastOnce);          // 100 bytes each
        }

        Assert.InRange(reader.ReceivesAllPublishes().Count, 9, 11);
        broker.Advance(TimeSpan.FromSeconds(1));
        Assert.InRange(reader.ReceivesAllPublishes().Count, 8, 12);
        broker.Advance(TimeSpan.FromSeconds(3));
        reader.ReceivesAllPublishes();
        Assert.Equal(0, broker.Counters.Dropped.Sum());
    }

    [Fact]
    public void Report_only_counts_and_holds_nothing_back()
    {
        var broker = InputRateTests.Limited(new ClientRates { DeliveriesPerSecond = 5, IsReportOnly = true });
        var reader = broker.Connect("reader").Subscribe("t");
        var publisher = broker.Connect("publisher");

        for (var i = 0; i < 20; i++)
        {
            publisher.Publish("t", $"{i}");
        }

        Assert.Equal(20, reader.ReceivesAllPublishes().Count);
        Assert.Equal(0, broker.Counters.Dropped.Sum());
        Assert.True(broker.Counters.Protected[(int)ProtectionReason.DeliveryRate] >= 1);
    }

    [Fact]
    public void A_client_that_reads_slowly_pays_once_for_what_it_takes_in_pieces()
    {
        var broker = InputRateTests.Limited(new ClientRates { SentBytesPerSecond = 1000 });
        var reader = broker.Connect("reader").Subscribe("t", QoS.AtLeastOnce);
        reader.RoomBytes = 150;
        var publisher = broker.Connect("publisher");
        for (var i = 0; i < 9; i++)
        {
            publisher.Publish("t", new string('x', 93), QoS.AtLeastOnce);
        }

        for (var i = 0; i < 6; i++)
        {
            reader.TakeMore(150);
        }

        Assert.Equal(9, reader.ReceivesAllPublishes().Count);
        Assert.Equal(0, broker.Counters.Protected.Sum());
    }
}
