using System.Diagnostics;
using System.Globalization;
using Godwit.Kills.Audit;
using Godwit.Kills.Brokers;
using Godwit.Kills.Messages;
using Godwit.Kills.Wire;
using Godwit.Protocol;
using Godwit.Testing.Running;

namespace Godwit.Kills.Tests;

/// <summary>One flush takes seconds. Who waits for it waits, and is not read beyond a limit; everybody else notices nothing.</summary>
public sealed class SlowDiskTests : IDisposable
{
    private const string FirstSegment = "hot-0000000000000001.seg";
    private const string Flood = "flood/";
    private const string Live = "live/messages";
    private const int Flooders = 6;
    private const int MessagesEach = 256;
    private const int PayloadBytes = 64 * 1024;
    private const int GrowthBytesMax = 48 << 20;        // half of what the flood has: MailboxBytesMax, buffers of sockets, and the runtime's own
    private const ushort KeepAliveSeconds = 3;              // cut off after 4.5 s: before the flush is over

    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(KeepAliveSeconds);
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(0.5);

    private readonly TemporaryDirectory _directory = new();
    private int _first;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("1", "epoll")]
    [InlineData("2", "kestrel")]
    public async Task A_flush_that_hangs_holds_up_only_those_who_wait_for_it(string shards, string transport)
    {
        await Strace.RequireAsync();
        var fault = string.Create(CultureInfo.InvariantCulture, $"fdatasync:delay_enter={Hang.TotalMicroseconds}:when=60");
        var program = GodwitBroker.Program(GodwitBroker.Sync, "--set", GodwitBroker.Boundless, "--shards", shards, "--transport", transport);
        await using var broker = new KilledBroker(
            Strace.AroundFile(program, Path.Combine(_directory.Path, "trace"), fault, FirstSegment), Path.Combine(_directory.Path, "data"));
        broker.Start();
        await broker.ListensAsync(Ct);
        using (var away = await ConnectAsync(broker, "away", isDurable: true))
        {
            await away.SubscribeAsync(Flood + "#", QoS.AtLeastOnce);
            await away.LeaveAsync();
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var slowest = Task.WhenAll([.. Enumerable.Range(0, 4).Select(i => PingAsync(broker, $"pinger{i}", stop.Token)), ExchangeAsync(broker, stop.Token)]);
        var (growth, waited) = await FloodAsync(broker);
        await stop.CancelAsync();

        var longest = (await slowest).Max();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"the flush hung {waited.TotalSeconds:0.0} s; others waited {longest.TotalMilliseconds:0} ms at most; memory grew by {growth >> 20} MB"));
        Assert.True(longest < KeepAlive, $"somebody else waited {longest}");
        Assert.True(growth < GrowthBytesMax, $"memory grew by {growth >> 20} MB");
        await AssertAllIsThereAsync(broker);
    }

    private static Task<Client> ConnectAsync(KilledBroker broker, string clientId, bool isDurable, ushort keepAliveSeconds = 0) =>
        Client.ConnectAsync(broker.EndPoint, ProtocolVersion.Mqtt5, clientId, isDurable, Ct, keepAliveSeconds);

    /// <summary>PINGREQ again and again.</summary>
    /// <returns>The longest time until PINGRESP.</returns>
    private static async Task<TimeSpan> PingAsync(KilledBroker broker, string clientId, CancellationToken stop)
    {
        using var pinger = await ConnectAsync(broker, clientId, isDurable: false, KeepAliveSeconds);
        return await LongestAsync(pinger.PingAsync, stop);
    }

    /// <summary>Messages of QoS 0 from one client to another.</summary>
    /// <returns>The longest time that one took.</returns>
    private static async Task<TimeSpan> ExchangeAsync(KilledBroker broker, CancellationToken stop)
    {
        using var subscriber = await ConnectAsync(broker, "live-subscriber", isDurable: false);
        await subscriber.SubscribeAsync(Live, QoS.AtMostOnce);
        using var publisher = await ConnectAsync(broker, "live-publisher", isDurable: false, KeepAliveSeconds);
        var number = 0;
        return await LongestAsync(
            async () =>
            {
                await publisher.SendAsync(Live, Payload.Make(Live, number++, 100));
                Assert.True(await subscriber.ReceiveAsync(number), "QoS 0 does not go on");
            },
            stop);
    }

    private static async Task<TimeSpan> LongestAsync(Func<Task> act, CancellationToken stop)
    {
        var longest = TimeSpan.Zero;
        while (!stop.IsCancellationRequested)
        {
            var clock = Stopwatch.StartNew();
            await act();
            longest = clock.Elapsed > longest ? clock.Elapsed : longest;
            await Task.Delay(50, CancellationToken.None);
        }

        return longest;
    }

    /// <summary>Publishes until an acknowledgement does not come; then all flood, until the acknowledgements come.</summary>
    /// <returns>How much memory was taken meanwhile, and how long the flush hung.</returns>
    private async Task<(long Growth, TimeSpan Waited)> FloodAsync(KilledBroker broker)
    {
        using var first = await ConnectAsync(broker, "first", isDurable: false);
        var clock = new Stopwatch();
        Task<byte> answer;
        do
        {
            Assert.False(clock.IsRunning && clock.Elapsed > Late, "an acknowledgement is late, but not late enough");
            clock.Restart();
            answer = first.PublishAsync(Flood + "first", Payload.Make(Flood + "first", _first++, 100), QoS.AtLeastOnce);
        }
        while (await Task.WhenAny(answer, Task.Delay(Late, Ct)) == answer);

        var before = ResidentMemory.Now(broker.ProcessId);
        var most = before;
        var floods = Enumerable.Range(0, Flooders).Select(i => FloodAsync(broker, i)).ToList();
        while (!answer.IsCompleted)
        {
            most = Math.Max(most, ResidentMemory.Now(broker.ProcessId));
            await Task.WhenAny(answer, Task.Delay(50, Ct));
        }

        Assert.Equal(0, await answer);
        var waited = clock.Elapsed;
        Assert.True(waited > Hang * 0.8, $"the flush did not hang: {waited}");
        Assert.All(await Task.WhenAll(floods), codes => Assert.All(codes, code => Assert.Equal(0, code)));
        return (most - before, waited);
    }

    private static async Task<byte[]> FloodAsync(KilledBroker broker, int flooder)
    {
        var topic = TopicOf(flooder);
        using var publisher = await ConnectAsync(broker, topic, isDurable: false);
        return await publisher.PublishAllAsync(topic, [.. Enumerable.Range(0, MessagesEach).Select(i => Payload.Make(topic, i, PayloadBytes))], QoS.AtLeastOnce);
    }

    private static string TopicOf(int flooder) => string.Create(CultureInfo.InvariantCulture, $"{Flood}{flooder}");

    private async Task AssertAllIsThereAsync(KilledBroker broker)
    {
        using var away = await ConnectAsync(broker, "away", isDurable: true);
        var expected = _first + (Flooders * MessagesEach);
        Assert.True(await away.ReceiveAsync(expected), $"only {away.Messages.Count} of {expected} messages came");
        Assert.Equal(_first, away.Messages.Count(message => message.Topic == Flood + "first"));
        Assert.All(Enumerable.Range(0, Flooders), flooder => Assert.Equal(
            Enumerable.Range(0, MessagesEach), away.Messages.Where(message => message.Topic == TopicOf(flooder)).Select(message => message.Number)));
    }
}
