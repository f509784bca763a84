using System.Globalization;
using Godwit.Compare.Brokers;
using Godwit.Compare.Generators;

namespace Godwit.Compare.Idle;

/// <summary>A broker with a hard limit of memory: 500 publishers and 500 subscribers of QoS 1 with a message a second each, and 10,000 retained messages.</summary>
/// <param name="options">How long, and which limit.</param>
/// <param name="tools">With what.</param>
/// <param name="generator">Loads the broker.</param>
/// <param name="progress">Told how far it is.</param>
internal sealed class LimitedLoad(IdleOptions options, Tools tools, GodwitBench generator, TextWriter progress)
{
    private const int Pairs = 500;
    private const int Retained = 10_000;
    private const double Megabyte = 1 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Runs to its end.</summary>
    public async Task<IReadOnlyList<IdleFigure>> RunAsync(CancellationToken ct)
    {
        await using var cage = MemoryCage.Create(options.MemoryLimitBytes);
        await using var broker = await RunningBroker.StartAsync(BrokerKind.GodwitDurable, tools, ct, wrap: cage.Wrap);
        var limitMb = options.MemoryLimitBytes / Megabyte;
        await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"       {limitMb:0} MB ({cage.Kind}), {options.LimitSeconds:0} s ..."));

        string[] common = ["-h", "127.0.0.1", "-p", Text(broker.Port), "-V", "311", "--json", "--quiet"];
        var (stored, why) = await Child.RunAsync(
            generator.File, ["bench", "retained", .. common, "-q", "1", "-s", "100", "--topics", Text(Retained), "-t", "kept/%i", "--keep", "--settle", "200ms"], Patience * 3, ct);
        string[] load = ["bench", "pubsub", .. common, "-c", Text(Pairs), "-q", "1", "-s", "64", "-t", "load/%i", "-I", "1000", "--warmup", "500ms", "--duration", Text(Math.Round(options.LimitSeconds * 1000)) + "ms"];
        var running = Child.RunAsync(generator.File, load, TimeSpan.FromSeconds(options.LimitSeconds + 60), ct);
        var fewest = await WatchAsync(broker, running, ct);
        var (output, lastWords) = await running;
        var report = GeneratorReport.Read(output);
        var fault = (GeneratorReport.Read(stored), report, broker.HasEnded) switch
        {
            (_, _, true) => cage.KilledCount > 0 ? "the kernel ended the broker: no memory" : "the broker ended",
            (null, _, _) => $"the retained messages: {why}",
            (_, null, _) => $"no report: {lastWords}",
            _ => report.Faults,
        };
        var (inside, due) = (string.Create(CultureInfo.InvariantCulture, $"within {limitMb:0} MB"), Pairs * options.LimitSeconds);
        return
        [
            new IdleFigure($"{inside}: messages not delivered, of 500 a second", "messages", Math.Max(0, due - (report?.Number("received") ?? 0)), Mosquitto: null, Max: due / 100, fault),
            new IdleFigure($"{inside}: retained messages missing, of 10,000, at worst", "messages", Retained - fewest, Mosquitto: null, Max: 0),
            new IdleFigure($"{inside}: memory at its peak", "MB", broker.HasEnded ? null : ProcessMemory.PeakMb(broker.ProcessId), Mosquitto: null, Max: limitMb),
            new IdleFigure($"{inside}: p99 of a message", "ms", report?.Number("lat_us.p99") / 1000, Mosquitto: null, Max: null),
        ];
    }

    /// <summary>Now and then a new client comes and wants all retained messages.</summary>
    /// <returns>The fewest that one got.</returns>
    private async Task<int> WatchAsync(RunningBroker broker, Task running, CancellationToken ct)
    {
        var pause = TimeSpan.FromSeconds(Math.Clamp(options.LimitSeconds / 20, 0.5, 30));
        var fewest = Retained;
        do
        {
            await Task.WhenAny(running, Task.Delay(pause, ct));
            ct.ThrowIfCancellationRequested();
            fewest = Math.Min(fewest, broker.HasEnded ? 0 : await Clients.CountRetainedAsync(broker.Port, "kept/#", Retained, Patience, ct));
        }
        while (!running.IsCompleted && !broker.HasEnded);

        return fewest;
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
