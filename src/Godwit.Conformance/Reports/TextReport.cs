using System.Globalization;
using Godwit.Conformance.Running;

namespace Godwit.Conformance.Reports;

/// <summary>The verdicts for a person: each failure with its statement, what was sent, expected and came; then the numbers.</summary>
public static class TextReport
{
    /// <summary>Writes the report.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="results">In the order in which they are shown.</param>
    /// <param name="isVerbose">Also the packets of each failure, the choices that the broker made, and what was left out.</param>
    public static void Write(TextWriter output, IReadOnlyList<CheckResult> results, bool isVerbose)
    {
        foreach (var failure in results.Where(result => result.Outcome == CheckOutcome.Failed))
        {
            WriteFailure(output, failure, isVerbose);
        }

        foreach (var group in Reasons(results, CheckOutcome.NotRun))
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"NOT RUN  {group.Count()} checks: {group.Key}"));
        }

        if (isVerbose)
        {
            foreach (var group in Reasons(results, CheckOutcome.Skipped))
            {
                output.WriteLine($"SKIPPED  {group.Key}");
                foreach (var result in group)
                {
                    output.WriteLine($"  {result.Check.FullName}");
                }
            }

            WriteChoices(output, results);
        }

        output.WriteLine(Summary(results));
    }

    /// <summary>One line with the numbers, e.g. <c>512 passed, 3 failed (1 of them recommended only), 4 skipped</c>.</summary>
    public static string Summary(IReadOnlyList<CheckResult> results)
    {
        var failed = Count(CheckOutcome.Failed);
        var recommended = results.Count(result => result.Outcome == CheckOutcome.Failed && !result.IsMandatoryFailure);
        var text = string.Create(CultureInfo.InvariantCulture, $"{Count(CheckOutcome.Passed)} passed, {failed} failed");
        if (recommended > 0)
        {
            text += string.Create(CultureInfo.InvariantCulture, $" ({recommended} of them against a recommendation only)");
        }

        text += Part(CheckOutcome.Skipped, "skipped");
        return text + Part(CheckOutcome.NotRun, "not run");

        int Count(CheckOutcome outcome) => results.Count(result => result.Outcome == outcome);
        string Part(CheckOutcome outcome, string word) =>
            Count(outcome) is > 0 and var count ? string.Create(CultureInfo.InvariantCulture, $", {count} {word}") : "";
    }

    private static IEnumerable<IGrouping<string, CheckResult>> Reasons(IReadOnlyList<CheckResult> results, CheckOutcome outcome) =>
        results.Where(result => result.Outcome == outcome).GroupBy(result => result.Reason, StringComparer.Ordinal);

    private static void WriteFailure(TextWriter output, CheckResult failure, bool isVerbose)
    {
        output.WriteLine($"{(failure.IsMandatoryFailure ? "FAILED" : "ADVICE")}  {failure.Check.FullName}");
        foreach (var id in failure.Check.Ids)
        {
            var meaning = Statements.Find(id)?.Meaning;
            output.WriteLine(meaning is null ? $"  {id}" : $"  {id}: {meaning}");
        }

        output.WriteLine($"  sent      {failure.Sent}");
        output.WriteLine($"  expected  {failure.Expected}");
        output.WriteLine($"  came      {failure.Came}");
        if (isVerbose)
        {
            foreach (var line in failure.Transcript)
            {
                output.WriteLine($"    {line}");
            }
        }

        output.WriteLine();
    }

    private static void WriteChoices(TextWriter output, IReadOnlyList<CheckResult> results)
    {
        output.WriteLine("Where the specification leaves a choice, the broker:");
        foreach (var result in results.Where(result => result.Observations.Count > 0))
        {
            output.WriteLine($"  {result.Check.FullName}: {string.Join("; ", result.Observations)}");
        }
    }
}
