using System.Globalization;
using System.Text;
using Godwit.Compare.Judging;
using Godwit.Compare.Reports;

namespace Godwit.Compare.Idle;

/// <summary>The tables as Markdown, for the terminal and for docs/idle.md.</summary>
internal static class IdleText
{
    /// <summary>The whole page.</summary>
    public static string Page(IdleReport report)
    {
        var page = new StringBuilder();
        page.Append("# Idle cost\n\n`bench/idle --write` made this page; it is not edited by hand. What a broker costs that has little to do; Godwit as by default, with its\n");
        page.Append("store on disk. [bench.md](bench.md#idle-cost) says how it is measured.\n\n| | |\n|---|---|\n");
        foreach (var (name, text) in report.Circumstances)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {name} | {text} |\n");
        }

        return page.Append("\n## Figures\n\n").Append(Tables(report)).ToString();
    }

    /// <summary>Figures, parts of memory, threads.</summary>
    public static string Tables(IdleReport report)
    {
        var text = new StringBuilder("| figure | unit | godwit | mosquitto | ratio | at most | |\n|---|---|--:|--:|--:|--:|---|\n");
        foreach (var figure in report.Figures)
        {
            var verdict = figure.Verdict switch { Verdict.Reached => "reached", Verdict.Missed => "**missed**", _ => "" };
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {figure.Name} | {figure.Unit} | {Numbers.Short(figure.Godwit)} | {Numbers.Short(figure.Mosquitto)} | {Numbers.Short(figure.Ratio)} | {figure.Max?.ToString("#,0.###", CultureInfo.InvariantCulture) ?? ""} | {verdict}{(figure.Fault.Length > 0 ? ": " + figure.Fault : "")} |\n");
        }

        if (report.Memory.Count > 0)
        {
            var all = report.Memory.Sum(part => part.Kb) / 1024.0;
            text.Append("\n## What the memory of an empty broker is made of\n\n| | MB | |\n|---|--:|--:|\n");
            foreach (var (group, kb) in report.Memory)
            {
                text.Append(CultureInfo.InvariantCulture, $"| {group} | {kb / 1024.0:0.0} | {kb / 1024.0 / all:0 %} |\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"| all | {all:0.0} | |\n");
        }

        if (report.Threads.Count > 0)
        {
            text.Append("\n## Who wakes in an empty broker\n\n| thread | wake-ups a second | CPU µs a second |\n|---|--:|--:|\n");
            foreach (var thread in report.Threads)
            {
                text.Append(CultureInfo.InvariantCulture, $"| {thread.Name} | {thread.Wakes / report.ThreadSeconds:0.0} | {thread.CpuNs / 1000.0 / report.ThreadSeconds:0} |\n");
            }
        }

        return text.ToString();
    }
}
