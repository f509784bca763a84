using Godwit.House.Rules;

namespace Godwit.House;

public sealed class SizeTests
{
    [Fact]
    public void A_file_has_at_most_400_lines_and_a_method_at_most_60() =>
        Violations.None(Repository.Sources.SelectMany(SizeRule.Check));

    [Theory]
    [InlineData(400, 0)]
    [InlineData(401, 1)]
    public void The_rule_sees_a_file_that_is_too_long(int lines, int violations) =>
        Assert.Equal(violations, SizeRule.Check(new SourceFile("Long.cs", string.Concat(Enumerable.Repeat("// x\n", lines)))).Count());

    [Theory]
    [InlineData("class C { void M()\n{", "}\n}", 60, 0)]
    [InlineData("class C { void M()\n{", "}\n}", 61, 1)]
    [InlineData("class C { [System.Obsolete]\n// why\nvoid M()\n{", "}\n}", 60, 0)]
    [InlineData("class C { C()\n{", "}\n}", 61, 1)]
    [InlineData("class C { int P { get\n{", "} }\n}", 61, 1)]
    [InlineData("class C { int P\n=> 1", "; }\n", 61, 1)]
    [InlineData("{ Run();", "}\n", 61, 1)]
    [InlineData("class C { object F = () =>\n{", "}; }\n", 61, 1)]
    [InlineData("class C { int[] Table => [\n1", "]; }\n", 200, 0)]
    public void The_rule_sees_a_method_that_is_too_long(string head, string tail, int lines, int violations)
    {
        var blank = lines - head[HeadStart(head)..].Count(c => c == '\n') - 1;

        var file = new SourceFile("Long.cs", head + new string('\n', blank) + tail);

        Assert.Equal(violations, SizeRule.Check(file).Count());
    }

    // A method begins behind its attributes and their comments.
    private static int HeadStart(string head) => Math.Max(head.IndexOf("void", StringComparison.Ordinal), 0);
}
