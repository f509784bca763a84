using Godwit.Compare.Brokers;
using Godwit.Compare.Generators;
using Godwit.Compare.Reports;
using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Compare.Running;

/// <summary>bench/compare.</summary>
internal static class CompareCommand
{
    /// <summary>Reads arguments, measures, reports.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        if (CompareOptions.Read(arguments, out var error) is not { } options)
        {
            await errors.WriteLineAsync($"bench/compare: {error}");
            return ExitCodes.Usage;
        }

        var (tools, missing) = FindTools(options);
        if (tools is null)
        {
            await errors.WriteLineAsync($"bench/compare: {missing}");
            return ExitCodes.Usage;
        }

        return await Interruptible.RunAsync("bench/compare", errors, async ct =>
        {
            var comparison = await CompareAsync(options, tools, errors, ct);
            await ReportAsync(options, comparison, output);
            return comparison.IsReached ? ExitCodes.Reached : ExitCodes.Missed;
        });
    }

    /// <summary>Measures everything and judges it.</summary>
    public static async Task<Comparison> CompareAsync(CompareOptions options, Tools tools, TextWriter progress, CancellationToken ct)
    {
        var bench = new GodwitBench(tools.Godwit);
        IGenerator generator = options.Generator is { } file ? new Mqload(file) : bench;
        var circumstances = await Machine.DescribeAsync(options, tools, generator.Name, ct);

        var results = await new CompareRun(options, tools, generator, bench, progress).RunAsync(ct);

        return new Comparison
        {
            Circumstances = circumstances,
            Brokers = tools.Brokers,
            Rows = results.Rows(options.Workloads, tools.Brokers),
            Faults = results.Faults,
        };
    }

    private static async Task ReportAsync(CompareOptions options, Comparison comparison, TextWriter output)
    {
        await output.WriteAsync(ComparisonText.Tables(comparison));
        if (options.Json is { } json)
        {
            await File.WriteAllTextAsync(json, ComparisonJson.Write(comparison));
        }

        if (options.Page is { } page)
        {
            await File.WriteAllTextAsync(page, ComparisonText.Page(comparison));
        }
    }

    private static (Tools? Tools, string Missing) FindTools(CompareOptions options)
    {
        string[] given = [.. new[] { options.Generator, options.Relay }.OfType<string>().Where(path => !File.Exists(path))];
        if (given.Length > 0)
        {
            return (null, $"'{given[0]}' is not there");
        }

        if (Programs.Find("mosquitto") is not { } mosquitto)
        {
            return (null, "mosquitto is not installed: apt-get install mosquitto");
        }

        return File.Exists(GodwitProgram.Path)
            ? (new Tools(GodwitProgram.Path, mosquitto, options.Relay), "")
            : (null, $"'{GodwitProgram.Path}' is not there: build it, or set GODWIT_EXE");
    }
}
