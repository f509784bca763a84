using System.Text.RegularExpressions;

namespace Godwit.House.Rules;

/// <summary>CHANGELOG.md keeps to keepachangelog.com: what comes next stands on top, under headings that say what kind of change it is.</summary>
public static partial class ChangelogRule
{
    private static readonly string[] Kinds = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];

    /// <summary>Looks at the whole file.</summary>
    /// <returns>One sentence for each thing that is not as it should be.</returns>
    public static IEnumerable<string> Check(string changelog)
    {
        var releases = Release().Matches(changelog);
        if (releases.Count == 0 || releases[0].Groups[1].Value != "[Unreleased]")
        {
            yield return "the first release heading must be \"## [Unreleased]\"";
        }

        foreach (var release in releases.Skip(1).Where(release => !Version().IsMatch(release.Groups[1].Value)))
        {
            yield return $"\"{release.Value}\" is not of the form \"## [1.2.3] - 2026-11-21\"";
        }

        foreach (var kind in Kind().Matches(changelog).Select(match => match.Groups[1].Value).Where(kind => !Kinds.Contains(kind)))
        {
            yield return $"\"### {kind}\" is none of {string.Join(", ", Kinds)}";
        }
    }

    [GeneratedRegex("^## (.*)$", RegexOptions.Multiline)]
    private static partial Regex Release();

    [GeneratedRegex("^### (.*)$", RegexOptions.Multiline)]
    private static partial Regex Kind();

    [GeneratedRegex(@"^\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d$")]
    private static partial Regex Version();
}
