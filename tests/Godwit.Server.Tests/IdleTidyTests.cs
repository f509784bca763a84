using Godwit.Protocol;
using Godwit.Server.Hosting;
using Godwit.Server.Tests.Support;

namespace Godwit.Server.Tests;

public sealed class IdleTidyTests
{
    private long _allocatedBytes;
    private int _collections;

    [Fact]
    public async Task A_quiet_broker_that_has_allocated_is_collected_once()
    {
        await using var server = await TestServer.StartAsync(TransportKind.Default);
        using var tidy = Tidy(server);
        _allocatedBytes = 1L << 40;

        Look(tidy, IdleTidy.QuietIntervals);
        Assert.Equal(0, _collections);              // the pools have only just been left
        Look(tidy, 1);
        Assert.Equal(1, _collections);
        Look(tidy, 10);
        Assert.Equal(1, _collections);
    }

    [Fact]
    public async Task A_busy_broker_is_left_alone()
    {
        await using var server = await TestServer.StartAsync(TransportKind.Default);
        using var tidy = Tidy(server);
        _allocatedBytes = 1L << 40;

        for (var i = 0; i < 20; i++)
        {
            server.Server.Core.Shards[1].Counters.PacketsReceived[(int)PacketType.Publish] += IdleTidy.QuietPacketsMax + 1;
            Look(tidy, 1);
        }

        Assert.Equal(0, _collections);
    }

    [Fact]
    public async Task Pings_do_not_make_a_broker_busy()
    {
        await using var server = await TestServer.StartAsync(TransportKind.Default);
        using var tidy = Tidy(server);
        _allocatedBytes = 1L << 40;

        for (var i = 0; i <= IdleTidy.QuietIntervals; i++)
        {
            server.Server.Core.Shards[0].Counters.PacketsReceived[(int)PacketType.Pingreq] += 100_000;
            server.Server.Core.Shards[0].Counters.PacketsSent[(int)PacketType.Pingresp] += 100_000;
            Look(tidy, 1);
        }

        Assert.Equal(1, _collections);
    }

    [Fact]
    public async Task A_broker_that_has_allocated_little_is_left_alone()
    {
        await using var server = await TestServer.StartAsync(TransportKind.Default);
        using var tidy = Tidy(server);
        _allocatedBytes = IdleTidy.WorthBytes - 1;

        Look(tidy, 20);

        Assert.Equal(0, _collections);
    }

    private static void Look(IdleTidy tidy, int times)
    {
        for (var i = 0; i < times; i++)
        {
            tidy.Look();
        }
    }

    private IdleTidy Tidy(TestServer server) => new(server.Server.Core, () => _allocatedBytes, () => _collections++);
}
