using System.Diagnostics;
using System.Globalization;
using Godwit.Broker.Shards;
using Godwit.Server.Hosting;
using Godwit.Server.Tests.Support;

namespace Godwit.Server.Tests.Service;

public sealed class SystemdNotifyTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("godwit-notify-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_life_of_a_broker_is_told(bool isAbstract)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "systemd is Linux's");
        var name = isAbstract ? $"@godwit-{Guid.NewGuid():N}" : Path.Combine(_folder.FullName, "notify");
        using var manager = new NotifySocket(name);
        await using var server = await TestServer.StartAsync(TransportKind.Default);
        using var service = ServiceNotifier.Start(server.Server, Notify(name));

        Assert.Equal($"READY=1\nSTATUS=listening on {string.Join(", ", server.Server.Listeners.Select(listener => listener.EndPoint))}", manager.Receive());

        var before = Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);
        service.Reloading();
        var reloading = manager.Receive().Split('\n');
        Assert.Equal("RELOADING=1", reloading[0]);
        Assert.StartsWith("MONOTONIC_USEC=", reloading[1]);
        Assert.InRange(long.Parse(reloading[1]["MONOTONIC_USEC=".Length..], CultureInfo.InvariantCulture), before, before + 60_000_000);

        service.Ready();
        Assert.StartsWith("READY=1\n", manager.Receive());

        service.Stopping();
        Assert.StartsWith("STOPPING=1\n", manager.Receive());
        Assert.False(manager.Arrives(TimeSpan.Zero));
    }

    [Fact]
    public async Task The_watchdog_is_fed_while_every_shard_answers_and_not_when_one_hangs()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "systemd is Linux's");
        const int IntervalMs = 50;
        var name = Path.Combine(_folder.FullName, "notify");
        using var manager = new NotifySocket(name);
        await using var server = await TestServer.StartAsync(TransportKind.Default);
        using var hang = new ManualResetEventSlim();
        using var service = ServiceNotifier.Start(server.Server, Notify(name, watchdogMicroseconds: 2 * IntervalMs * 1000));
        Assert.StartsWith("READY=1", manager.Receive());

        Assert.Equal("WATCHDOG=1", manager.Receive());
        Assert.Equal("WATCHDOG=1", manager.Receive());

        server.Server.Core.Post(1, new HostCall(_ => hang.Wait()));
        while (manager.Arrives(TimeSpan.FromMilliseconds(20 * IntervalMs)))
        {
            manager.Receive();              // what was on its way, or was answered before; then nothing for twenty intervals
        }

        hang.Set();
        Assert.Equal("WATCHDOG=1", manager.Receive());
    }

    [Fact]
    public async Task Liveness_is_asked_once_and_owed_until_it_is_answered()
    {
        await using var server = await TestServer.StartAsync(TransportKind.Default);
        using var hang = new ManualResetEventSlim();
        var liveness = new Liveness(server.Server.Core);
        liveness.Ask();
        await Eventually.IsTrueAsync(liveness.Ask, "all shards answer");

        server.Server.Core.Post(0, new HostCall(_ => hang.Wait()));
        await Eventually.IsTrueAsync(() => !liveness.Ask(), "shard 0 hangs");
        Assert.False(liveness.Ask());

        hang.Set();
        await Eventually.IsTrueAsync(liveness.Ask, "shard 0 answers again");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("relative/path")]
    [InlineData("vsock:2:1234")]
    public void Where_nobody_has_asked_nothing_is_told(string? name) =>
        Assert.Null(SystemdNotify.Create(variable => variable is "NOTIFY_SOCKET" ? name : null));

    [Theory]
    [InlineData("30000000", null, 15.0)]
    [InlineData("30000000", "self", 15.0)]
    [InlineData("30000000", "1", null)]
    [InlineData(null, null, null)]
    [InlineData("0", null, null)]
    [InlineData("soon", null, null)]
    public void The_watchdog_is_fed_at_half_its_time_and_only_when_it_is_meant(string? microseconds, string? process, double? seconds)
    {
        using var notify = SystemdNotify.Create(variable => variable switch
        {
            "NOTIFY_SOCKET" => "/nobody/is/here",
            "WATCHDOG_USEC" => microseconds,
            "WATCHDOG_PID" => process is "self" ? Environment.ProcessId.ToString(CultureInfo.InvariantCulture) : process,
            _ => null,
        });

        Assert.Equal(seconds, notify!.WatchdogInterval?.TotalSeconds);
        notify.Watchdog();                  // nobody listens: nothing happens
    }

    private static SystemdNotify Notify(string name, long? watchdogMicroseconds = null) => SystemdNotify.Create(variable => variable switch
    {
        "NOTIFY_SOCKET" => name,
        "WATCHDOG_USEC" => watchdogMicroseconds?.ToString(CultureInfo.InvariantCulture),
        _ => null,
    })!;
}
