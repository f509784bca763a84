using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Godwit.House.Rules;

/// <summary>One public type per file, and the file has its name: a reader finds a type without a search.</summary>
public static class FileNameRule
{
    /// <summary>
    /// Looks at one file. Nested types do not count; <c>Pool</c> and <c>Pool&lt;T&gt;</c> may share a file; a part of a partial type may
    /// stand in <c>Pool.Part.cs</c>.
    /// </summary>
    /// <returns>One sentence for each type that stands in the wrong file.</returns>
    public static IEnumerable<string> Check(SourceFile file)
    {
        var types = file.Syntax.DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .OfType<MemberDeclarationSyntax>()
            .Where(member => member.Modifiers.Any(SyntaxKind.PublicKeyword) && NameOf(member).Length > 0)
            .ToList();
        var names = types.Select(NameOf).Distinct().ToList();
        if (names.Count > 1)
        {
            yield return $"{file.Path} has {names.Count} public types: {string.Join(", ", names)}";
        }

        var fileName = Path.GetFileNameWithoutExtension(file.Path);
        foreach (var type in types.Where(type => NameOf(type) != fileName && !IsPart(type, fileName)))
        {
            yield return $"{file.Path} has the public type {NameOf(type)}, which belongs in {NameOf(type)}.cs";
        }
    }

    private static bool IsPart(MemberDeclarationSyntax type, string fileName) =>
        type.Modifiers.Any(SyntaxKind.PartialKeyword) && fileName.StartsWith(NameOf(type) + ".", StringComparison.Ordinal);

    private static string NameOf(MemberDeclarationSyntax member) => member switch
    {
        BaseTypeDeclarationSyntax type => type.Identifier.Text,
        DelegateDeclarationSyntax type => type.Identifier.Text,
        _ => "",
    };
}
