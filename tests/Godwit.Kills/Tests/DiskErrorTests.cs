using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Godwit.Kills.Audit;
using Godwit.Kills.Brokers;
using Godwit.Kills.Messages;
using Godwit.Kills.Wire;
using Godwit.Protocol;
using Godwit.Testing.Running;

namespace Godwit.Kills.Tests;

/// <summary>The disk answers EIO: nothing more is acknowledged, the broker ends and says why, and what it has acknowledged is there at the next start.</summary>
public sealed class DiskErrorTests : IAsyncLifetime
{
    private const string Topics = "audit/";
    private const string FirstSegment = "hot-0000000000000001.seg";
    private const int SegmentMegabytes = 64;
    private const int CannotRun = 3;
    private const byte ServerShuttingDown = 0x8B;
    private const byte QuotaExceeded = 0x97;
    private const string InputOutputError = "Input/output error";

    private readonly TemporaryDirectory _directory = new();
    private readonly ConcurrentDictionary<string, List<int>> _acknowledged = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Data => Path.Combine(_directory.Path, "data");

    private string Trace => Path.Combine(_directory.Path, "trace");

    public async ValueTask InitializeAsync() => await Strace.RequireAsync();

    public ValueTask DisposeAsync()
    {
        _directory.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("fdatasync", "fdatasync")]
    [InlineData("pwrite64", "write")]
    public async Task After_a_write_or_flush_that_failed_nothing_is_acknowledged_or_tried_again(string call, string said)
    {
        // The 60th of the thread that writes the log, and no other: a second attempt would succeed.
        await using (var broker = new KilledBroker(Strace.Around(GodwitBroker.Program(GodwitBroker.Sync), Trace, $"{call}:error=EIO:when=60"), Data))
        {
            await StartAsync(broker);
            await SubscribeAsync(broker);

            var reasons = await Task.WhenAll(
                PublishUntilLostAsync(broker, "a", ProtocolVersion.Mqtt5, 100),
                PublishUntilLostAsync(broker, "b", ProtocolVersion.Mqtt5, 100),
                PublishUntilLostAsync(broker, "c", ProtocolVersion.Mqtt311, 100));

            await AssertEndAsync(broker, $"{said} {Path.Combine(Data, FirstSegment)}: Input/output error (5)");
            Assert.Equal([ServerShuttingDown, ServerShuttingDown, 0], reasons);
            AssertNothingAfter(call, TraceReader.Read(await Strace.ReadAsync(Trace, EndOf(broker), Ct)));
        }

        await AssertAllIsThereAsync();
    }

    [Fact]
    public async Task A_next_segment_that_cannot_be_made_ends_the_broker()
    {
        // Two are made ahead; a third is wanted when the first is full.
        await using (var broker = new KilledBroker(Strace.AroundFile(GodwitBroker.Program(GodwitBroker.Sync, "--set", GodwitBroker.Boundless), Trace, "openat:error=EIO", "pool-4.seg"), Data))
        {
            await StartAsync(broker);
            await SubscribeAsync(broker);

            await PublishUntilLostAsync(broker, "a", ProtocolVersion.Mqtt5, 256 * 1024);

            await AssertEndAsync(broker, Path.Combine(Data, "pool-4.seg"), InputOutputError);
            Assert.InRange(_acknowledged["a"].Count, SegmentMegabytes * 3, SegmentMegabytes * 5);
        }

        await AssertAllIsThereAsync();
    }

    [Fact]
    public async Task Space_that_cannot_be_set_aside_is_written_with_zeroes()
    {
        await using (var broker = new KilledBroker(Strace.AroundFile(GodwitBroker.Program(GodwitBroker.Sync), Trace, "fallocate:error=EIO", "pool-3.seg"), Data))
        {
            await StartAsync(broker);
            await SubscribeAsync(broker);
            using var publisher = await ConnectAsync(broker, "a", isDurable: false);
            Assert.Equal(0, await PublishAsync(publisher, "a", 100));
            await Strace.ReadAsync(Trace, "(INJECTED)", Ct);
            await broker.KillAsync();
        }

        await AssertAllIsThereAsync();
    }

    [Theory]
    [InlineData("salvage")]
    [InlineData("stop")]
    public async Task A_store_that_cannot_be_read_is_not_touched(string onCorruption)
    {
        await FillAsync();
        var before = await DigestAsync();

        await using (var broker = new KilledBroker(
            Strace.AroundFile(GodwitBroker.Program(GodwitBroker.Sync, "--on-corruption", onCorruption), Trace, "pread64:error=EIO", FirstSegment), Data))
        {
            broker.Start();
            await AssertEndAsync(broker, FirstSegment, "the disk cannot read");
        }

        Assert.Equal(before, await DigestAsync());
        await AssertAllIsThereAsync();
    }

    [Theory]
    [InlineData("openat", FirstSegment)]
    [InlineData("openat", "STORE")]
    [InlineData("pread64", "STORE")]
    public async Task A_file_that_cannot_be_opened_stops_the_start(string call, string file)
    {
        await FillAsync();
        var before = await DigestAsync();

        await using (var broker = new KilledBroker(Strace.AroundFile(GodwitBroker.Program(GodwitBroker.Sync), Trace, $"{call}:error=EIO", file), Data))
        {
            broker.Start();
            await AssertEndAsync(broker, Path.Combine(Data, file), InputOutputError);
        }

        Assert.Equal(before, await DigestAsync());
        await AssertAllIsThereAsync();
    }

