using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Godwit.House.Rules;

/// <summary>
/// Every statement that the code names exists: <c>MQTT-…</c> in MQTT 5.0, <c>MQTT3-…</c> in MQTT 3.1.1, <c>MQTT31-…</c> for a difference
/// of MQTT 3.1, <c>R1</c> to <c>R56</c> in docs/requirements.md, <c>Trap-1</c> in docs/traps.csv, <c>Hostile-1</c> in docs/hostile-input.csv,
/// <c>Row-1</c> to <c>Row-61</c> for a weakness that another broker has had and that a test keeps out.
/// </summary>
public static partial class SpecTagRule
{
    /// <summary>Rows of docs/requirements.md.</summary>
    public const int RequirementsCount = 56;

    /// <summary>Weaknesses of other brokers that were looked at.</summary>
    public const int WeaknessesCount = 61;

    private static readonly HashSet<string> Known =
    [
        .. SpecList.Statements.Concat(SpecList.Version31).Concat(SpecList.Traps).Concat(SpecList.HostileInput).Select(row => row.Id),
        .. Enumerable.Range(1, RequirementsCount).Select(row => $"R{row}"),
        .. Enumerable.Range(1, WeaknessesCount).Select(row => $"Row-{row}"),
    ];

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

    /// <summary>The string literals of all <c>[Spec(...)]</c> and <c>[Check(...)]</c> attributes below a node.</summary>
    public static IEnumerable<LiteralExpressionSyntax> SpecIds(CSharpSyntaxNode node) =>
        node.DescendantNodes().OfType<AttributeSyntax>()
            .Where(attribute => attribute.Name.ToString() is "Spec" or "Check")
            .SelectMany(attribute => attribute.DescendantNodes().OfType<LiteralExpressionSyntax>())
            .Where(literal => literal.RawKind == (int)SyntaxKind.StringLiteralExpression);

    private static bool Exists(string id) => Known.Contains(id);

    // A bracket that begins so is meant as a tag, whatever follows: a wrong separator is a slip to be found.
    [GeneratedRegex(@"\[(MQTT(?:31?)?-[^\]\n]*)\]")]
    private static partial Regex Tag();

    [GeneratedRegex(@"""(MQTT(?:31?)?-[0-9][^""\\\n]*)\\?""")]
    private static partial Regex QuotedId();
}
