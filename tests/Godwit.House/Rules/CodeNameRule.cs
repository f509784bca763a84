using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Godwit.House.Rules;

/// <summary>A document that tells of a type or member tells of one that exists.</summary>
public static partial class CodeNameRule
{
    /// <summary>The names of all types and members that some files declare.</summary>
    public static HashSet<string> NamesIn(IEnumerable<SourceFile> sources) =>
        [.. sources.SelectMany(file => file.Syntax.DescendantNodes()).Select(NameOf).OfType<string>()];

    /// <summary>Looks at the names in code style, such as `Shard.Refuse`; `PUBLISH`, `a/b` and `serve` are none, nor is 3.1's `MQIsdp`.</summary>
    /// <param name="document">A Markdown file.</param>
    /// <param name="names">What <see cref="NamesIn"/> found, and the names of the projects.</param>
    /// <returns>One sentence for each name that nothing has.</returns>
    public static IEnumerable<string> Check(SourceFile document, HashSet<string> names) =>
        from Match match in CodeName().Matches(document.Text)
        let name = match.Groups[1].Value
        where !names.Contains(name) && !name.Split('.').All(names.Contains)
        select $"{document.Path}:{document.LineOf(match.Index)} tells of {name}, and nothing has this name";

    private static string? NameOf(Microsoft.CodeAnalysis.SyntaxNode node) => node switch
    {
        BaseTypeDeclarationSyntax type => type.Identifier.Text,
        MethodDeclarationSyntax method => method.Identifier.Text,
        PropertyDeclarationSyntax property => property.Identifier.Text,
        EnumMemberDeclarationSyntax member => member.Identifier.Text,
        VariableDeclaratorSyntax { Parent.Parent: FieldDeclarationSyntax } field => field.Identifier.Text,
        _ => null,
    };

    [GeneratedRegex(@"`(?!MQIsdp)([A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*(?:\.[A-Z][A-Za-z0-9]+)*)`")]
    private static partial Regex CodeName();
}
