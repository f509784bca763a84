using Godwit.Broker;
using Godwit.Protocol;
using Godwit.Server.Hosting;
using Godwit.Server.Tests.Support;

namespace Godwit.Server.Tests;

public sealed class SlowReaderTests
{
    private const int MessageSize = 10_000;
    private const int BurstCount = 50;
    private const int MessageCount = 3_000;         // 30 MB: more than socket buffers and OutputBytesMax hold

    public static TheoryData<TransportKind> Transports => TestServer.Transports;

    [Theory, MemberData(nameof(Transports))]
    public async Task Who_never_reads_costs_neither_memory_nor_the_others(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(transport, options => options.Limits.OutputBytesMax = 1_000_000);
        using var sleeper = await (await server.ConnectAsync("sleeper", receiveBufferSize: 4_096)).SubscribeAsync("flood");
        using var reader = await (await server.ConnectAsync("reader")).SubscribeAsync("flood");
        using var publisher = await server.ConnectAsync("publisher");

        for (var sent = 0; sent < MessageCount; sent += BurstCount)
        {
            await publisher.SendAsync([.. Enumerable.Repeat(Bytes.Publish("flood", new string('x', MessageSize)), BurstCount)]);
            for (var i = 0; i < BurstCount; i++)
            {
                await reader.ReceiveAsync();        // so that only the sleeper is congested
            }
        }

        Assert.InRange(server.Server.Core.SumCounters().Dropped[(int)DropReason.Congested], 1, MessageCount);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Who_never_reads_is_closed_after_the_stall_time(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(transport, options => options.Limits.WriteStallMs = 300);
        using var sleeper = await (await server.ConnectAsync("sleeper", receiveBufferSize: 4_096)).SubscribeAsync("flood");
        using var publisher = await server.ConnectAsync("publisher");

        await publisher.SendAsync([.. Enumerable.Repeat(Bytes.Publish("flood", new string('x', MessageSize)), 1_000)]);

        await Eventually.IsTrueAsync(() => server.Server.Core.ConnectedCount == 1, "the sleeper is closed");
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Who_reads_late_gets_every_QoS_1_message_in_order(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(transport);
        using var sleeper = await (await server.ConnectAsync("sleeper", receiveBufferSize: 4_096)).SubscribeAsync("flood", QoS.AtLeastOnce);
        using var publisher = await server.ConnectAsync("publisher");
        var padding = new string('x', 8_000);

        for (var i = 1; i <= 1_000; i++)            // 8 MB, within the queue limit
        {
            await publisher.SendAsync(Bytes.Publish("flood", System.Text.Encoding.ASCII.GetBytes($"{i} {padding}"), QoS.AtLeastOnce, (ushort)i));
            Assert.Equal(PacketType.Puback, (await publisher.ReceiveAsync()).Type);
        }

        for (var i = 1; i <= 1_000; i++)
        {
            var packet = await sleeper.ReceiveAsync();
            Assert.StartsWith($"flood {i} ", packet.Text());
            await sleeper.SendAsync(Bytes.Puback((ushort)((packet.Body[7] << 8) | packet.Body[8])));
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Who_does_not_read_its_own_messages_is_not_read_and_loses_nothing(TransportKind transport)
    {
        const int Count = 4_000;                    // 40 MB: far more than all buffers on the way
        await using var server = await TestServer.StartAsync(transport);
        using var client = await (await server.ConnectAsync("echo", receiveBufferSize: 4_096)).SubscribeAsync("echo");
        var message = Bytes.Publish("echo", new string('x', MessageSize));
        var sent = 0;
        async Task SendAllAsync()
        {
            for (; sent < Count; sent++)
            {
                await client.SendAsync(message);
            }
        }

        var sending = SendAllAsync();
        await IsStuckAsync(() => sent);

        for (var i = 0; i < Count; i++)
        {
            Assert.Equal(PacketType.Publish, (await client.ReceiveAsync()).Type);
        }

        await Eventually.EndsAsync(sending);
        Assert.Equal(0, server.Server.Core.SumCounters().Dropped.Sum());
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task The_loss_of_a_client_that_is_not_read_is_noticed(TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(transport);
        var client = await (await server.ConnectAsync("echo", receiveBufferSize: 4_096)).SubscribeAsync("echo");
        var message = Bytes.Publish("echo", new string('x', MessageSize));
        var sent = 0;
        async Task SendAllAsync()
        {
            for (; sent < 4_000; sent++)
            {
                await client.SendAsync(message);
            }
        }

        var sending = SendAllAsync();
        await IsStuckAsync(() => sent);

        client.Reset();

        await Eventually.IsTrueAsync(() => server.Server.Core.ConnectedCount == 0, "the loss is noticed");
        await Assert.ThrowsAnyAsync<Exception>(() => Eventually.EndsAsync(sending));
    }

    /// <summary>A number that has not changed for 100 ms.</summary>
    private static async Task IsStuckAsync(Func<int> number)
    {
        var last = -1;
        var since = Environment.TickCount64;
        await Eventually.IsTrueAsync(
            () =>
            {
                if (number() != last)
                {
                    (last, since) = (number(), Environment.TickCount64);
                }

                return Environment.TickCount64 - since > 100;
            },
            "sending gets stuck");
    }
}
