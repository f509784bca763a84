using System.Globalization;
using System.Text;
using Godwit.Compare.Brokers;
using Godwit.Compare.Judging;

namespace Godwit.Compare.Reports;

/// <summary>The tables as Markdown, for the terminal and for docs/performance.md.</summary>
internal static class ComparisonText
{
    /// <summary>The whole page.</summary>
    public static string Page(Comparison comparison)
    {
        var page = new StringBuilder();
        page.Append("# Performance\n\n`bench/compare --write` made this page; it is not edited by hand. Medians of one run on one machine: compare the columns, not the\n");
        page.Append("figures with those of another machine. Less is better everywhere. [bench.md](bench.md) says how the load is made,\n[scaling.md](scaling.md) what becomes of the cost of a message when there is more of everything.\n\n| | |\n|---|---|\n");
        foreach (var (name, text) in comparison.Circumstances)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {name} | {text} |\n");
        }

        page.Append("\n`godwit memory` keeps as much as mosquitto does here, nothing on disk; `godwit durable` is the default: what it acknowledges is on the disk.\n");
        page.Append("`relay` has no broker logic at all. Queues have no limit in any of them. Each run is against a fresh process.\n\n");
        return page.Append(Tables(comparison)).ToString();
    }

    /// <summary>Figures, bars and faults.</summary>
    public static string Tables(Comparison comparison)
    {
        var text = new StringBuilder();
        AppendFigures(text, comparison);
        AppendBars(text, comparison);
        if (comparison.Faults.Count > 0)
        {
            text.Append("\n## What went wrong\n\n");
            foreach (var fault in comparison.Faults)
            {
                text.Append(CultureInfo.InvariantCulture, $"* {fault}\n");
            }
        }

        return text.ToString();
    }

    private static void AppendFigures(StringBuilder text, Comparison comparison)
    {
        text.Append("## Figures\n\n| workload | figure |");
        foreach (var broker in comparison.Brokers)
        {
            text.Append(CultureInfo.InvariantCulture, $" {BrokerNames.Of(broker)} |");
        }

        text.Append(" memory / mosquitto | durable / mosquitto |\n|---|---|").Insert(text.Length, "--:|", comparison.Brokers.Count + 2).Append('\n');
        foreach (var row in comparison.Rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {row.Workload} {row.Title} | {row.Figure} |");
            foreach (var broker in comparison.Brokers)
            {
                text.Append(CultureInfo.InvariantCulture, $" {Numbers.Short(row.MedianOf(broker))} |");
            }

            var memory = Ratio(row.Ratio(BrokerKind.GodwitMemory, BrokerKind.Mosquitto));
            var durable = Ratio(row.Ratio(BrokerKind.GodwitDurable, BrokerKind.Mosquitto));
            text.Append(CultureInfo.InvariantCulture, $" {memory} | {durable} |\n");
        }
    }

    private static void AppendBars(StringBuilder text, Comparison comparison)
    {
        text.Append("\n## Bars\n\n| workload | figure | broker | divided by | ratio | at most | |\n|---|---|---|---|--:|--:|---|\n");
        foreach (var row in comparison.Rows)
        {
            foreach (var bar in row.Bars)
            {
                var verdict = bar.Verdict switch
                {
                    Verdict.Reached => "reached",
                    Verdict.Missed => "**missed**",
                    _ => "not judged",
                };
                var why = bar.Why.Length > 0 ? ": " + bar.Why : "";
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"| {row.Workload} | {row.Figure} | {BrokerNames.Of(bar.Broker)} | {BrokerNames.Of(bar.Against)} | {Ratio(bar.Ratio)} | {Ratio(bar.RatioMax)} | {verdict}{why} |\n");
            }
        }

        var all = comparison.Rows.SelectMany(row => row.Bars).ToLookup(bar => bar.Verdict);
        text.Append(CultureInfo.InvariantCulture, $"\n{all[Verdict.Reached].Count()} bars reached, {all[Verdict.Missed].Count()} missed, {all[Verdict.NotJudged].Count()} not judged.\n");
    }

    private static string Ratio(double? ratio) => ratio?.ToString("0.000", CultureInfo.InvariantCulture) ?? "-";
}
