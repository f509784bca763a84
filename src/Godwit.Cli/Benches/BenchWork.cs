using Godwit.Bench.Plans;
using Godwit.Bench.Reports;
using Godwit.Bench.Runs;
using Godwit.Cli.Clients;

namespace Godwit.Cli.Benches;

/// <summary>The work of <c>godwit bench</c>: run, report, compare.</summary>
internal sealed record BenchWork
{
    internal required BenchPlan Plan { get; init; }

    /// <summary>JSON instead of the table.</summary>
    internal bool IsJson { get; init; }

    /// <summary>No progress.</summary>
    internal bool IsQuiet { get; init; }

    /// <summary>Where the HTML goes; null: nowhere.</summary>
    internal string? ReportFile { get; init; }

    /// <summary>What to compare with; null: nothing.</summary>
    internal Baseline? Baseline { get; init; }

    /// <summary>How much worse is allowed, as a share.</summary>
    internal double Tolerance { get; init; }

    /// <summary>Does it.</summary>
    /// <returns>The exit code of the process.</returns>
    internal async Task<int> RunAsync(Interruption interruption)
    {
        StreamWriter? report = null;
        try
        {
            // Opened first: a file that cannot be written is better known before than after the run.
            report = ReportFile is null ? null : new StreamWriter(ReportFile);
            var result = Execute(interruption);
            Console.Out.WriteLine(IsJson ? JsonReport.Write(result) : TextReport.Write(result));
            if (report is not null)
            {
                await report.WriteAsync(HtmlReport.Write(result)).ConfigureAwait(false);
            }

            var isWorse = Baseline is { } baseline && Compare(baseline, result);
            return interruption.ExitCode != 0 ? interruption.ExitCode : isWorse ? ClientErrors.Failed : 0;
        }
        catch (BenchException exception)
        {
            await Console.Error.WriteLineAsync($"Error: {exception.Message}").ConfigureAwait(false);
            return interruption.ExitCode != 0 ? interruption.ExitCode : ClientErrors.Failed;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"Error: --report {ReportFile}: {exception.Message}").ConfigureAwait(false);
            return ClientErrors.Failed;
        }
        finally
        {
            if (report is not null)
            {
                await report.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private BenchResult Execute(Interruption interruption)
    {
        using var view = new BenchView(Plan, IsQuiet);
        return BenchRun.Execute(Plan, view.Show, interruption.Token);
    }

    private bool Compare(Baseline baseline, BenchResult result)
    {
        var comparison = Comparison.Of(baseline, Baseline.Of(result), Tolerance);
        Console.Error.WriteLine(comparison.ToTable());
        return comparison.IsWorse;
    }
}
