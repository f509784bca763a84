using Godwit.Floods.Support;
using Godwit.Protocol;

namespace Godwit.Floods;

/// <summary>Many filters, deep filters, long filters, and the topics that match them.</summary>
public sealed class SubscriptionFloods
{
    private const int FiltersPerPacket = 1_000;

    /// <summary>As many as 65,535 bytes have room for, when each has a separator and at most one byte.</summary>
    private const int Levels = 32_768;

    [Fact]
    public async Task Twenty_thousand_subscriptions_of_one_client()
    {
        const int Count = 20_000;
        const int Rounds = 10;
        await using var flood = await Flood.StartAsync("20,000 subscriptions of one client, made and given up 10 times", Transports.Epoll);
        using var publisher = FloodClient.Connect(flood.Broker, "publisher");
        var filters = Enumerable.Range(0, Count).Select(number => $"house/{number / 100}/room/{number % 100}/+").Chunk(FiltersPerPacket).ToList();
        var half = 0L;
        for (var round = 1; round <= Rounds; round++)
        {
            using var client = FloodClient.Connect(flood.Broker, "collector");
            foreach (var some in filters)
            {
                client.Send(Bytes.Subscribe(1, QoS.AtMostOnce, some));
                Assert.Equal(FiltersPerPacket, client.Receive(PacketType.Suback).Body[3..].Count(code => code == 0));
            }

            publisher.Send(Bytes.Publish("house/77/room/7/light", "on"u8));
            client.Receive(PacketType.Publish);
            foreach (var some in round % 2 == 0 ? filters : [])          // every second time the session just ends
            {
                client.Send(Bytes.Unsubscribe(2, some));
                Assert.Equal(FiltersPerPacket, client.Receive(PacketType.Unsuback).Body[3..].Count(code => code == 0));
            }

            half = round == Rounds / 2 ? flood.Memory.Resident : half;
        }

        Assert.InRange(flood.Memory.Resident - half, long.MinValue, Flood.FlatBytes);
        flood.Figures.WaitForNews();
        Assert.Equal(Flood.OwnSubscriptions, flood.Figures["subscriptions/count"]);
        flood.End(Count * 1_000L);
    }

    /// <summary>Groups of shared subscriptions stand side by side below one filter.</summary>
    [Fact]
    public async Task Fifty_thousand_shared_groups_of_one_filter()
    {
        const int Count = 50_000;
        await using var flood = await Flood.StartAsync("50,000 shared groups of one filter, made and given up", Transports.Epoll);
        using var client = FloodClient.Connect(flood.Broker, "groups");
        var filters = Enumerable.Range(0, Count).Select(number => $"$share/group-{number}/work").ToArray();

        client.Send([.. filters.Chunk(FiltersPerPacket).SelectMany(some => Bytes.Subscribe(1, QoS.AtMostOnce, some))]);
        for (var i = 0; i < Count; i += FiltersPerPacket)
        {
            Assert.Equal(FiltersPerPacket, client.Receive(PacketType.Suback).Body[3..].Count(code => code == 0));
        }

        client.Send([.. filters.Chunk(FiltersPerPacket).SelectMany(some => Bytes.Unsubscribe(1, some))]);
        for (var i = 0; i < Count; i += FiltersPerPacket)
        {
            client.Receive(PacketType.Unsuback);
        }

        flood.End(Count * 1_000L);
    }

    /// <summary>1,000 filters of 200 levels that all match: the worst that wildcards can do.</summary>
    [Fact]
    public async Task A_thousand_filters_of_200_levels_that_all_match()
    {
        const int FilterCount = 1_000;
        const int MessageCount = 400;
        await using var flood = await Flood.StartAsync("400 messages of 200 levels for 1,000 wildcard filters that all match", Transports.Epoll);
        using var client = FloodClient.Connect(flood.Broker, "wild");
        var filters = Enumerable.Range(0, FilterCount).Select(number => string.Join('/', Enumerable.Range(0, 200).Select(level => level < 10 && (number >> level & 1) == 1 ? "+" : "a"))).ToArray();
        client.Send(Bytes.Subscribe(1, QoS.AtMostOnce, filters));
        client.Receive(PacketType.Suback);
        using var publisher = FloodClient.Connect(flood.Broker, "publisher");

        publisher.Send(Bytes.Repeat(Bytes.Publish(string.Join('/', Enumerable.Repeat("a", 200)), "deep"u8), MessageCount));

        for (var i = 0; i < MessageCount; i++)
        {
            client.Receive(PacketType.Publish);         // once, however many of its filters match
        }

        flood.End(FilterCount * 200 * 300L);
    }

    [Fact, Spec("Hostile-7")]
    public async Task Topics_of_32_768_levels()
    {
        const int MessageCount = 200;
        await using var flood = await Flood.StartAsync("200 messages of 32,768 levels", Transports.Epoll);
        using var subscriber = FloodClient.Connect(flood.Broker, "subscriber").Subscribe(string.Join('/', Enumerable.Repeat("+", Levels)), QoS.AtMostOnce);
        using var publisher = FloodClient.Connect(flood.Broker, "publisher");

        for (var i = 0; i < MessageCount; i++)
        {
            publisher.Send(Bytes.Publish(new string('/', Levels - 1), "deep"u8));
            subscriber.Receive(PacketType.Publish);
        }

        flood.End(Levels * 256L);
    }

    /// <summary>Each of them would cost 8 MB: the session has room for 15.</summary>
    [Fact, Spec("Hostile-7")]
    public async Task Filters_of_32_766_levels()
    {
        const int FilterCount = 100;
        await using var flood = await Flood.StartAsync("100 filters of 32,766 levels of one client", Transports.Epoll);
        using var client = FloodClient.Connect(flood.Broker, "deep");
        var codes = new List<byte>();
        for (var i = 10; i < 10 + FilterCount; i++)
        {
            client.Send(Bytes.Subscribe(1, QoS.AtMostOnce, $"{i}" + new string('/', Levels - 3)));
            codes.Add(client.Receive(PacketType.Suback).Body[^1]);
        }

        Assert.InRange(codes.Count(code => code == 0), 10, 20);
        Assert.Equal(0x97, codes[^1]);
        flood.End(StatedLimits.Of("FilterBytesPerSessionMax"));
    }

    [Fact, Spec("Hostile-7")]
    public async Task Topics_of_65_535_bytes()
    {
        const int Count = 1_000;
        await using var flood = await Flood.StartAsync("1,000 topics of 65,535 bytes, 1,000 filters of 65,535 bytes", Transports.Epoll);
        using var subscriber = FloodClient.Connect(flood.Broker, "subscriber").Subscribe("+", QoS.AtMostOnce);
        using var collector = FloodClient.Connect(flood.Broker, "collector");
        using var publisher = FloodClient.Connect(flood.Broker, "publisher");
        for (var i = 0; i < Count; i++)
        {
            var topic = $"{i:0000}" + new string('x', 65_531);
            collector.Subscribe(topic, QoS.AtMostOnce);
            publisher.Send(Bytes.Publish(topic, "long"u8));
            Assert.True(subscriber.Receive(PacketType.Publish).Body.Length > 65_535);
            collector.Receive(PacketType.Publish);
        }

        flood.End(StatedLimits.Of("FilterBytesPerSessionMax"));
    }
}
