using System.Diagnostics;
using System.Globalization;
using Godwit.Compare.Brokers;
using Godwit.Compare.Generators;
using Godwit.Compare.Judging;
using Godwit.Compare.Running;

namespace Godwit.Compare.Idle;

/// <summary>Measures brokers that have little to do; Godwit as by default, with a store on disk.</summary>
/// <param name="options">What is measured.</param>
/// <param name="tools">With what.</param>
/// <param name="progress">A line for each measurement.</param>
internal sealed class IdleRun(IdleOptions options, Tools tools, TextWriter progress)
{
    private const double StartMsMax = 500;
    private const double EmptyMbMax = 60;
    private const double EmptyPercentMax = 0.1;     // "none": a thousandth, for the process itself has a timer or two
    private const double ConnectionsPercentMax = 1;
    private const int WarmUpConnections = 500;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    private readonly GodwitBench _generator = new(tools.Godwit);
    private readonly List<IdleFigure> _figures = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private IReadOnlyList<(string Group, long Kb)> _memory = [];
    private IReadOnlyList<ThreadTimes> _threads = [];

    /// <summary>Runs the parts that are asked for.</summary>
    public async Task<IdleReport> RunAsync(IReadOnlyList<(string Name, string Text)> circumstances, CancellationToken ct)
    {
        foreach (var part in options.Parts)
        {
            await (part switch
            {
                "start" => StartAsync(ct),
                "empty" => EmptyAsync(ct),
                "connections" => ConnectionsAsync(ct),
                _ => LimitAsync(ct),
            });
        }

        return new IdleReport(circumstances, _figures, _memory, _threads, options.EmptySeconds);
    }

    private async Task StartAsync(CancellationToken ct)
    {
        Add(new IdleFigure("start to first CONNACK", "ms", await MedianAsync(BrokerKind.GodwitDurable), await MedianAsync(BrokerKind.Mosquitto), StartMsMax));

        async Task<double> MedianAsync(BrokerKind kind)
        {
            List<double> times = [];
            for (var i = 0; i < options.Starts; i++)
            {
                await using var broker = await RunningBroker.StartAsync(kind, tools, ct);
                await Clients.ConnackAsync(broker.Port, ct);
                times.Add(Stopwatch.GetElapsedTime(broker.StartedAt).TotalMilliseconds);
            }

            return Median.Of(times);
        }
    }

    private async Task EmptyAsync(CancellationToken ct)
    {
        var (mosquittoMb, mosquittoThreads) = await EmptyAsync(BrokerKind.Mosquitto, ct);
        var (godwitMb, godwitThreads) = await EmptyAsync(BrokerKind.GodwitDurable, ct);
        _threads = godwitThreads;
        Add(new IdleFigure("memory of an empty broker", "MB", godwitMb, mosquittoMb, EmptyMbMax));
        Add(new IdleFigure("CPU of an empty broker", "% of a core", Percent(godwitThreads), Percent(mosquittoThreads), EmptyPercentMax));
        Add(new IdleFigure("wake-ups of an empty broker", "a second", Wakes(godwitThreads), Wakes(mosquittoThreads), Max: null));

        double Percent(IReadOnlyList<ThreadTimes> threads) => threads.Sum(thread => thread.CpuNs) / 1e9 / options.EmptySeconds * 100;
        double Wakes(IReadOnlyList<ThreadTimes> threads) => threads.Sum(thread => thread.Wakes) / options.EmptySeconds;
    }

    /// <summary>Memory after the first client has come and gone, and what is used afterwards.</summary>
    private async Task<(double Mb, IReadOnlyList<ThreadTimes> Threads)> EmptyAsync(BrokerKind kind, CancellationToken ct)
    {
        await using var broker = await RunningBroker.StartAsync(kind, tools, ct);
        await Clients.ConnackAsync(broker.Port, ct);
        await Task.Delay(TimeSpan.FromSeconds(options.SettleSeconds), ct);
        var memory = ProcessMemory.ResidentMb(broker.ProcessId);
        _memory = ProcessMemory.Parts(broker.ProcessId);        // the last one counts, which is Godwit
        var before = ThreadTimes.Read(broker.ProcessId);
        await Task.Delay(TimeSpan.FromSeconds(options.EmptySeconds), ct);
        return (memory, ThreadTimes.Between(before, ThreadTimes.Read(broker.ProcessId)));
    }

