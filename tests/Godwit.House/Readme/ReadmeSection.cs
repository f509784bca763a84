using System.Globalization;
using System.Text.RegularExpressions;

namespace Godwit.House.Readme;

/// <summary>
/// The steps of one section of README.md. A comment before each fenced block says what it is, invisible to the reader of the page:
/// <c>terminal 2</c>, <c>terminal 2, runs on</c>, <c>terminal 2: Ctrl-C</c> (no block), <c>terminal 2 prints</c>,
/// <c>terminals 2 and 4 print</c> (together, in any order), <c>run by .ci/run</c>.
/// </summary>
public static partial class ReadmeSection
{
    /// <summary>Reads one section.</summary>
    /// <param name="markdown">The whole page.</param>
    /// <param name="heading">Of the section, without <c>##</c>.</param>
    /// <exception cref="FormatException">A fenced block has no comment before it, or a comment no block.</exception>
    public static IReadOnlyList<Step> Read(string markdown, string heading)
    {
        var start = markdown.IndexOf($"\n## {heading}\n", StringComparison.Ordinal);
        if (start < 0)
        {
            throw new FormatException($"there is no section '{heading}'");
        }

        var end = markdown.IndexOf("\n## ", start + 1, StringComparison.Ordinal);
        var section = markdown[start..(end < 0 ? markdown.Length : end)];
        var steps = new List<Step>();
        string? comment = null;
        foreach (Match match in CommentOrBlock().Matches(section))
        {
            if (match.Groups["block"].Success)
            {
                steps.Add(ToStep(comment ?? throw new FormatException($"no comment says what this block is: {match.Value}"), match.Groups["block"].Value));
                comment = null;
            }
            else if (InterruptComment().Match(match.Groups["comment"].Value) is { Success: true } interrupt)
            {
                steps.Add(new Step(StepKind.Interrupt, Numbers(interrupt.Value), ""));
            }
            else
            {
                comment = comment is null ? match.Groups["comment"].Value : throw new FormatException($"no block follows '{comment}'");
            }
        }

        return comment is null ? steps : throw new FormatException($"no block follows '{comment}'");
    }

    private static Step ToStep(string comment, string block)
    {
        if (comment == "run by .ci/run")
        {
            return new Step(StepKind.RunByCI, [], block);
        }

        var kind = BlockComment().Match(comment) is { Success: true } match
            ? match.Groups["what"].Value switch
            {
                "" => StepKind.Run,
                ", runs on" => StepKind.RunOn,
                _ => StepKind.Prints,
            }
            : throw new FormatException($"'{comment}' is none of the known comments");
        return new Step(kind, Numbers(comment), block);
    }

    private static List<int> Numbers(string comment) =>
        [.. Number().Matches(comment).Select(match => int.Parse(match.ValueSpan, CultureInfo.InvariantCulture))];

    [GeneratedRegex(@"^<!-- (?<comment>.*) -->$|^```(?:sh|text)\n(?<block>(?s:.*?))^```$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex CommentOrBlock();

    [GeneratedRegex(@"^terminals? \d+(?: and \d+)*(?<what>|, runs on| prints?)$", RegexOptions.ExplicitCapture)]
    private static partial Regex BlockComment();

    [GeneratedRegex(@"^terminal \d+: Ctrl-C$")]
    private static partial Regex InterruptComment();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}
