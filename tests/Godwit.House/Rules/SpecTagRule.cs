using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Godwit.House.Rules;

/// <summary>
/// Every statement that the code names exists: <c>MQTT-…</c> in MQTT 5.0, <c>MQTT3-…</c> in MQTT 3.1.1, <c>R1</c> to <c>R56</c> in
/// docs/requirements.md.
/// </summary>
public static partial class SpecTagRule
{
    /// <summary>Rows of docs/requirements.md.</summary>
    public const int RequirementsCount = 56;

    private static readonly HashSet<string> Statements = [.. ReadStatements(Repository.Read("docs/normative.csv").Text)];

    /// <summary>Reads the list of normative statements.</summary>
    /// <param name="csv">Lines of <c>id,version,…</c> below a line of headings.</param>
    /// <returns>The ids as our code writes them: those of 3.1.1 begin with MQTT3.</returns>
    public static IEnumerable<string> ReadStatements(string csv) =>
        csv.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(line => line.Split(','))
            .Select(cells => cells[1] == "5.0" ? cells[0] : "MQTT3" + cells[0][4..]);

    /// <summary>Looks at the tags in brackets, in code and in Markdown, at quoted ids, and at the ids of Spec attributes.</summary>
    /// <returns>One sentence for each id that does not exist.</returns>
    public static IEnumerable<string> Check(SourceFile file)
    {
        var named = Tag().Matches(file.Text).Concat(QuotedId().Matches(file.Text))
            .Select(match => (Id: match.Groups[1].Value, Line: file.LineOf(match.Index)));
        if (file.Path.EndsWith(".cs", StringComparison.Ordinal))
        {
            named = named.Concat(SpecIds(file.Syntax).Select(literal => (literal.Token.ValueText, file.LineOf(literal.SpanStart))));
        }

        return named.Where(tag => !Exists(tag.Id)).Select(tag => $"{file.Path}:{tag.Line} names {tag.Id}, which does not exist").Distinct();
    }

    /// <summary>The string literals of all <c>[Spec(...)]</c> attributes below a node.</summary>
    public static IEnumerable<LiteralExpressionSyntax> SpecIds(CSharpSyntaxNode node) =>
        node.DescendantNodes().OfType<AttributeSyntax>()
            .Where(attribute => attribute.Name.ToString() is "Spec" or "SpecAttribute")
            .SelectMany(attribute => attribute.DescendantNodes().OfType<LiteralExpressionSyntax>());

    private static bool Exists(string id) =>
        Statements.Contains(id)
        || (id.StartsWith('R')
            && int.TryParse(id.AsSpan(1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var row)
            && row is >= 1 and <= RequirementsCount);

    // A bracket that begins so is meant as a tag, whatever follows: a wrong separator is a slip to be found.
    [GeneratedRegex(@"\[(MQTT3?-[^\]\n]*)\]")]
    private static partial Regex Tag();

    [GeneratedRegex(@"""(MQTT3?-[0-9][^""\\\n]*)\\?""")]
    private static partial Regex QuotedId();
}
