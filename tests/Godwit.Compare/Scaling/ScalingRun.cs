using System.Diagnostics;
using System.Globalization;
using Godwit.Compare.Brokers;
using Godwit.Compare.Generators;
using Godwit.Compare.Loads;
using Godwit.Compare.Running;
using Godwit.Testing.Running;

namespace Godwit.Compare.Scaling;

/// <summary>Measures: round by round, axis by axis, a fresh broker in memory mode for each point.</summary>
/// <param name="options">What is measured.</param>
/// <param name="tools">Of these only godwit.</param>
/// <param name="progress">A line for each measurement.</param>
internal sealed class ScalingRun(ScalingOptions options, Tools tools, TextWriter progress)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    private readonly GodwitBench _generator = new(tools.Godwit);
    private readonly Dictionary<(Axis Axis, AxisPoint Point), List<GeneratorReport>> _reports = [];
    private readonly List<string> _faults = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private int _done;

    /// <summary>Runs everything.</summary>
    public async Task<(IReadOnlyList<AxisResult> Results, IReadOnlyList<string> Faults)> RunAsync(CancellationToken ct)
    {
        var points = options.Axes.SelectMany(axis => PointsOf(axis), (axis, point) => (Axis: axis, Point: point)).ToList();
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var (axis, point) in points)
            {
                await MeasureAsync(axis, point, points.Count * options.Rounds, ct);
            }
        }

        return (Results(points), _faults);
    }

    private List<AxisPoint> PointsOf(Axis axis)
    {
        var taskset = Programs.Find("taskset") is not null && Environment.ProcessorCount >= 2;
        return [.. axis.Points.Where(point => (point.IsQuick || !options.IsQuick) && (!point.IsPinned || taskset) && point.Load.Publishers < Machine.OpenFilesMax - 200)];
    }

    private List<AxisResult> Results(List<(Axis Axis, AxisPoint Point)> measured) =>
        [.. from axis in options.Axes
            let points = measured.Where(one => one.Axis == axis).Select(one => one.Point).ToList()
            where points.Count >= 2
            from figure in axis.Figures
            select new AxisResult(axis, figure, [.. points.Select(point => (point, Values(axis, point, figure)))])];

    private IReadOnlyList<double> Values(Axis axis, AxisPoint point, AxisFigure figure) =>
        _reports.TryGetValue((axis, point), out var reports) ? [.. reports.Select(report => report.Number(figure.Path)).OfType<double>().Where(value => value > 0)] : [];

    private async Task MeasureAsync(Axis axis, AxisPoint point, int all, CancellationToken ct)
    {
        GeneratorReport? report;
        string fault;
        await using (var broker = await RunningBroker.StartAsync(BrokerKind.GodwitMemory, tools, ct, Axes.BrokerSettings))
        {
            if (point.IsPinned)
            {
                await Child.RunAsync("taskset", ["-a", "-c", "-p", "0", Text(broker.ProcessId)], Limit, ct);
            }

            await using var others = await OtherSubscriptions.SubscribeAsync(broker.Port, point.OtherSubscriptions, ct);
            if (point.WarmUp is { } warmUp)
            {
                await Child.RunAsync(_generator.File, _generator.Arguments(warmUp, broker.Port, broker.ProcessId), Limit, ct);
            }

            var load = point.Load with { Seconds = options.Seconds, WarmUpSeconds = options.WarmUpSeconds, SettleSeconds = 0.3 };
            var (output, lastWords) = await GenerateAsync(load, point, broker, ct);
            report = GeneratorReport.Read(output);
            fault = (report, broker.HasEnded) switch
            {
                (_, true) => "the broker ended",
                (null, _) => $"no report: {lastWords}",
                _ => report.Faults,
            };
        }

        ct.ThrowIfCancellationRequested();      // what a signal ended has nothing to say
        Take(axis, point, report, fault, all);
    }

    private Task<(string Output, string Error)> GenerateAsync(Load load, AxisPoint point, RunningBroker broker, CancellationToken ct)
    {
        string[] arguments = [.. _generator.Arguments(load, broker.Port, broker.ProcessId), .. point.GeneratorArguments];
        return point.IsPinned
            ? Child.RunAsync("taskset", ["-c", "1-" + Text(Environment.ProcessorCount - 1), _generator.File, .. arguments], Limit, ct)
            : Child.RunAsync(_generator.File, arguments, Limit, ct);
    }

    private void Take(Axis axis, AxisPoint point, GeneratorReport? report, string fault, int all)
    {
        if (report is not null)
        {
            if (!_reports.TryGetValue((axis, point), out var reports))
            {
                _reports.Add((axis, point), reports = []);
            }

            reports.Add(report);
        }

        if (fault.Length > 0)
        {
            _faults.Add($"{axis.Id}, {point.Label}: {fault}");
        }

        var figures = axis.Figures.Select(figure => string.Create(CultureInfo.InvariantCulture, $"{report?.Number(figure.Path) ?? double.NaN:0.###} {figure.Name}"));
        progress.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{++_done,4}/{all}  {_clock.Elapsed:mm\\:ss}  {axis.Id} {point.Label}: {string.Join(", ", figures)}{(report is { SentPerSecond: > 0 } ? $", {report.SentPerSecond:0} messages/s" : "")}{(fault.Length > 0 ? "  ! " + fault : "")}"));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
