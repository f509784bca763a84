using Godwit.House.Rules;

namespace Godwit.House;

public sealed class WordTests
{
    [Fact]
    public void No_file_holds_unfinished_work() =>
        Violations.None(Repository.Sources.SelectMany(WordRule.Check));

    [Theory]
    [InlineData("// to" + "do: later", 1)]
    [InlineData("/* FIX" + "ME */", 1)]
    [InlineData("// a h" + "ack, then an h" + "ack", 2)]
    [InlineData("// mastodons and hackles", 0)]
    public void The_rule_sees_the_words(string text, int violations) =>
        Assert.Equal(violations, WordRule.Check(new SourceFile("A.cs", text)).Count());
}
