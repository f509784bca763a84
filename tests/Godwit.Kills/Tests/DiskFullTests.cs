using System.Diagnostics;
using System.Globalization;
using Godwit.Kills.Brokers;
using Godwit.Kills.Disks;
using Godwit.Kills.Messages;
using Godwit.Kills.Wire;
using Godwit.Protocol;

namespace Godwit.Kills.Tests;

/// <summary>The disk is full: what was acknowledged stays, what cannot be kept is refused, and it goes on by itself when there is space.</summary>
public sealed class DiskFullTests : IAsyncLifetime
{
    /// <summary>A few segments: one that is written to, those that are allocated ahead, and one or two to fill.</summary>
    private const int DiskMegabytes = 64;
    private const int SegmentMegabytes = 8;
    private const int PayloadBytes = 32 * 1024;
    private const int Window = 16;
    private const byte QuotaExceeded = 0x97;
    private const string Fill = "fill/messages";
    private const string Live = "live/messages";

    private static readonly TimeSpan FillPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RecoveryMax = TimeSpan.FromSeconds(5);

    private readonly List<int> _acknowledged = [];
    private SmallDisk? _disk;
    private KilledBroker? _broker;
    private int _next;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private KilledBroker Broker => _broker!;

    public async ValueTask InitializeAsync()
    {
        _disk = await SmallDisk.MountAsync(DiskMegabytes);
        var queue = string.Create(CultureInfo.InvariantCulture, $"Limits:QueueBytesMax={2L * 1024 * 1024 * DiskMegabytes}");
        var segment = string.Create(CultureInfo.InvariantCulture, $"SegmentSizeBytes={SegmentMegabytes * 1024 * 1024}");
        _broker = new KilledBroker(GodwitBroker.Program(GodwitBroker.Sync, "--set", queue, "--set", segment), Path.Combine(_disk.Path, "data"));
        _broker.Start();
        await _broker.ListensAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }

        if (_disk is not null)
        {
            await _disk.DisposeAsync();
        }
    }

    [Fact]
    public async Task What_finds_no_space_is_refused_and_the_rest_goes_on()
    {
        await SubscribeAndLeaveAsync();
        using var watcher = await ConnectAsync("watcher", isDurable: false);
        await watcher.SubscribeAsync(Live, QoS.ExactlyOnce);
        using var publisher = await ConnectAsync("publisher", isDurable: false);

        await FillAsync(publisher);

        Assert.Equal(QuotaExceeded, await publisher.PublishAsync(Fill, Make(), QoS.AtLeastOnce));
        Assert.Equal(QuotaExceeded, await publisher.PublishAsync(Fill, Make(), QoS.ExactlyOnce));
        await AssertClosedAsync(QoS.AtLeastOnce);
        await AssertClosedAsync(QoS.ExactlyOnce);

        await publisher.SendAsync(Live, Payload.Make(Live, 0, 100));
        Assert.True(await watcher.ReceiveAsync(1), "QoS 0 does not go on");
        Assert.Equal(0, await publisher.PublishAsync(Live, Payload.Make(Live, 1, 100), QoS.AtLeastOnce));    // nobody's session needs the disk for it
        Assert.True(await watcher.ReceiveAsync(2), "deliveries do not go on");
        Assert.Equal([(Live, 0), (Live, 1)], watcher.Messages);
    }

    [Fact]
    public async Task After_the_subscriber_has_taken_its_messages_publishing_works_again()
    {
        await SubscribeAndLeaveAsync();
        using var publisher = await ConnectAsync("publisher", isDurable: false);
        await FillAsync(publisher);

        await AssertDrainAsync();

        await AssertWorksAgainAsync(publisher);
    }

    [Fact]
    public async Task After_space_was_made_on_the_disk_publishing_works_again()
    {
        var ballast = Path.Combine(_disk!.Path, "ballast");
        await File.WriteAllBytesAsync(ballast, new byte[DiskMegabytes / 4 * 1024 * 1024], Ct);
        await SubscribeAndLeaveAsync();
        using var publisher = await ConnectAsync("publisher", isDurable: false);
        await FillAsync(publisher);

        File.Delete(ballast);

        await AssertWorksAgainAsync(publisher);
        await AssertDrainAsync();
    }

    [Fact]
    public async Task Kill_9_with_a_full_disk_loses_nothing()
    {
        await SubscribeAndLeaveAsync();
        using (var publisher = await ConnectAsync("publisher", isDurable: false))
        {
            await FillAsync(publisher);
        }

        await Broker.KillAsync();
        Broker.Start();
        await Broker.ListensAsync(Ct);

        using var second = await ConnectAsync("second", isDurable: false);
        Assert.Equal(QuotaExceeded, await second.PublishAsync(Fill, Make(), QoS.AtLeastOnce));
        await AssertDrainAsync();
        await AssertWorksAgainAsync(second);
    }

    private Task<Client> ConnectAsync(string clientId, bool isDurable, ProtocolVersion version = ProtocolVersion.Mqtt5) =>
        Client.ConnectAsync(Broker.EndPoint, version, clientId, isDurable, Ct);

    private byte[] Make() => Payload.Make(Fill, _next++, PayloadBytes);

    private async Task SubscribeAndLeaveAsync()
    {
        using var away = await ConnectAsync("away", isDurable: true);
        await away.SubscribeAsync(Fill, QoS.AtLeastOnce);
        await away.LeaveAsync();
    }

    /// <summary>Publishes until nothing is taken any more, and notes what was.</summary>
    private async Task FillAsync(Client publisher)
    {
        var clock = Stopwatch.StartNew();
        byte[] codes;
        do
        {
            Assert.True(clock.Elapsed < FillPatience, $"{_acknowledged.Count} messages were taken, and the disk is not full");
            var first = _next;
            codes = await publisher.PublishAllAsync(Fill, [.. Enumerable.Range(0, Window).Select(_ => Make())], QoS.AtLeastOnce);
            Assert.All(codes, code => Assert.True(code is 0 or QuotaExceeded, $"a message was answered with {code:x2}"));
            _acknowledged.AddRange(Enumerable.Range(0, Window).Where(i => codes[i] == 0).Select(i => first + i));
        }
        while (codes.Contains((byte)0));

        Assert.NotEmpty(_acknowledged);
    }

    /// <summary>Before 5.0 there is no refusal: no acknowledgement, and the connection is closed.</summary>
    private async Task AssertClosedAsync(QoS qos)
    {
        using var old = await ConnectAsync("old", isDurable: false, ProtocolVersion.Mqtt311);
        await Assert.ThrowsAsync<ConnectionLostException>(() => old.PublishAsync(Fill, Make(), qos));
    }

    /// <summary>The subscriber comes back and gets everything that was acknowledged, in its order, and nothing that was refused.</summary>
    private async Task AssertDrainAsync()
    {
        using var away = await ConnectAsync("away", isDurable: true);
        Assert.True(
            await away.ReceiveAsync(_acknowledged.Count),
            $"only {away.Messages.Count} of {_acknowledged.Count} messages came");
        Assert.Equal(_acknowledged, away.Messages.Select(message => message.Number));
        await away.LeaveAsync();
    }

    private async Task AssertWorksAgainAsync(Client publisher)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var number = _next;
            if (await publisher.PublishAsync(Fill, Make(), QoS.AtLeastOnce) == 0)
            {
                _acknowledged.Add(number);
                return;
            }

            Assert.True(clock.Elapsed < RecoveryMax, "There is space, and messages are refused for want of it");
            await Task.Delay(50, Ct);
        }
    }
}
