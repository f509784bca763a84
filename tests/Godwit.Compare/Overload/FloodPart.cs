using System.Diagnostics;
using System.Globalization;
using Godwit.Compare.Brokers;
using Godwit.Compare.Idle;

namespace Godwit.Compare.Overload;

/// <summary>More messages than there is memory, to receivers that are slow or away.</summary>
internal sealed class FloodPart(OverloadOptions options, Tools tools)
{
    private const long MemoryBytes = 512L << 20;
    private const long FloodBytes = 10_000_000_000;
    private const double P99MsMax = 100;
    private const int Away = 30;
    private const int Slow = 10;
    private const int Flooders = 4;
    private const int PayloadBytes = 60_000;

    private long _taken;

    public async Task<IReadOnlyList<OverloadFigure>> MeasureAsync(CancellationToken ct)
    {
        var mosquitto = await MeasureAsync(BrokerKind.Mosquitto, ct);
        var godwit = await MeasureAsync(BrokerKind.GodwitMemory, ct);
        var note = mosquitto.End.Length > 0 ? $"mosquitto: {mosquitto.End}" : "";
        return
        [
            new OverloadFigure("ends of the broker", "times", godwit.End.Length > 0 ? 1 : 0, mosquitto.End.Length > 0 ? 1 : 0, Max: 0, string.Join("; ", new[] { godwit.End, note }.Where(words => words.Length > 0))),
            new OverloadFigure("memory at its peak", "MB", godwit.PeakMb, mosquitto.PeakMb, MemoryBytes >> 20),
            new OverloadFigure("p99 of a message of another client to itself", "ms", godwit.P99, mosquitto.P99, P99MsMax, godwit.Fault),
            new OverloadFigure("messages taken from the flooders", "GB", godwit.Gigabytes, mosquitto.Gigabytes, Max: null, string.Create(CultureInfo.InvariantCulture, $"in {godwit.Seconds:0} s; mosquitto in {mosquitto.Seconds:0} s")),
        ];
    }

    private async Task<Outcome> MeasureAsync(BrokerKind kind, CancellationToken ct)
    {
        await using var cage = MemoryCage.Create(MemoryBytes);
        var settings = kind == BrokerKind.Mosquitto ? null : (IReadOnlyList<string>)["Limits:QueueBytesMax=16777216"];
        await using var broker = await RunningBroker.StartAsync(kind, tools, ct, settings, cage.Wrap);
        for (var i = 0; i < Away; i++)
        {
            using var away = await MiniClient.ConnectAsync(broker.Port, $"away{i}", ct, isClean: false);
            await away.SubscribeAsync($"t/{i}", 1, ct);
        }

        using var health = new Health(broker.Port);
        using var time = CancellationTokenSource.CreateLinkedTokenSource(ct);
        time.CancelAfter(TimeSpan.FromSeconds(Math.Max(5, options.Of(40))));
        var clock = Stopwatch.StartNew();
        var readers = Enumerable.Range(0, Slow).Select(i => ReadSlowlyAsync(broker.Port, i, time.Token)).ToList();
        _taken = 0;
        var flood = Task.WhenAll(Enumerable.Range(0, Flooders).Select(i => FloodAsync(broker.Port, i, time.Token)));
        var peak = 0.0;
        while (!flood.IsCompleted && !broker.HasEnded)
        {
            peak = Math.Max(peak, PeakOf(broker));
            await Task.WhenAny(flood, Task.Delay(50, ct));
        }

        var seconds = clock.Elapsed.TotalSeconds;
        await Task.Delay(500, ct);                                  // a process that the kernel ends closes its connections first
        var end = broker.HasEnded ? cage.KilledCount > 0 ? "the kernel ended it: no memory" : "it ended" : "";
        var fault = health.Fault is null || end.Length > 0 ? "" : $"the other client: {health.Fault.Message}";
        var outcome = new Outcome(end, Math.Max(peak, PeakOf(broker)), fault.Length > 0 ? null : health.TakeP99(), Interlocked.Read(ref _taken) / 1e9, seconds, fault);
        await time.CancelAsync();
        await flood;
        await Task.WhenAll(readers);
        return outcome;
    }

    private static double PeakOf(RunningBroker broker)
    {
        try
        {
            return broker.HasEnded ? 0 : ProcessMemory.PeakMb(broker.ProcessId);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            return 0;               // it has just ended
        }
    }

    private async Task FloodAsync(int port, int number, CancellationToken ct)
    {
        try
        {
            using var client = await MiniClient.ConnectAsync(port, $"flooder{number}", ct);
            var acknowledgements = DrainAsync(client, pauseMs: 0, ct);
            var packets = Enumerable.Range(0, Away).Select(i => MiniClient.Publish($"t/{i}", new byte[PayloadBytes], (ushort)(i + 1))).ToArray();
            for (var i = 0; Interlocked.Read(ref _taken) < FloodBytes; i++)
            {
                var packet = packets[i % Away];
                await client.WriteAsync(packet, ct);
                Interlocked.Add(ref _taken, packet.Length);
            }

            client.Dispose();
            await acknowledgements;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or System.Net.Sockets.SocketException)
        {
            // The time is over, or the broker has ended: what was taken is counted.
        }
    }

    private static async Task ReadSlowlyAsync(int port, int number, CancellationToken ct)
    {
        try
        {
            using var client = await MiniClient.ConnectAsync(port, $"slow{number}", ct);
            await client.SubscribeAsync("t/#", 0, ct);
            await DrainAsync(client, pauseMs: 100, ct);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or System.Net.Sockets.SocketException)
        {
            // As above.
        }
    }

    private static async Task DrainAsync(MiniClient client, int pauseMs, CancellationToken ct)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await client.ReadAsync(buffer, ct) > 0)
            {
                if (pauseMs > 0)
                {
                    await Task.Delay(pauseMs, ct);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // As above.
        }
    }

    private sealed record Outcome(string End, double PeakMb, double? P99, double Gigabytes, double Seconds, string Fault);
}
