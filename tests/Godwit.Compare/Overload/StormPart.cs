using System.Globalization;
using Godwit.Compare.Brokers;
using Godwit.Compare.Idle;

namespace Godwit.Compare.Overload;

/// <summary>All clients come back at once.</summary>
internal sealed class StormPart(OverloadOptions options, Tools tools)
{
    private const long MemoryBytes = 512L << 20;
    private const double SecondsMax = 20;
    private const int Window = 100;

    private int Count => options.Of(Math.Min(15_000, Running.Machine.OpenFilesMax - 500));

    public async Task<IReadOnlyList<OverloadFigure>> MeasureAsync(CancellationToken ct)
    {
        var mosquitto = await MeasureAsync(BrokerKind.Mosquitto, ct);
        var godwit = await MeasureAsync(BrokerKind.GodwitMemory, ct);
        return
        [
            new OverloadFigure("until all are back and have their message", "s", godwit.Seconds, mosquitto.Seconds, SecondsMax, string.Create(CultureInfo.InvariantCulture, $"{Count:#,0} clients")),
            new OverloadFigure("sessions or messages lost", "clients", godwit.Lost, mosquitto.Lost, Max: 0),
            new OverloadFigure("memory at its peak", "MB", godwit.PeakMb, mosquitto.PeakMb, MemoryBytes >> 20),
            new OverloadFigure("CPU of the broker for each that comes back", "µs", godwit.CpuUs, mosquitto.CpuUs, Max: null),
        ];
    }

    private async Task<(double Seconds, double Lost, double PeakMb, double CpuUs)> MeasureAsync(BrokerKind kind, CancellationToken ct)
    {
        await using var cage = MemoryCage.Create(MemoryBytes);
        await using var broker = await RunningBroker.StartAsync(kind, tools, ct, wrap: cage.Wrap);
        await using var crowd = CrowdProcess.Start("storm", broker.Port, Count);
        await crowd.HearAsync("ready", ct);
        await crowd.GoOnAsync();
        await crowd.HearAsync("gone", ct);
        await PublishAsync(broker.Port, ct);
        var before = ThreadTimes.Read(broker.ProcessId);
        await crowd.GoOnAsync();
        var back = await crowd.HearAsync("back", ct);
        var cpuNs = ThreadTimes.Between(before, ThreadTimes.Read(broker.ProcessId)).Sum(thread => (double)thread.CpuNs);
        return (back[0], back[1], ProcessMemory.PeakMb(broker.ProcessId), cpuNs / 1_000 / Count);
    }

    /// <summary>A message for each, of which all are acknowledged.</summary>
    private async Task PublishAsync(int port, CancellationToken ct)
    {
        using var publisher = await MiniClient.ConnectAsync(port, "publisher", ct);
        for (var i = 0; i < Count; i += Window)
        {
            var numbers = Enumerable.Range(i, Math.Min(Window, Count - i)).ToList();
            await publisher.WriteAsync(
                numbers.SelectMany(number => MiniClient.Publish(string.Create(CultureInfo.InvariantCulture, $"storm/{number}"), new byte[50], (ushort)((number % 60_000) + 1))).ToArray(), ct);
            foreach (var _ in numbers)
            {
                await publisher.ReceiveAsync(ct);
            }
        }
    }
}
