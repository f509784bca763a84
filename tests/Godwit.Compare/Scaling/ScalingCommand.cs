using System.Globalization;
using Godwit.Compare.Brokers;
using Godwit.Compare.Running;
using Godwit.Testing.Brokers;

namespace Godwit.Compare.Scaling;

/// <summary>bench/scaling.</summary>
internal static class ScalingCommand
{
    /// <summary>Reads arguments, measures, reports.</summary>
    /// <returns>An exit code: 1 when something grows faster than stated.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        if (ScalingOptions.Read(arguments, out var error) is not { } options)
        {
            await errors.WriteLineAsync($"bench/scaling: {error}");
            return ExitCodes.Usage;
        }

        if (!File.Exists(GodwitProgram.Path))
        {
            await errors.WriteLineAsync($"bench/scaling: '{GodwitProgram.Path}' is not there: build it, or set GODWIT_EXE");
            return ExitCodes.Usage;
        }

        var tools = new Tools(GodwitProgram.Path, Mosquitto: "", Relay: null);
        return await Interruptible.RunAsync("bench/scaling", errors, async ct =>
        {
            var report = await MeasureAsync(options, tools, errors, ct);
            await output.WriteAsync(ScalingText.Summary(report));
            await WriteAsync(options, report);
            return report.IsKept ? ExitCodes.Reached : ExitCodes.Missed;
        });
    }

    /// <summary>Measures everything and judges it.</summary>
    public static async Task<ScalingReport> MeasureAsync(ScalingOptions options, Tools tools, TextWriter progress, CancellationToken ct)
    {
        var godwit = await Child.RunAsync(tools.Godwit, ["--version"], TimeSpan.FromSeconds(30), ct);
        var rounds = string.Create(CultureInfo.InvariantCulture, $"{options.Rounds} rounds, {options.Seconds} s a point after {options.WarmUpSeconds} s of warm-up");
        var (results, faults) = await new ScalingRun(options, tools, progress).RunAsync(ct);
        return new ScalingReport([.. Machine.Describe(), ("Godwit", godwit.Output.Trim()), ("run", rounds)], results, faults);
    }

    /// <summary>The plot of one axis.</summary>
    public static string Plot(Axis axis, IReadOnlyList<AxisResult> results) => LogPlot.Draw(
        $"CPU time of a message, by {axis.Unit}",
        axis.Unit,
        [.. results[0].Points.Select(point => (point.Point.X, point.Point.Label))],
        [.. results.Select(result => (result.Figure.Name, (IReadOnlyList<double?>)[.. result.Points.Select(point => AxisResult.MedianOf(point.Values))]))]);

    private static async Task WriteAsync(ScalingOptions options, ScalingReport report)
    {
        if (options.Json is { } json)
        {
            await File.WriteAllTextAsync(json, ScalingJson.Write(report));
        }

        if (options.Page is { } page)
        {
            var plots = Directory.CreateDirectory(Path.ChangeExtension(page, null));
            foreach (var axis in report.Results.GroupBy(result => result.Axis).Where(axis => axis.Key.HasPlot))
            {
                await File.WriteAllTextAsync(Path.Combine(plots.FullName, axis.Key.Id + ".svg"), Plot(axis.Key, [.. axis]));
            }

            await File.WriteAllTextAsync(page, ScalingText.Page(report, plots.Name));
        }
    }
}
