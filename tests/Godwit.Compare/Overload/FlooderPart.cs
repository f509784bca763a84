using Godwit.Compare.Brokers;
using Godwit.Compare.Idle;

namespace Godwit.Compare.Overload;

/// <summary>Whether one client that sends as much as it can hinders the others.</summary>
internal sealed class FlooderPart(OverloadOptions options, Tools tools)
{
    private const double RatioMax = 3;
    private const int PacketsPerWrite = 100;

    public async Task<IReadOnlyList<OverloadFigure>> MeasureAsync(CancellationToken ct)
    {
        var mosquitto = await MeasureAsync(BrokerKind.Mosquitto, ct);
        var godwit = await MeasureAsync(BrokerKind.GodwitMemory, ct);
        return
        [
            new OverloadFigure("p99 of a message to itself, alone", "ms", godwit.Idle, mosquitto.Idle, Max: null),
            new OverloadFigure("p99 beside the flooder", "ms", godwit.Flooded, mosquitto.Flooded, Max: null),
            new OverloadFigure("p99 beside the flooder, times alone", "", godwit.Flooded / godwit.Idle, mosquitto.Flooded / mosquitto.Idle, RatioMax),
            new OverloadFigure("messages taken from the flooder", "a second", godwit.PerSecond, mosquitto.PerSecond, Max: null, "more is better"),
            new OverloadFigure("CPU of the broker for such a message", "µs", godwit.CpuUs, mosquitto.CpuUs, Max: null),
        ];
    }

    private async Task<(double Idle, double Flooded, double PerSecond, double CpuUs)> MeasureAsync(BrokerKind kind, CancellationToken ct)
    {
        var span = TimeSpan.FromSeconds(Math.Max(2, options.Of(10)));
        await using var broker = await RunningBroker.StartAsync(kind, tools, ct);
        using var health = new Health(broker.Port);
        await Task.Delay(TimeSpan.FromSeconds(1), ct);
        health.TakeP99();                                           // while code was compiled
        await Task.Delay(span, ct);
        var idle = health.TakeP99() ?? double.NaN;

        using var flooder = await MiniClient.ConnectAsync(broker.Port, "flooder", ct);
        byte[] batch = [.. Enumerable.Repeat(MiniClient.Publish("flood", new byte[100]), PacketsPerWrite).SelectMany(packet => packet)];
        var before = ThreadTimes.Read(broker.ProcessId);
        var sent = 0L;
        using var time = CancellationTokenSource.CreateLinkedTokenSource(ct);
        time.CancelAfter(span);
        try
        {
            for (; ; sent += PacketsPerWrite)
            {
                await flooder.WriteAsync(batch, time.Token);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // The time is over.
        }

        var cpuNs = ThreadTimes.Between(before, ThreadTimes.Read(broker.ProcessId)).Sum(thread => (double)thread.CpuNs);
        return (idle, health.TakeP99() ?? double.NaN, sent / span.TotalSeconds, cpuNs / 1_000 / sent);
    }
}
