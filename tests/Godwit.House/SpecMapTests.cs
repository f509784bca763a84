using Godwit.House.Rules;

namespace Godwit.House;

/// <summary>Run with the environment variable GODWIT_WRITE_DOCS=1, these tests write the page anew instead of complaining.</summary>
public sealed class SpecMapTests
{
    private const string Id = "MQTT-3.1.0-2";

    private static readonly SpecMap Map = new(Repository.Sources, SpecList.NotVisible);

    [Fact]
    public void Every_statement_that_binds_a_server_is_shown_over_sockets_or_says_why_it_cannot_be() => Violations.None(Map.Check());

    [Fact]
    public void The_page_is_what_the_tags_say()
    {
        var page = Map.Write();
        if (Environment.GetEnvironmentVariable("GODWIT_WRITE_DOCS") == "1")
        {
            File.WriteAllText(Repository.FullPath(SpecMap.Path), page);
        }

        Assert.True(page == Repository.Read(SpecMap.Path).Text, $"{SpecMap.Path} is out of date: GODWIT_WRITE_DOCS=1 ./test House writes it anew.");
    }

    [Theory]
    [InlineData("src/Godwit.Conformance/Checks/A.cs", "class A { [Check(\"MQTT-3.1.0-2\")] void B() { } }", "black box")]
    [InlineData("tests/Godwit.Server.Tests/A.cs", "class A { [Spec(\"MQTT-3.1.0-2\")] void B() { } }", "black box")]
    [InlineData("tests/Godwit.Broker.Tests/A.cs", "class A { [Spec(\"MQTT-3.1.0-2\")] void B() { } }", "**missing**")]
    [InlineData("tests/Godwit.Server.Tests/A.cs", "class A { [Spec(\"MQTT-3.1.0-1\")] void B() { } }", "**missing**")]
    public void A_statement_is_shown_by_a_test_that_uses_sockets(string path, string text, string status)
    {
        var map = new SpecMap([new SourceFile(path, text)], new Dictionary<string, string>());

        var row = Assert.Single(map.Write().Split('\n'), line => line.StartsWith("| MQTT-3.1.0-2 |"));
        Assert.EndsWith($"| {status} |", row);
        Assert.Equal(status == "black box", !map.Check().Any(violation => violation.StartsWith(Id)));
    }

    [Fact]
    public void A_reason_is_taken_until_there_is_a_test()
    {
        var reasons = new Dictionary<string, string> { ["MQTT-3.1.0-2"] = "it is too dark", ["MQ" + "TT-9.9.9-9"] = "it is not there" };
        var test = new SourceFile("src/Godwit.Conformance/Checks/A.cs", "class A { [Check(\"MQTT-3.1.0-2\")] void B() { } }");

        Assert.DoesNotContain(new SpecMap([], reasons).Check(), violation => violation.StartsWith(Id));
        Assert.Contains(new SpecMap([test], reasons).Check(), violation => violation.Contains(Id + " has a black-box test"));
        Assert.Contains(new SpecMap([], reasons).Check(), violation => violation.Contains("9.9.9-9"));
    }

    [Fact]
    public void The_code_that_names_a_statement_is_in_its_row()
    {
        var map = new SpecMap([new SourceFile("src/Godwit.Broker/Handlers/ConnectHandler.cs", "// [MQ" + "TT-3.1.0-2]")], new Dictionary<string, string>());

        Assert.Contains(map.Write().Split('\n'), line => line.StartsWith("| MQTT-3.1.0-2 |") && line.Contains("`ConnectHandler.cs`"));
    }

    [Fact]
    public void A_trap_that_waits_for_nothing_needs_a_test() =>
        Assert.Contains(new SpecMap([], new Dictionary<string, string>()).Check(), violation => violation.StartsWith("Trap-1 has no test"));

    [Theory]
    [InlineData("a,b", "a|b")]
    [InlineData("a,\"b, c\",", "a|b, c|")]
    [InlineData("\"say \"\"no\"\"\",x", "say \"no\"|x")]
    public void A_list_is_split_at_its_commas(string line, string cells) => Assert.Equal(cells, string.Join('|', SpecList.Split(line)));
}
