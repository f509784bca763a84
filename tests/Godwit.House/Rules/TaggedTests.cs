using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Godwit.House.Rules;

/// <summary>Which tests and conformance checks carry which id, read from the attributes <c>[Spec(...)]</c> and <c>[Check(...)]</c>.</summary>
public static class TaggedTests
{
    private static readonly IComparer<TaggedTest> InOrder =
        Comparer<TaggedTest>.Create((left, right) => string.CompareOrdinal(left.Order, right.Order));

    /// <summary>Finds them.</summary>
    /// <param name="sources">Any source files.</param>
    /// <returns>Id to tests in order, in the form <c>TopicFilterTests.A_wildcard_stands_alone_in_its_level</c>.</returns>
    public static SortedDictionary<string, SortedSet<TaggedTest>> ById(IEnumerable<SourceFile> sources)
    {
        var tests = new SortedDictionary<string, SortedSet<TaggedTest>>(StringComparer.Ordinal);
        foreach (var file in sources)
        {
            foreach (var type in file.Syntax.DescendantNodes().OfType<TypeDeclarationSyntax>())
            {
                Add(type.AttributeLists, new TaggedTest(type.Identifier.Text, file.Path));
                foreach (var method in type.Members.OfType<MethodDeclarationSyntax>())
                {
                    Add(method.AttributeLists, new TaggedTest(type.Identifier.Text + "." + method.Identifier.Text, file.Path));
                }
            }
        }

        return tests;

        void Add(SyntaxList<AttributeListSyntax> lists, TaggedTest test)
        {
            foreach (var id in lists.SelectMany(SpecTagRule.SpecIds).Select(literal => literal.Token.ValueText))
            {
                if (!tests.TryGetValue(id, out var found))
                {
                    tests.Add(id, found = new SortedSet<TaggedTest>(InOrder));
                }

                found.Add(test);
            }
        }
    }
}
