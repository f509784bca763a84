using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Godwit.Micro.Operations;
using Perfolizer.Horology;

namespace Godwit.Micro.Running;

/// <summary>bench/micro.</summary>
internal static class MicroCommand
{
    /// <summary>Everything was timed.</summary>
    public const int Done = 0;

    /// <summary>An operation failed.</summary>
    public const int Failed = 1;

    /// <summary>Not understood, or a report cannot be written.</summary>
    public const int Usage = 2;

    /// <summary>Reads arguments, measures, reports.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        if (MicroOptions.Read(arguments, out var error) is not { } options)
        {
            await errors.WriteLineAsync($"bench/micro: {error}");
            return Usage;
        }

        var chosen = Operation.Of(Operation.Classes).Where(operation => options.Wants(operation.Name)).ToList();
        if (chosen.Count == 0)
        {
            await errors.WriteLineAsync($"bench/micro: no operation is named '{string.Join("' or '", options.Filters)}'; see --list");
            return Usage;
        }

        if (options.IsList)
        {
            await output.WriteAsync(string.Concat(chosen.Select(operation => operation.Name + "\n")));
            return Done;
        }

        try
        {
            var timings = Measure(options, [.. chosen.Select(operation => operation.Class).Distinct()], errors);
            await output.WriteAsync(MicroReport.Table(timings));
            if (options.Json is { } file)
            {
                await File.WriteAllTextAsync(file, MicroReport.Json(timings));
            }

            return timings.All(timing => timing.MeanNs is not null) ? Done : Failed;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync($"bench/micro: {exception.Message}");
            return Usage;
        }
    }

    private static List<Timing> Measure(MicroOptions options, IReadOnlyList<Type> classes, TextWriter progress)
    {
        var directory = Directory.CreateDirectory(Path.Combine("artifacts", "micro")).FullName;
        using var log = File.CreateText(Path.Combine(directory, "log.txt"));
        List<Timing> timings = [];
        foreach (var type in classes)
        {
            progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{timings.Count,4} done, {type.Name} ..."));
            var summary = BenchmarkRunner.Run(type, Configuration(options, directory, log));
            timings.AddRange(summary.Reports.Select(Read));
        }

        return timings;
    }

    /// <summary>In this process: a launcher that builds programs of its own would need a second restore.</summary>
    private static ManualConfig Configuration(MicroOptions options, string directory, StreamWriter log)
    {
        var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithMaxRelativeError(0.05).WithMaxIterationCount(25);
        job = options.IsQuick ? job.WithWarmupCount(2).WithIterationCount(4).WithIterationTime(TimeInterval.FromMilliseconds(50)) : job.WithIterationTime(TimeInterval.FromMilliseconds(250));
        return ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(new StreamLogger(log))
            .AddFilter(new SimpleFilter(benchmark => options.Wants(NameOf(benchmark))))
            .WithArtifactsPath(directory)
            .WithOptions(ConfigOptions.DisableLogFile | ConfigOptions.DisableOptimizationsValidator);
    }

    private static string NameOf(BenchmarkCase benchmark)
    {
        var values = benchmark.Parameters.Items.Select(item => string.Create(CultureInfo.InvariantCulture, $"{item.Name}: {item.Value}"));
        return $"{benchmark.Descriptor.Type.Name}.{benchmark.Descriptor.WorkloadMethod.Name}({string.Join(", ", values)})";
    }

    private static Timing Read(BenchmarkReport report)
    {
        var benchmark = report.BenchmarkCase;
        var statistics = report.ResultStatistics;
        var method = benchmark.Descriptor.WorkloadMethod;
        return new Timing(
            benchmark.Descriptor.Type.Name.Replace("Operations", "", StringComparison.Ordinal),
            benchmark.Descriptor.WorkloadMethodDisplayInfo.Trim('\''),
            string.Join(", ", benchmark.Parameters.Items.Select(item => string.Create(CultureInfo.InvariantCulture, $"{item.Name} {item.Value}"))),
            statistics?.Mean,
            statistics?.ConfidenceInterval.Margin ?? double.NaN,
            report.GcStats.GetBytesAllocatedPerOperation(benchmark),
            new Operation(benchmark.Descriptor.Type, method, []).AllocatedBytesMax);
    }
}
