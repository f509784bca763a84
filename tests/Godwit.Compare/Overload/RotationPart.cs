using System.Diagnostics;
using System.Globalization;
using System.Security.Authentication;
using Godwit.Compare.Brokers;
using Godwit.Compare.Idle;

namespace Godwit.Compare.Overload;

/// <summary>Certificates change while clients come.</summary>
internal sealed class RotationPart(OverloadOptions options, Tools tools)
{
    private const int PerSecond = 200;

    private int Rotations => Math.Max(2, options.Of(10));

    public async Task<IReadOnlyList<OverloadFigure>> MeasureAsync(CancellationToken ct)
    {
        var mosquitto = await MeasureAsync(BrokerKind.Mosquitto, ct);
        var godwit = await MeasureAsync(BrokerKind.GodwitMemory, ct);
        return
        [
            new OverloadFigure("handshakes that failed", "handshakes", godwit.Failed, mosquitto.Failed, Max: 0, godwit.Why),
            new OverloadFigure("handshakes", "a second", godwit.PerSecond, mosquitto.PerSecond, Max: null, "as asked for"),
            new OverloadFigure("CPU of the broker for each", "µs", godwit.CpuUs, mosquitto.CpuUs, Max: null),
        ];
    }

    private async Task<(double Failed, double PerSecond, double CpuUs, string Why)> MeasureAsync(BrokerKind kind, CancellationToken ct)
    {
        var directory = Directory.CreateTempSubdirectory("godwit-overload-").FullName;
        try
        {
            var listener = new TlsListener(directory);
            await using var broker = await RunningBroker.StartAsync(kind, tools, ct, wrap: (file, arguments) => listener.Wrap(kind, file, arguments));
            using var first = await MiniClient.ConnectAsync(broker.Port, "first", ct, isTls: true);
            var (before, clock) = (ThreadTimes.Read(broker.ProcessId), Stopwatch.StartNew());
            var count = PerSecond * (Rotations + 1);
            var handshakes = Task.WhenAll(Enumerable.Range(0, count).Select(i => HandshakeAsync(broker.Port, i, clock, ct)));
            for (var i = 1; i <= Rotations; i++)
            {
                await Task.Delay(TimeSpan.FromSeconds(i) - clock.Elapsed is { Ticks: > 0 } early ? early : TimeSpan.Zero, ct);
                listener.Exchange();
                await Child.RunAsync("/bin/kill", ["-HUP", broker.ProcessId.ToString(CultureInfo.InvariantCulture)], TimeSpan.FromSeconds(5), ct);
            }

            var faults = (await handshakes).Where(fault => fault is not null).ToList();
            var cpuNs = ThreadTimes.Between(before, ThreadTimes.Read(broker.ProcessId)).Sum(thread => (double)thread.CpuNs);
            return (faults.Count, count / clock.Elapsed.TotalSeconds, cpuNs / 1_000 / count, faults.FirstOrDefault() ?? "");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>One at its time.</summary>
    /// <returns>Null: done; else why not.</returns>
    private static async Task<string?> HandshakeAsync(int port, int number, Stopwatch clock, CancellationToken ct)
    {
        await Task.Delay(TimeSpan.FromSeconds((double)number / PerSecond) - clock.Elapsed is { Ticks: > 0 } early ? early : TimeSpan.Zero, ct);
        try
        {
            using var client = await MiniClient.ConnectAsync(port, string.Create(CultureInfo.InvariantCulture, $"comes{number}"), ct, isTls: true);
            return null;
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException or System.Net.Sockets.SocketException)
        {
            return exception.Message;
        }
    }
}
