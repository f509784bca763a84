using System.Text.RegularExpressions;

namespace Godwit.House.Rules;

/// <summary>Files hold finished work; the issue list holds the rest.</summary>
public static partial class WordRule
{
    /// <summary>Looks at one file.</summary>
    /// <returns>One sentence for each note of unfinished work.</returns>
    public static IEnumerable<string> Check(SourceFile file) =>
        UnfinishedWork().Matches(file.Text).Select(match => $"{file.Path}:{file.LineOf(match.Index)} says {match.Value}");

    // Written so that this file passes its own rule.
    [GeneratedRegex(@"\b(?:T[O]DO|FIX[M]E|H[A]CK)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex UnfinishedWork();
}
