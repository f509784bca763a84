using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Godwit.House.Rules;

/// <summary>A file fits a sitting, a method fits a screen. A table of rows is data: it counts for its file only.</summary>
public static class SizeRule
{
    /// <summary>Lines of a file, the last included.</summary>
    public const int FileLinesMax = 400;

    /// <summary>Lines of a method from its name to its last brace; documentation and attributes do not count.</summary>
    public const int MethodLinesMax = 60;

    /// <summary>Looks at one file.</summary>
    /// <returns>One sentence for each thing that is too long.</returns>
    public static IEnumerable<string> Check(SourceFile file)
    {
        if (file.Lines.Count > FileLinesMax)
        {
            yield return $"{file.Path} has {file.Lines.Count} lines, more than {FileLinesMax}";
        }

        foreach (var node in file.Syntax.DescendantNodes().Where(IsMethod))
        {
            var lines = LinesOf(node);
            if (lines > MethodLinesMax)
            {
                yield return $"{file.Path}:{file.LineOf(node.SpanStart)} has a method of {lines} lines, more than {MethodLinesMax}";
            }
        }

        var statements = file.Syntax.Members.OfType<GlobalStatementSyntax>().ToList();
        if (statements.Count > 0 && LinesBetween(statements[0].GetFirstToken(), statements[^1].GetLastToken()) is var main and > MethodLinesMax)
        {
            yield return $"{file.Path} has {main} lines of top-level statements, more than {MethodLinesMax}";
        }
    }

    private static bool IsMethod(SyntaxNode node) =>
        node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax
            or PropertyDeclarationSyntax { ExpressionBody: { Expression: not CollectionExpressionSyntax } };

    private static int LinesOf(SyntaxNode node)
    {
        var attributes = node.ChildNodes().OfType<AttributeListSyntax>().LastOrDefault();
        var first = attributes is null ? node.GetFirstToken() : attributes.GetLastToken().GetNextToken();
        return LinesBetween(first, node.GetLastToken());
    }

    private static int LinesBetween(SyntaxToken first, SyntaxToken last) =>
        last.GetLocation().GetLineSpan().EndLinePosition.Line - first.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
}
