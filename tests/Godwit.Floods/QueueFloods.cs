using Godwit.Floods.Support;
using Godwit.Protocol;

namespace Godwit.Floods;

/// <summary>Messages for clients that do not take them.</summary>
public sealed class QueueFloods
{
    private static readonly byte[] Kilobyte = new byte[1_000];

    public static TheoryData<string> Transports => Support.Transports.All;

    /// <summary>100 MB of QoS 0 and 100 MB of QoS 1; the broker keeps what it says it keeps, and after the stall time nothing.</summary>
    [Theory, MemberData(nameof(Transports)), Spec("Hostile-23")]
    public async Task A_subscriber_that_never_reads(string transport)
    {
        const int Count = 100_000;
        await using var flood = await Flood.StartAsync("200,000 messages of 1 KB for a subscriber that never reads", transport, "Limits:WriteStallMs=4000");
        using var sleeper = FloodClient.Connect(flood.Broker, "sleeper", receiveBufferBytes: 4_096).Subscribe("flood", QoS.AtLeastOnce);
        using var publisher = new PatientClient(flood.Broker, "publisher", filter: null, PatientClient.Nothing);

        publisher.SendAll(Bytes.Publishes(Count, _ => "flood", Kilobyte, QoS.AtMostOnce));
        publisher.SendAll(Bytes.Publishes(Count, _ => "flood", Kilobyte, QoS.AtLeastOnce));

        Assert.Equal(Count, publisher.AcceptedCount);
        Eventually.IsTrue(() => flood.Figures["clients/connected"] == Flood.OwnClients + 1, () => "the sleeper is still connected");
        flood.End(StatedLimits.Of("QueueBytesMax") + (2 * StatedLimits.Of("OutputBytesMax")));
        sleeper.ReceiveEnd();
    }

    /// <summary>PINGREQ without end, and no PINGRESP is read: who does not read is not read.</summary>
    [Theory, MemberData(nameof(Transports))]
    public async Task A_client_that_asks_and_never_reads_the_answers(string transport)
    {
        const int StuckBytesMax = 32_000_000;           // what the buffers of the kernel may hold, and more
        await using var flood = await Flood.StartAsync("PINGREQ without end, no PINGRESP read", transport, "Limits:WriteStallMs=2000");
        using var client = FloodClient.Connect(flood.Broker, "asks", receiveBufferBytes: 4_096);
        var pings = Bytes.Repeat(Bytes.Pingreq, 200_000);
        var sent = 0L;

        Eventually.IsTrue(
            () =>
            {
                var taken = client.SendNow(pings.AsSpan((int)(sent % 2)));      // a packet may have been cut in half
                Assert.InRange(sent += Math.Max(0, taken), 0, StuckBytesMax);
                return taken < 0;
            },
            () => "it is still connected");

        flood.End(StatedLimits.Of("OutputBytesMax"));
    }

    [Theory, Spec("Hostile-20")]
    [InlineData("RefuseNewest")]
    [InlineData("DropOldest")]
    public async Task A_queue_that_overflows_a_million_times(string policy)
    {
        const int Count = 500_000;
        const int QueueBytesMax = 4_000_000;
        await using var flood = await Flood.StartAsync(
            $"1,000,000 messages of 100 bytes for a client that is away, {policy}", Support.Transports.Epoll, $"OverflowPolicy={policy}", $"Limits:QueueBytesMax={QueueBytesMax}");
        using (FloodClient.Connect(flood.Broker, Bytes.Connect("away", cleanStart: false)).Subscribe("flood", QoS.AtLeastOnce))
        {
        }

        using var publisher = new PatientClient(flood.Broker, "publisher", filter: null, PatientClient.Nothing);
        publisher.SendAll(Bytes.Publishes(Count, _ => "flood", new byte[100], QoS.AtLeastOnce));
        var half = flood.Memory.Resident;
        publisher.SendAll(Bytes.Publishes(Count, _ => "flood", new byte[100], QoS.AtLeastOnce));

        Assert.InRange(flood.Memory.Resident - half, long.MinValue, Flood.FlatBytes);
        flood.End(Flood.SmallMessageFactor * QueueBytesMax);
    }

    [Fact, Spec("Hostile-19")]
    public async Task The_same_packet_id_sixteen_thousand_times()
    {
        const int Count = 16_000;
        await using var flood = await Flood.StartAsync("16,000 times 8 KB at QoS 2 under one packet id", Support.Transports.Epoll);
        var arrived = 0;
        using var subscriber = new PatientClient(flood.Broker, "subscriber", "flood", (in _) => Interlocked.Increment(ref arrived));
        using var publisher = FloodClient.Connect(flood.Broker, "publisher");
        var block = Bytes.Repeat(Bytes.Publish("flood", new byte[8_000], QoS.ExactlyOnce, packetId: 7), 8);

        for (var i = 0; i < Count; i += 8)
        {
            publisher.Send(block);
            for (var j = 0; j < 8; j++)
            {
                Assert.Equal((7, 0), (publisher.Receive(PacketType.Pubrec).PacketId, 0));
            }
        }

        publisher.Send(Bytes.Acknowledge(PacketType.Pubrel, 7));
        Assert.Equal(0, publisher.Receive(PacketType.Pubcomp).ReasonCode);
        Assert.Equal(1, Volatile.Read(ref arrived));
        flood.End(0);
    }

    /// <summary>Every packet id of ten clients stays open, and each is used again and again.</summary>
    [Fact, Spec("Hostile-19")]
    public async Task PUBREL_never_comes()
    {
        const int ClientCount = 10;
        const int BytesPerExchange = 40;
        await using var flood = await Flood.StartAsync("10 x 65,535 QoS 2 exchanges that are never finished, twice", Support.Transports.Epoll);
        var arrived = 0;
        using var subscriber = new PatientClient(flood.Broker, "subscriber", "flood", (in _) => Interlocked.Increment(ref arrived));
        using var publishers = new SocketHerd(flood.Broker, ClientCount, number => $"publisher-{number}");

        var expected = 0;
        foreach (var publisher in publishers)
        {
            for (var i = 0; i < 2 * ushort.MaxValue; i += 257)       // 65,535 = 255 x 257
            {
                publisher.Send([.. Enumerable.Range(i, 257).SelectMany(id => Bytes.Publish("flood", [1], QoS.ExactlyOnce, (ushort)(1 + (id % ushort.MaxValue))))]);
                for (var j = 0; j < 257; j++)
                {
                    Assert.Equal(0, publisher.Receive(PacketType.Pubrec).ReasonCode);
                }
            }

            expected += ushort.MaxValue;            // the subscriber keeps up: its queue has room for three times as many
            Eventually.IsTrue(() => Volatile.Read(ref arrived) == expected, () => $"{arrived} of {expected} messages came");
        }

        flood.End(ClientCount * StatedLimits.Of("ReceiveMaximum") * BytesPerExchange);
    }
}
