using System.Globalization;
using Godwit.Compare.Brokers;
using Godwit.Compare.Idle;

namespace Godwit.Compare.Overload;

/// <summary>Many connections that say nothing.</summary>
internal sealed class CrowdPart(OverloadOptions options, Tools tools)
{
    private const double SilentMbMax = 100;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(3);

    private int Count => options.Of(10_000);

    /// <summary>Without CONNECT.</summary>
    public async Task<IReadOnlyList<OverloadFigure>> SilentAsync(CancellationToken ct)
    {
        var mosquitto = await SilentAsync(BrokerKind.Mosquitto, ct);
        var godwit = await SilentAsync(BrokerKind.GodwitMemory, ct);
        return
        [
            new OverloadFigure("memory more than before", "MB", godwit.Mb, mosquitto.Mb, SilentMbMax),
            new OverloadFigure("p99 of a message of a client to itself", "ms", godwit.P99, mosquitto.P99, Max: null),
            new OverloadFigure("of the connections closed meanwhile", "connections", Count - godwit.Open, Count - mosquitto.Open, Max: 0),
        ];
    }

    /// <summary>With CONNECT, over TLS.</summary>
    public async Task<IReadOnlyList<OverloadFigure>> TlsAsync(CancellationToken ct)
    {
        var mosquitto = await TlsAsync(BrokerKind.Mosquitto, ct);
        var godwit = await TlsAsync(BrokerKind.GodwitMemory, ct);
        return
        [
            new OverloadFigure("memory for each", "KB", godwit.Kb, mosquitto.Kb, Max: null),
            new OverloadFigure("CPU of the broker for each handshake with CONNECT", "µs", godwit.CpuUs, mosquitto.CpuUs, Max: null),
            new OverloadFigure("until all are connected", "s", godwit.Seconds, mosquitto.Seconds, Max: null),
        ];
    }

    private async Task<(double Mb, double? P99, double Open)> SilentAsync(BrokerKind kind, CancellationToken ct)
    {
        var settings = kind == BrokerKind.Mosquitto ? null : (IReadOnlyList<string>)["Limits:ConnectTimeoutMs=100000"];
        await using var broker = await RunningBroker.StartAsync(kind, tools, ct, settings);
        using var health = new Health(broker.Port);
        await Task.Delay(Rest, ct);
        var before = ProcessMemory.ResidentMb(broker.ProcessId);
        await using var crowd = CrowdProcess.Start("silent", broker.Port, Count);
        await crowd.HearAsync("ready", ct);
        health.TakeP99();
        await Task.Delay(Rest, ct);
        var (after, p99) = (ProcessMemory.ResidentMb(broker.ProcessId), health.TakeP99());
        await crowd.GoOnAsync();
        return (after - before, p99, (await crowd.HearAsync("open", ct))[0]);
    }

    private async Task<(double Kb, double CpuUs, double Seconds)> TlsAsync(BrokerKind kind, CancellationToken ct)
    {
        var directory = Directory.CreateTempSubdirectory("godwit-overload-").FullName;
        try
        {
            var listener = new TlsListener(directory);
            await using var broker = await RunningBroker.StartAsync(kind, tools, ct, wrap: (file, arguments) => listener.Wrap(kind, file, arguments));
            for (var i = 0; i < 20; i++)
            {
                using var first = await MiniClient.ConnectAsync(broker.Port, string.Create(CultureInfo.InvariantCulture, $"warm{i}"), ct, isTls: true);
            }

            var (memory, times) = (ProcessMemory.ResidentMb(broker.ProcessId), ThreadTimes.Read(broker.ProcessId));
            await using var crowd = CrowdProcess.Start("tls", broker.Port, Count);
            var seconds = (await crowd.HearAsync("ready", ct))[0];
            var cpuNs = ThreadTimes.Between(times, ThreadTimes.Read(broker.ProcessId)).Sum(thread => (double)thread.CpuNs);
            await Task.Delay(Rest, ct);
            return ((ProcessMemory.ResidentMb(broker.ProcessId) - memory) * 1024 / Count, cpuNs / 1_000 / Count, seconds);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
