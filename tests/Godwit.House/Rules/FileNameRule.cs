using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Godwit.House.Rules;

/// <summary>One public type per file, and the file has its name: a reader finds a type without a search.</summary>
public static class FileNameRule
{
    /// <summary>Looks at one file. Nested types do not count; <c>Pool</c> and <c>Pool&lt;T&gt;</c> may share a file.</summary>
    /// <returns>One sentence for each type that stands in the wrong file.</returns>
    public static IEnumerable<string> Check(SourceFile file)
    {
        var names = file.Syntax.DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .OfType<MemberDeclarationSyntax>()
            .Where(member => member.Modifiers.Any(SyntaxKind.PublicKeyword))
            .Select(NameOf)
            .Where(name => name.Length > 0)
            .Distinct()
            .ToList();

        if (names.Count > 1)
        {
            yield return $"{file.Path} has {names.Count} public types: {string.Join(", ", names)}";
        }

        var fileName = Path.GetFileNameWithoutExtension(file.Path);
        foreach (var name in names.Where(name => name != fileName))
        {
            yield return $"{file.Path} has the public type {name}, which belongs in {name}.cs";
        }
    }

    private static string NameOf(MemberDeclarationSyntax member) => member switch
    {
        BaseTypeDeclarationSyntax type => type.Identifier.Text,
        DelegateDeclarationSyntax type => type.Identifier.Text,
        _ => "",
    };
}
