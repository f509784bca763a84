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
        Assert.InRange(publisher.AcceptedCount, RetainedBytesMax / 1_200, RetainedBytesMax / 1_064);
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
}
