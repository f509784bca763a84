using System.Text;
using System.Text.RegularExpressions;

namespace Godwit.House.Rules;

/// <summary>Links between our documents lead somewhere.</summary>
public static partial class LinkRule
{
    /// <summary>Looks at the relative links of a Markdown file, those to a heading included.</summary>
    /// <param name="document">The file.</param>
    /// <param name="read">Gives another file of the repository by its path, or null when there is none; the empty text for a folder.</param>
    /// <returns>One sentence for each link that leads nowhere.</returns>
    public static IEnumerable<string> Check(SourceFile document, Func<string, string?> read)
    {
        foreach (Match link in Link().Matches(Code().Replace(document.Text, match => new string(' ', match.Length))))
        {
            var target = link.Groups[1].Value;
            if (target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal))
            {
                continue;
            }

            var parts = target.Split('#', 2);
            var path = parts[0].Length == 0 ? document.Path : Resolve(document.Path, parts[0]);
            var text = parts[0].Length == 0 ? document.Text : read(path);
            if (text is null)
            {
                yield return $"{document.Path} links to {target}, and there is no {path}";
            }
            else if (parts.Length == 2 && !Anchors(text).Contains(parts[1]))
            {
                yield return $"{document.Path} links to {target}, and {path} has no such heading";
            }
        }
    }

    /// <summary>Reads a file of this repository for <see cref="Check"/>.</summary>
    public static string? ReadFromRepository(string path)
    {
        var full = Repository.FullPath(path);
        return Directory.Exists(full) ? "" : File.Exists(full) ? File.ReadAllText(full) : null;
    }

    private static string Resolve(string from, string target)
    {
        var parts = new List<string>(from.Split('/')[..^1]);
        foreach (var part in target.TrimEnd('/').Split('/'))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    // The rule of GitHub: lower case, spaces to hyphens, everything but letters, digits, hyphens and underscores away.
    private static IEnumerable<string> Anchors(string text) =>
        Heading().Matches(text).Select(match =>
        {
            var anchor = new StringBuilder();
            foreach (var character in match.Groups[1].Value.Trim().ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_'))
            {
                anchor.Append(character == ' ' ? '-' : character);
            }

            return anchor.ToString();
        });

    [GeneratedRegex(@"\]\(<?([^)\s>]+)>?\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("^```.*?^```|`[^`\n]+`", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();
}
