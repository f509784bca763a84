using Godwit.Floods.Support;
using Godwit.Protocol;

namespace Godwit.Floods;

/// <summary>Retained messages on ever new topics.</summary>
public sealed class RetainedFloods
{
    [Fact]
    public async Task Retained_messages_beyond_the_limit_of_bytes()
    {
        const int Count = 60_000;
        const int RetainedBytesMax = 32_000_000;
        await using var flood = await Flood.StartAsync("60,000 retained messages of 1 KB, room for 32 MB", Transports.Epoll, $"Limits:RetainedBytesMax={RetainedBytesMax}");
        using var publisher = new PatientClient(flood.Broker, "publisher", filter: null, PatientClient.Nothing);

        publisher.SendAll(Bytes.Publishes(Count, number => $"retained/{number}", new byte[1_000], QoS.AtLeastOnce, retain: true));

        Assert.Equal(0x97, publisher.LastRefusal);
        Assert.InRange(publisher.AcceptedCount, RetainedBytesMax / 1_400, RetainedBytesMax / 1_064);
        Assert.Equal(Count, publisher.AcceptedCount + publisher.RefusedCount);
        flood.End(RetainedBytesMax);
    }

    [Fact]
    public async Task Retained_messages_beyond_the_limit_of_number()
    {
        const int Count = 200_000;
        const int RetainedMessagesMax = 50_000;
        await using var flood = await Flood.StartAsync("200,000 retained messages of 10 bytes, room for 50,000", Transports.Epoll, $"Limits:RetainedMessagesMax={RetainedMessagesMax}");
        using var publisher = new PatientClient(flood.Broker, "publisher", filter: null, PatientClient.Nothing);

        publisher.SendAll(Bytes.Publishes(Count, number => $"retained/{number}", new byte[10], QoS.AtLeastOnce, retain: true));

        Assert.Equal((RetainedMessagesMax, Count - RetainedMessagesMax, 0x97), (publisher.AcceptedCount, publisher.RefusedCount, publisher.LastRefusal));
        flood.End(RetainedMessagesMax * 500L);
    }

    /// <summary>Each message has 65 KB and 32,768 levels of its own.</summary>
    [Fact]
    public async Task Retained_messages_with_topics_of_32_765_levels()
    {
        const int Count = 200;
        const int RetainedBytesMax = 100_000_000;
        await using var flood = await Flood.StartAsync("200 retained messages of 32,765 levels, room for 100 MB", Transports.Epoll, $"Limits:RetainedBytesMax={RetainedBytesMax}");
        using var publisher = new PatientClient(flood.Broker, "publisher", filter: null, PatientClient.Nothing);

        publisher.SendAll(Bytes.Publishes(Count, number => $"{number:000}" + new string('/', 32_764), new byte[10], QoS.AtLeastOnce, retain: true));

        Assert.InRange(publisher.AcceptedCount, 10, 20);
        Assert.Equal(0x97, publisher.LastRefusal);
        flood.End(RetainedBytesMax);
    }

    /// <summary>Every filter finds every retained message, and the client takes none of them.</summary>
    [Fact]
    public async Task Overlapping_filters_over_many_retained_messages()
    {
        const int RetainedCount = 10_000;
        const int FilterCount = 1_024;
        await using var flood = await Flood.StartAsync("1,024 filters that each find 10,000 retained messages, none read, subscribed twice", Transports.Epoll);
        using var publisher = new PatientClient(flood.Broker, "publisher", filter: null, PatientClient.Nothing);
        publisher.SendAll(Bytes.Publishes(RetainedCount, number => $"a/a/a/a/a/a/a/a/a/a/{number}", new byte[1_000], QoS.AtLeastOnce, retain: true));
        using var client = FloodClient.Connect(flood.Broker, "greedy", receiveBufferBytes: 4_096);
        var filters = Enumerable.Range(0, FilterCount)
            .Select(number => string.Join('/', Enumerable.Range(0, 10).Select(level => (number >> level & 1) == 1 ? "+" : "a")) + "/#");

        client.Send(Bytes.Subscribe(1, QoS.AtLeastOnce, filters));
        client.Send(Bytes.Subscribe(2, QoS.AtLeastOnce, filters));
        client.Receive(PacketType.Suback);
        Thread.Sleep(1_000);                            // it reads no more; the neighbours go on

        flood.End((RetainedCount * 1_300L) + StatedLimits.Of("QueueBytesMax") + StatedLimits.Of("OutputBytesMax"));
    }

    /// <summary>The same filters again and again, each with a retained message that waits to be sent.</summary>
    [Fact]
    public async Task Twenty_thousand_filters_subscribed_again_while_their_retained_messages_wait()
    {
        const int Count = 20_000;
        await using var flood = await Flood.StartAsync("20,000 filters with a retained message each, subscribed 3 times, none read", Transports.Epoll);
        using var publisher = new PatientClient(flood.Broker, "publisher", filter: null, PatientClient.Nothing);
        publisher.SendAll(Bytes.Publishes(Count, number => $"again/{number}", new byte[1_000], QoS.AtLeastOnce, retain: true));
        using var client = FloodClient.Connect(flood.Broker, "again", receiveBufferBytes: 4_096);
        var filters = Enumerable.Range(0, Count).Select(number => $"again/{number}");

        for (ushort round = 1; round <= 3; round++)
        {
            client.Send(Bytes.Subscribe(round, QoS.AtLeastOnce, filters));
        }

        client.Receive(PacketType.Suback);
        Thread.Sleep(1_000);                            // it reads no more; the neighbours go on

        flood.End((Count * 2_000L) + StatedLimits.Of("QueueBytesMax") + StatedLimits.Of("OutputBytesMax"));
    }
}
