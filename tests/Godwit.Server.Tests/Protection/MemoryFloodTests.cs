using System.Net.Sockets;
using Godwit.Broker.Protection;
using Godwit.Protocol;
using Godwit.Server.Hosting;
using Godwit.Server.Protection;
using Godwit.Server.Tests.Support;

namespace Godwit.Server.Tests.Protection;

/// <summary>A flood that would fill a gigabyte, against a broker that may use a fraction of it; the figures are this process's own.</summary>
public sealed class MemoryFloodTests
{
    private const int Sessions = 40;
    private const long MayUseBytes = 200_000_000;

    [Fact, Spec("Hostile-20")]
    public async Task A_flood_is_held_at_the_mark_and_others_are_served()
    {
        var before = MemoryMeter.UsedBytes();
        await using var server = await TestServer.StartAsync(TransportKind.Default, options =>
        {
            options.Limits.QueueBytesMax = 32_000_000;
            options.Protection.MemoryBytesMax = (before + MayUseBytes) * 100 / 70;
        });
        for (var i = 0; i < Sessions; i++)
        {
            using var away = await RawClient.OpenAsync(server.EndPoint, ProtocolVersion.Mqtt311);
            await away.SendAsync(Bytes.Connect($"away{i}", ProtocolVersion.Mqtt311, cleanStart: false));
            await away.ReceiveAsync();
            await away.SubscribeAsync($"t/{i}", QoS.AtLeastOnce);
        }

        using var healthy = await server.ConnectAsync("healthy");
        using var flooder = await RawClient.OpenAsync(server.EndPoint, ProtocolVersion.Mqtt311);
        await flooder.SendAsync(Bytes.Connect("flooder", ProtocolVersion.Mqtt311));
        await flooder.ReceiveAsync();

        var sent = await FloodAsync(flooder.Socket);

        Assert.True(server.Server.Core.SumCounters().Protected[(int)ProtectionReason.MemoryPublisher] >= 1);
        Assert.InRange(sent, 1, 1_200_000_000);
        Assert.InRange(MemoryMeter.UsedBytes() - before, 0, MayUseBytes * 3);         // all of it would be six times as much
        await healthy.SendAsync(Bytes.Pingreq());
        Assert.Equal(PacketType.Pingresp, (await healthy.ReceiveAsync()).Type);
        using var late = await RawClient.OpenAsync(server.EndPoint, ProtocolVersion.Mqtt311);
        await late.SendAsync(Bytes.Connect("late", ProtocolVersion.Mqtt311));
        Assert.Equal(3, (await late.ReceiveAsync()).ConnackCode);
    }

    /// <summary>Sends until the broker has not read for two seconds, or all has gone.</summary>
    /// <returns>Bytes that went.</returns>
    private static async Task<long> FloodAsync(Socket socket)
    {
        var packets = Enumerable.Range(0, Sessions)
            .Select(i => Bytes.Publish($"t/{i}", new byte[60_000], QoS.AtLeastOnce, (ushort)(i + 1), ProtocolVersion.Mqtt311)).ToArray();
        var sent = 0L;
        for (var i = 0; i < 20_000; i++)
        {
            var packet = packets[i % Sessions];
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            try
            {
                for (var done = 0; done < packet.Length;)
                {
                    done += await socket.SendAsync(packet.AsMemory(done), SocketFlags.None, patience.Token);
                }
            }
            catch (OperationCanceledException)
            {
                return sent;
            }

            sent += packet.Length;
        }

        return sent;
    }
}
