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

    /// <summary>Filters that look at every retained message: one client takes none of those it finds, the other finds none.</summary>
    [Fact]
    public async Task Overlapping_filters_over_many_retained_messages()
    {
        const int RetainedCount = 10_000;
        await using var flood = await Flood.StartAsync("4 x 1,024 filters that each look at 10,000 retained messages", Transports.Epoll);
        using var publisher = new PatientClient(flood.Broker, "publisher", filter: null, PatientClient.Nothing);
        publisher.SendAll(Bytes.Publishes(RetainedCount, number => $"a/a/a/a/a/a/a/a/a/a/{number}", new byte[1_000], QoS.AtLeastOnce, retain: true));
        using var greedy = FloodClient.Connect(flood.Broker, "greedy", receiveBufferBytes: 4_096);
        using var curious = FloodClient.Connect(flood.Broker, "curious");
        for (ushort round = 1; round <= 2; round++)
        {
            greedy.Send(Bytes.Subscribe(round, QoS.AtLeastOnce, Filters("#")));
            curious.Send(Bytes.Subscribe(round, QoS.AtLeastOnce, Filters($"+/{round}")));
        }

        greedy.Receive(PacketType.Suback);
        curious.Receive(PacketType.Suback);
        curious.Receive(PacketType.Suback);
        curious.Send(Bytes.Publish("curious", [], QoS.AtLeastOnce, packetId: 7));
        curious.Receive(PacketType.Puback);
        Thread.Sleep(1_000);                            // the greedy one reads no more; the neighbours go on

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

    /// <summary>All 1,024 ways to write <c>a</c> or <c>+</c> at 10 levels.</summary>
    private static IEnumerable<string> Filters(string end) =>
        Enumerable.Range(0, 1_024).Select(number => string.Join('/', Enumerable.Range(0, 10).Select(level => (number >> level & 1) == 1 ? "+" : "a").Append(end)));
}
