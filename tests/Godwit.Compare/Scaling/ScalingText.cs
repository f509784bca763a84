using System.Globalization;
using System.Text;
using Godwit.Compare.Reports;

namespace Godwit.Compare.Scaling;

/// <summary>The tables as Markdown, for the terminal and for docs/scaling.md.</summary>
internal static class ScalingText
{
    /// <summary>The whole page.</summary>
    /// <param name="report">Of a full run.</param>
    /// <param name="plots">The directory of the plots, as seen from the page.</param>
    public static string Page(ScalingReport report, string plots)
    {
        var page = new StringBuilder();
        page.Append("# Scaling\n\n`bench/scaling --write` made this page; it is not edited by hand. What a message costs the broker in CPU time, while there is more and\n");
        page.Append("more of one thing. The broker is in memory mode, as one process that is fresh for each point; the generator is `godwit bench` on the same\n");
        page.Append("machine. *Growth* is the cost at the last point divided by the cheapest of the points before it. How Godwit stands beside other brokers is in\n");
        page.Append("performance.md, made by `bench/compare`; [bench.md](bench.md) says how to run both.\n\n| | |\n|---|---|\n");
        foreach (var (name, text) in report.Circumstances)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {name} | {text} |\n");
        }

        page.Append('\n').Append(Summary(report));
        foreach (var group in report.Results.GroupBy(result => result.Axis).Where(group => group.Key.HasPlot))
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {Heading(group.Key.Id)}\n\n{Sentence(group.Key.Title)} {group.Key.Promise}\n\n");
            page.Append(CultureInfo.InvariantCulture, $"![{group.Key.Unit} and CPU time of a message]({plots}/{group.Key.Id}.svg)\n\n");
            AppendPoints(page, group.Key.Unit, [.. group]);
        }

        AppendPressure(page, report);
        return page.ToString();
    }

    /// <summary>Growth of each figure, and what went wrong.</summary>
    public static string Summary(ScalingReport report)
    {
        var text = new StringBuilder("| axis | from | to | figure | first | last | growth | at most | |\n|---|--:|--:|---|--:|--:|--:|--:|---|\n");
        foreach (var result in report.Results)
        {
            var (first, last) = (result.Points[0], result.Points[^1]);
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {result.Axis.Id} | {first.Point.Label} | {last.Point.Label} | {result.Figure.Name} | {Numbers.Short(AxisResult.MedianOf(first.Values))} | {Numbers.Short(AxisResult.MedianOf(last.Values))} | {Numbers.Short(result.Growth)} | {result.Figure.GrowthMax} | {(result.IsKept ? "kept" : "**faster**")} |\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"\n{report.Results.Count(result => result.IsKept)} kept, {report.Results.Count(result => !result.IsKept)} grow faster than stated.\n");
        foreach (var fault in report.Faults)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n* went wrong: {fault}");
        }

        return text.Append(report.Faults.Count > 0 ? "\n" : "").ToString();
    }

    private static void AppendPoints(StringBuilder page, string unit, IReadOnlyList<AxisResult> results)
    {
        page.Append(CultureInfo.InvariantCulture, $"| {unit} |{string.Concat(results.Select(result => $" {result.Figure.Name} |"))}\n|--:|").Insert(page.Length, "--:|", results.Count).Append('\n');
        for (var i = 0; i < results[0].Points.Count; i++)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {results[0].Points[i].Point.Label} |{string.Concat(results.Select(result => $" {Numbers.Short(AxisResult.MedianOf(result.Points[i].Values))} |"))}\n");
        }
    }

    private static void AppendPressure(StringBuilder page, ScalingReport report)
    {
        var results = report.Results.Where(result => !result.Axis.HasPlot).ToList();
        if (results.Count == 0)
        {
            return;
        }

        page.Append("\n## More generator\n\nWorkloads of performance.md with one generator thread, with two, and with two while the broker has the first processor for itself.\n");
        page.Append(CultureInfo.InvariantCulture, $"{results[0].Axis.Promise}\n\n| CPU µs/message |");
        var labels = results.SelectMany(result => result.Points.Select(point => point.Point.Label)).Distinct(StringComparer.Ordinal).ToList();
        page.Append(CultureInfo.InvariantCulture, $"{string.Concat(labels.Select(label => $" {label} |"))}\n|---|").Insert(page.Length, "--:|", labels.Count).Append('\n');
        foreach (var result in results)
        {
            var cells = labels.Select(label => result.Points.Where(point => point.Point.Label == label).Select(point => AxisResult.MedianOf(point.Values)).FirstOrDefault());
            page.Append(CultureInfo.InvariantCulture, $"| {result.Axis.Id["pressure-".Length..]} |{string.Concat(cells.Select(cell => $" {Numbers.Short(cell)} |"))}\n");
        }
    }

    private static string Heading(string id) => char.ToUpperInvariant(id[0]) + id[1..];

    private static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..] + ".";
}
