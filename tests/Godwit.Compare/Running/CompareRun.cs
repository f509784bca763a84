using System.Diagnostics;
using System.Globalization;
using Godwit.Compare.Brokers;
using Godwit.Compare.Generators;
using Godwit.Compare.Loads;

namespace Godwit.Compare.Running;

/// <summary>Measures: round by round, workload by workload, one fresh broker after another.</summary>
/// <param name="options">What is measured.</param>
/// <param name="tools">With what.</param>
/// <param name="generator">Loads the brokers.</param>
/// <param name="openLoop">Loads them on a schedule, for latency.</param>
/// <param name="progress">A line for each measurement.</param>
internal sealed class CompareRun(CompareOptions options, Tools tools, IGenerator generator, IGenerator openLoop, TextWriter progress)
{
    private const double ShareOfMaximum = 0.8;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private readonly Results _results = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private int _done;

    /// <summary>Runs everything.</summary>
    public async Task<Results> RunAsync(CancellationToken ct)
    {
        for (var round = 0; round < options.Rounds; round++)
        {
            for (var i = 0; i < options.Workloads.Count; i++)
            {
                await RunAsync(options.Workloads[i], round, round + i, ct);
            }
        }

        return _results;
    }

    /// <summary>A load with the times and, when it has to be quick, the sizes of this run.</summary>
    /// <param name="load">As the workload has it.</param>
    /// <param name="options">Times, and whether it is quick.</param>
    /// <param name="connectionsMax">As many as open files allow.</param>
    public static Load Sized(Load load, CompareOptions options, int connectionsMax)
    {
        var part = options.IsQuick ? 10 : 1;
        var timed = load with { Seconds = options.Seconds, WarmUpSeconds = options.WarmUpSeconds, SettleSeconds = options.IsQuick ? 0.3 : 1 };
        return load.Mode switch
        {
            LoadMode.Connections => timed with { Subscribers = Math.Min(load.Subscribers / part, connectionsMax) },
            LoadMode.Retained => timed with { Topics = load.Topics / part },
            LoadMode.Wild => timed with { Subscribers = load.Subscribers / part, Topics = load.Topics / part },
            LoadMode.Queue => timed with { Count = load.Count / part },
            _ => timed,
        };
    }

    private async Task RunAsync(Workload workload, int round, int turn, CancellationToken ct)
    {
        var load = Sized(workload.Load, options, Machine.OpenFilesMax - 200);
        var brokers = tools.Brokers.Where(broker => broker switch
        {
            BrokerKind.Mosquitto => workload.HasMosquitto,
            BrokerKind.Relay => workload.HasRelay,
            _ => true,
        }).ToList();
        foreach (var broker in Rotation.Order(brokers, turn))
        {
            await MeasureAsync(workload, isLatency: false, load, broker, round, ct);
        }

        // The rate of the first round, so that all rounds have the same.
        var rate = ShareOfMaximum * _results.RateOf(workload, BrokerKind.Mosquitto);
        if (!workload.HasLatency || rate <= 0 || (options.IsQuick && workload.Id is not ("a" or "b")))
        {
            return;
        }

        foreach (var broker in Rotation.Order(brokers.Where(broker => broker != BrokerKind.Relay).ToList(), turn))
        {
            await MeasureAsync(workload, isLatency: true, load with { OpenLoopRate = rate }, broker, round, ct);
        }
    }

    private async Task MeasureAsync(Workload workload, bool isLatency, Load load, BrokerKind broker, int round, CancellationToken ct)
    {
        var used = isLatency ? openLoop : generator;
        GeneratorReport? report;
        string fault;
        await using (var running = await RunningBroker.StartAsync(broker, tools, ct))
        {
            for (var i = 0; i < Workloads.WarmUps && Workloads.WarmUp(load) is { } warmUp; i++)
            {
                await Child.RunAsync(used.File, used.Arguments(warmUp, running.Port, running.ProcessId), Limit, ct);
            }

            var (output, lastWords) = await Child.RunAsync(used.File, used.Arguments(load, running.Port, running.ProcessId), Limit, ct);
            report = GeneratorReport.Read(output);
            fault = (report, running.HasEnded) switch
            {
                (_, true) => "the broker ended",
                (null, _) => $"no report: {lastWords}",
                _ => report.Faults,
            };
        }

        ct.ThrowIfCancellationRequested();      // what a signal ended has nothing to say
        _results.Add(workload, isLatency, broker, report, fault);
        var figures = (isLatency ? Workloads.Latency : workload.Figures).Select(figure => string.Create(CultureInfo.InvariantCulture, $"{report?.Number(figure.Path) ?? double.NaN:0.###} {figure.Name}"));
        var rate = report is { SentPerSecond: > 0 } ? string.Create(CultureInfo.InvariantCulture, $", {report.SentPerSecond:#,0} messages/s") : "";
        await progress.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{++_done,4}  {_clock.Elapsed:mm\\:ss}  round {round + 1}  {workload.Id}{(isLatency ? " latency" : "")}  {BrokerNames.Of(broker)}: {string.Join(", ", figures)}{rate}{(fault.Length > 0 ? "  ! " + fault : "")}"));
    }
}
