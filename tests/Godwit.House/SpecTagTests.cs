using Godwit.House.Rules;

namespace Godwit.House;

public sealed class SpecTagTests
{
    [Fact]
    public void Every_statement_that_the_code_names_exists() =>
        Violations.None(Repository.Sources.SelectMany(SpecTagRule.Check));

    [Fact]
    public void Every_statement_that_a_document_names_exists() =>
        Violations.None(Repository.Documents.SelectMany(SpecTagRule.Check));

    [Fact]
    public void The_list_has_all_statements_of_both_versions()
    {
        var statements = SpecList.Statements.Select(row => row.Id).ToList();

        Assert.Equal(251, statements.Count(id => id.StartsWith("MQTT-", StringComparison.Ordinal)));
        Assert.Equal(140, statements.Count(id => id.StartsWith("MQTT3-", StringComparison.Ordinal)));
        Assert.Distinct(statements);
    }

    [Theory]
    [InlineData("// [MQ" + "TT-3.1.2-8]", true)]
    [InlineData("// [MQ" + "TT3-3-8.3-4]", true)]           // printed so in the text of 3.1.1
    [InlineData("// [MQ" + "TT-1.5.3-1]", false)]           // a statement of 3.1.1 only
    [InlineData("// [MQ" + "TT3-1.5.4-1]", false)]          // a statement of 5.0 only
    [InlineData("// [MQ" + "TT-3.1.2.8]", false)]
    [InlineData("// [MQ" + "TT-3.1.2-8, -9]", false)]
    [InlineData("var s = \"MQ" + "TT-9.9.9-9\";", false)]
    [InlineData("class T { [Spec(\"R56\", \"MQTT-3.1.2-8\")] void M() { } }", true)]
    [InlineData("class T { [Check(\"Trap-104\", \"MQTT31-3.1-1\")] void M() { } }", true)]
    [InlineData("class T { [Check(\"Trap-105\")] void M() { } }", false)]
    [InlineData("class T { [Spec(\"Hostile-61\")] void M() { } }", true)]
    [InlineData("class T { [Spec(\"Hostile-62\")] void M() { } }", false)]
    [InlineData("class T { [Check(\"MQ" + "TT31-9.9-1\")] void M() { } }", false)]
    [InlineData("class T { [Spec(\"R57\")] void M() { } }", false)]
    [InlineData("class T { [Fact, Spec(\"3.1.2-8\")] void M() { } }", false)]
    [InlineData("[Spec(\"R0\")] class T;", false)]
    public void The_rule_sees_a_statement_that_does_not_exist(string text, bool exists) =>
        Assert.Equal(exists, !SpecTagRule.Check(new SourceFile("A.cs", text)).Any());
}
