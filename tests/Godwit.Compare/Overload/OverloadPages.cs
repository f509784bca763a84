using System.Globalization;
using System.Text;
using Godwit.Compare.Judging;
using Godwit.Compare.Reports;
using Godwit.Compare.Running;

namespace Godwit.Compare.Overload;

/// <summary>Tables as Markdown; those of full parts are kept, so that docs/overload.md can be made of runs of single parts.</summary>
/// <param name="directory">Where they are kept.</param>
internal sealed class OverloadPages(string directory)
{
    /// <summary>Figures of a part.</summary>
    public static string Table(IReadOnlyList<OverloadFigure> figures)
    {
        var text = new StringBuilder("| figure | unit | godwit | mosquitto | ratio | at most | |\n|---|---|--:|--:|--:|--:|---|\n");
        foreach (var figure in figures)
        {
            var verdict = figure.Verdict switch { Verdict.Reached => "reached", Verdict.Missed => "**missed**", _ => "" };
            var note = string.Join("; ", new[] { verdict, figure.Note }.Where(words => words.Length > 0));
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {figure.Name} | {figure.Unit} | {Numbers.Short(figure.Godwit)} | {Numbers.Short(figure.Mosquitto)} | {Numbers.Short(figure.Ratio)} | {figure.Max?.ToString("#,0.###", CultureInfo.InvariantCulture) ?? ""} | {note} |\n");
        }

        return text.ToString();
    }

    /// <summary>Keeps the table of a part.</summary>
    public void Keep(string part, string table)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(FileOf(part), table);
    }

    /// <summary>Writes the page.</summary>
    /// <exception cref="InvalidOperationException">A part was never measured in full.</exception>
    public void WritePage(string path)
    {
        var missing = OverloadOptions.AllParts.Where(part => !File.Exists(FileOf(part))).ToList();
        if (missing.Count > 0)
        {
            throw new InvalidOperationException($"--write wants full measurements of all parts; there are none of {string.Join(", ", missing)}");
        }

        var page = new StringBuilder("# Overload\n\n`bench/overload --write` made this page; it is not edited by hand. What brokers do that are asked for too much, Godwit and Debian's mosquitto\n");
        page.Append("on the same machine; the generators have their part of its processors. [bench.md](bench.md#overload) says how it is measured.\n\n| | |\n|---|---|\n");
        foreach (var (name, text) in Machine.Describe())
        {
            page.Append(CultureInfo.InvariantCulture, $"| {name} | {text} |\n");
        }

        foreach (var part in OverloadOptions.AllParts)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {OverloadParts.Titles[part]}\n\n{OverloadParts.Words[part]}\n\n{File.ReadAllText(FileOf(part))}");
        }

        File.WriteAllText(path, page.ToString());
    }

    private string FileOf(string part) => Path.Combine(directory, part + ".md");
}
