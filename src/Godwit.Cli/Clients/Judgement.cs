using System.Globalization;
using Godwit.Cli.Terminal;
using Godwit.Conformance.Reports;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;

namespace Godwit.Cli.Clients;

/// <summary>The work of <c>godwit conformance</c>.</summary>
internal sealed record Judgement
{
    /// <summary>What to check.</summary>
    internal required IReadOnlyList<Check> Checks { get; init; }

    /// <summary>The broker.</summary>
    internal required Endpoint Endpoint { get; init; }

    /// <summary>How long one answer may take.</summary>
    internal required TimeSpan Patience { get; init; }

    /// <summary>JSON Lines instead of text.</summary>
    internal bool IsJson { get; init; }

    /// <summary>Where the JUnit XML goes; null for nowhere.</summary>
    internal string? JUnitFile { get; init; }

    /// <summary>Packets, skipped checks and choices as well.</summary>
    internal bool IsVerbose { get; init; }

    /// <summary>No progress.</summary>
    internal bool IsQuiet { get; init; }

    /// <summary>Runs the checks and prints the report.</summary>
    /// <returns>The exit code of the process.</returns>
    internal async Task<int> RunAsync(Interruption interruption)
    {
        // Opened first: a file that cannot be written is better known before than after the run.
        FileStream? junit = null;
        try
        {
            junit = JUnitFile is null ? null : File.Create(JUnitFile);
            var results = await JudgeAsync(interruption.Token).ConfigureAwait(false);
            if (junit is not null)
            {
                JUnitReport.Write(junit, results);
            }

            Report(results);
            return interruption.ExitCode != 0 ? interruption.ExitCode : ExitCode(results);
        }
        catch (UnreachableException exception)
        {
            await Console.Error.WriteLineAsync($"Error: no broker to judge at {exception.Message}").ConfigureAwait(false);
            return ClientErrors.Failed;
        }
        catch (OperationCanceledException) when (interruption.ExitCode != 0)
        {
            return interruption.ExitCode;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"Error: --junit {JUnitFile}: {exception.Message}").ConfigureAwait(false);
            return ClientErrors.Failed;
        }
        finally
        {
            if (junit is not null)
            {
                await junit.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private static int ExitCode(IReadOnlyList<CheckResult> results) =>
        results.Any(result => result.IsMandatoryFailure || result.Outcome == CheckOutcome.NotRun) ? ClientErrors.Failed : 0;

    private Task<IReadOnlyList<CheckResult>> JudgeAsync(CancellationToken cancellationToken)
    {
        var runner = new CheckRunner(Endpoint, new RunnerOptions { Patience = Patience });
        var failed = 0;
        return WorkProgress.RunAsync(
            $"Judging {Endpoint.Name}",
            Checks.Count,
            IsQuiet,
            step => runner.RunAsync(
                Checks,
                result =>
                {
                    failed += result.Outcome == CheckOutcome.Failed ? 1 : 0;
                    if (IsJson)
                    {
                        Console.Out.WriteLine(JsonReport.Line(result));
                    }

                    step(string.Create(CultureInfo.InvariantCulture, $"{failed} failed"));
                },
                cancellationToken));
    }

    private void Report(IReadOnlyList<CheckResult> results)
    {
        if (IsJson)
        {
            Console.Out.WriteLine(JsonReport.Summary(results));
            return;
        }

        TextReport.Write(Console.Out, results, IsVerbose);
    }
}
