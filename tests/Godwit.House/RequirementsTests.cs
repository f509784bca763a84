using Godwit.House.Rules;

namespace Godwit.House;

/// <summary>Run with the environment variable GODWIT_WRITE_DOCS=1, these tests write the table anew instead of complaining.</summary>
public sealed class RequirementsTests
{
    private static readonly SortedDictionary<string, SortedSet<string>> Tests = RequirementsTable.TestsByRow(Repository.Sources);

    [Fact]
    public void Every_row_of_what_was_asked_for_is_shown_by_a_test_or_planned()
    {
        var table = Repository.Read(RequirementsTable.Path).Text;
        if (Environment.GetEnvironmentVariable("GODWIT_WRITE_DOCS") == "1")
        {
            table = RequirementsTable.Update(table, Tests);
            File.WriteAllText(Repository.FullPath(RequirementsTable.Path), table);
        }

        Violations.None(RequirementsTable.Check(table, Tests), "GODWIT_WRITE_DOCS=1 ./test House writes the names of the tests.");
    }

    [Fact]
    public void Every_row_stands_in_its_place()
    {
        var table = Table(except: 7);

        Assert.Contains("lacks R7", Assert.Single(RequirementsTable.Check(table, [])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("`FooTests.Bar`", "", 0)]
    [InlineData("`FooTests.Bar`<br>`FooTests.Gone`", "", 1)]
    [InlineData("`FooTests.Bar`", "being built", 1)]
    [InlineData("", "the storage work", 1)]
    [InlineData("", "", 2)]
    public void The_rule_sees_a_row_that_is_out_of_date(string tests, string rest, int violations)
    {
        var sources = new SourceFile("A.cs", "class FooTests { [Fact, Spec(\"R3\", \"MQTT-3.1.2-8\")] void Bar() { } }");

        Assert.Equal(violations, RequirementsTable.Check(Table(3, tests, rest), RequirementsTable.TestsByRow([sources])).Count());
    }

    [Fact]
    public void The_table_is_written_from_the_attributes()
    {
        var sources = new SourceFile("A.cs", "[Spec(\"R3\")] class FooTests { [Spec(\"R3\")] void Bar() { } } class Other { [Spec(\"R3\")] void Baz() { } }");
        var tests = RequirementsTable.TestsByRow([sources]);

        var table = RequirementsTable.Update(Table(3, "`Old.Name`", "more to come"), tests);

        Assert.Contains("| R3 | asked | `FooTests`<br>`FooTests.Bar`<br>`Other.Baz` | more to come |", table, StringComparison.Ordinal);
        Assert.Empty(RequirementsTable.Check(table, tests));
    }

    private static string Table(int row = 0, string tests = "", string rest = "", int except = 0) =>
        string.Concat(Enumerable.Range(1, SpecTagRule.RequirementsCount).Where(number => number != except)
            .Select(number => number == row ? $"| R{number} | asked | {tests} | {rest} |\n" : $"| R{number} | asked |  | later |\n"));
}