    private async Task ConnectionsAsync(CancellationToken ct)
    {
        var connections = Math.Min(options.Connections, Machine.OpenFilesMax - 200);
        var (godwit, fault) = await HoldAsync(BrokerKind.GodwitDurable, connections, ct);
        var (mosquitto, _) = await HoldAsync(BrokerKind.Mosquitto, connections, ct);
        var name = string.Create(CultureInfo.InvariantCulture, $"CPU with {connections:#,0} idle connections, keep-alive {options.KeepAliveSeconds} s");
        Add(new IdleFigure(name, "% of a core", godwit, mosquitto, ConnectionsPercentMax, fault));
    }

    private async Task<(double? Percent, string Fault)> HoldAsync(BrokerKind kind, int connections, CancellationToken ct)
    {
        await using var broker = await RunningBroker.StartAsync(kind, tools, ct);
        string[] common = ["bench", "conn", "-h", "127.0.0.1", "-p", Text(broker.Port), "-V", "311", "--json", "--quiet"];

        // So that the compiler has done its work, which it does but once.
        await Child.RunAsync(_generator.File, [.. common, "-c", Text(Math.Min(connections, WarmUpConnections)), "-k", "1", "--duration", Time(options.WarmUpSeconds)], Limit, ct);
        var duration = options.SettleSeconds + options.HoldSeconds + 1;
        var running = Child.RunAsync(_generator.File, [.. common, "-c", Text(connections), "-k", Text(options.KeepAliveSeconds), "--duration", Time(duration)], Limit, ct);
        var cpu = await WatchAsync(broker, connections, running, ct);
        var (output, lastWords) = await running;
        if (GeneratorReport.Read(output) is not { } report)
        {
            return (null, $"no report: {lastWords}");
        }

        // Two PINGREQ of each in a keep-alive; without them the silence would be measured, and then the end of the connections.
        var pings = connections * 2 * options.HoldSeconds / options.KeepAliveSeconds;
        var fault = report.Faults.Length > 0 ? report.Faults
            : report.Number("pongs") < pings / 2 ? string.Create(CultureInfo.InvariantCulture, $"{report.Number("pongs")} PINGRESP, {pings} expected")
            : "";
        return (cpu / options.HoldSeconds * 100, fault);
    }

    /// <summary>The CPU seconds of a broker once all connections are there and it has come to rest.</summary>
    /// <returns>Null: the generator has ended before.</returns>
    private async Task<double?> WatchAsync(RunningBroker broker, int connections, Task generator, CancellationToken ct)
    {
        while (!generator.IsCompleted && ProcessMemory.OpenFiles(broker.ProcessId) < connections)
        {
            await Task.Delay(50, ct);
        }

        await Task.Delay(TimeSpan.FromSeconds(options.SettleSeconds), ct);
        if (generator.IsCompleted)
        {
            return null;
        }

        var before = ThreadTimes.Read(broker.ProcessId);
        await Task.Delay(TimeSpan.FromSeconds(options.HoldSeconds), ct);
        return ThreadTimes.Between(before, ThreadTimes.Read(broker.ProcessId)).Sum(thread => thread.CpuNs) / 1e9;
    }

    private async Task LimitAsync(CancellationToken ct)
    {
        var load = new LimitedLoad(options, tools, _generator, progress);
        foreach (var figure in await load.RunAsync(ct))
        {
            Add(figure);
        }
    }

    private void Add(IdleFigure figure)
    {
        _figures.Add(figure);
        progress.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{_clock.Elapsed:mm\\:ss}  {figure.Name}: {figure.Godwit:0.###} {figure.Unit}{(figure.Mosquitto is { } other ? $", mosquitto {other:0.###}" : "")}{(figure.Fault.Length > 0 ? "  ! " + figure.Fault : "")}"));
    }

    private static string Time(double seconds) => Text(Math.Round(seconds * 1000)) + "ms";

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