    /// <summary>What strace writes last: process ids fill five columns.</summary>
    private static string EndOf(KilledBroker broker) => string.Create(CultureInfo.InvariantCulture, $"{broker.ProcessId,-5} +++ exited");

    private static async Task StartAsync(KilledBroker broker)
    {
        broker.Start();
        await broker.ListensAsync(Ct);
    }

    private static Task<Client> ConnectAsync(KilledBroker broker, string clientId, bool isDurable, ProtocolVersion version = ProtocolVersion.Mqtt5) =>
        Client.ConnectAsync(broker.EndPoint, version, clientId, isDurable, Ct);

    private static async Task SubscribeAsync(KilledBroker broker)
    {
        using var away = await ConnectAsync(broker, "away", isDurable: true);
        await away.SubscribeAsync(Topics + "#", QoS.AtLeastOnce);
        await away.LeaveAsync();
    }

    /// <summary>A store with a few messages, left behind by kill -9.</summary>
    private async Task FillAsync()
    {
        await using var broker = new KilledBroker(GodwitBroker.Program(GodwitBroker.Sync), Data);
        await StartAsync(broker);
        await SubscribeAsync(broker);
        using var publisher = await ConnectAsync(broker, "a", isDurable: false);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(0, await PublishAsync(publisher, "a", 100));
        }

        await broker.KillAsync();
    }

    private async Task<byte> PublishAsync(Client publisher, string name, int size)
    {
        var list = _acknowledged.GetOrAdd(name, _ => []);
        var code = await publisher.PublishAsync(Topics + name, Payload.Make(Topics + name, list.Count, size), QoS.AtLeastOnce);
        if (code == 0)
        {
            list.Add(list.Count);
        }

        return code;
    }

    /// <summary>One message after another until the connection ends; what comes after the error may be refused.</summary>
    /// <returns>The reason code of DISCONNECT; 0 without one.</returns>
    private async Task<byte> PublishUntilLostAsync(KilledBroker broker, string name, ProtocolVersion version, int size)
    {
        using var publisher = await ConnectAsync(broker, name, isDurable: false, version);
        try
        {
            while (true)
            {
                Assert.True(await PublishAsync(publisher, name, size) is 0 or QuotaExceeded);
            }
        }
        catch (ConnectionLostException)
        {
            return publisher.DisconnectReason;
        }
    }

    /// <summary>It has ended, or does so soon, and says what it could not do, and with which file.</summary>
    private static async Task AssertEndAsync(KilledBroker broker, params string[] said)
    {
        var clock = Stopwatch.StartNew();
        Assert.Equal(CannotRun, await broker.EndAsync());
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ended after {clock.Elapsed.TotalMilliseconds:0} ms: {broker.Transcript}"));
        Assert.All(said, words => Assert.Contains(words, broker.Errors, StringComparison.Ordinal));
        Assert.DoesNotContain("Unhandled", broker.Errors, StringComparison.Ordinal);
    }

    private void AssertNothingAfter(string call, IReadOnlyList<SystemCall> calls)
    {
        var failed = Assert.Single(calls, other => other.Name == call && other.Result < 0 && other.Target.StartsWith(Data, StringComparison.Ordinal));
        Assert.DoesNotContain(calls, other => other.Entry > failed.Entry && other.Target == failed.Target && other.IsFlushOrWrite);
        var audit = new FlushAuditor(calls, Data, Topics).Run();
        Assert.True(audit.Violations.Count == 0, audit.ToString());
        Assert.True(audit.Audited[PacketType.Puback] > 10, audit.ToString());
    }

    /// <summary>A broker on a disk that is well again has everything that was acknowledged; what was not may be there, too.</summary>
    private async Task AssertAllIsThereAsync()
    {
        await using var broker = new KilledBroker(GodwitBroker.Program(GodwitBroker.Sync), Data);
        await StartAsync(broker);
        using var away = await ConnectAsync(broker, "away", isDurable: true);
        Assert.True(away.IsResumed);
        var expected = _acknowledged.Values.Sum(list => list.Count);
        Assert.True(expected > 0);
        Assert.True(await away.ReceiveAsync(expected), $"only {away.Messages.Count} of {expected} messages came");
        await away.PingAsync();
        foreach (var (name, numbers) in _acknowledged)
        {
            var came = away.Messages.Where(message => message.Topic == Topics + name).Select(message => message.Number).ToList();
            Assert.Equal(numbers, came.Take(numbers.Count));
            Assert.InRange(came.Count, numbers.Count, numbers.Count + 1);
        }
    }

    /// <summary>Every file but the lock, with a digest of its content.</summary>
    private async Task<SortedDictionary<string, string>> DigestAsync()
    {
        var digests = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in Directory.GetFiles(Data).Where(path => Path.GetFileName(path) != "LOCK"))
        {
            await using var file = File.OpenRead(path);
            digests[Path.GetFileName(path)] = Convert.ToHexString(await SHA256.HashDataAsync(file, Ct));
        }

        return digests;
    }
}
