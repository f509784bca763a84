using Godwit.House.Rules;

namespace Godwit.House;

public sealed class DocumentTests
{
    [Fact]
    public void Every_link_between_documents_leads_somewhere() =>
        Violations.None(Repository.Documents.SelectMany(document => LinkRule.Check(document, LinkRule.ReadFromRepository)));

    [Theory]
    [InlineData("[a](other.md)", 0)]
    [InlineData("[a](./other.md#two-words)", 0)]
    [InlineData("[a](../README.md) [b](..) [c](#here)\n# Here", 0)]
    [InlineData("[a](https://example.org/nothing.md)", 0)]
    [InlineData("`[a](nothing.md)`\n```\n[a](nothing.md)\n```", 0)]
    [InlineData("[a](nothing.md)", 1)]
    [InlineData("[a](other.md#three-words)", 1)]
    [InlineData("[a](#there)\n# Here", 1)]
    public void The_rule_sees_a_link_that_leads_nowhere(string text, int violations)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["docs/other.md"] = "## Two words!\n",
            ["README.md"] = "",
            [""] = "",
        };

        Assert.Equal(violations, LinkRule.Check(new SourceFile("docs/this.md", text), files.GetValueOrDefault).Count());
    }

    /// <summary>Chapter 5 of the specification, and what a device with little memory can choose, as bench/tls-handshake has measured it.</summary>
    [Fact, Spec("R51")]
    public void The_page_about_security_goes_through_the_chapter_of_the_specification()
    {
        var page = Repository.Documents.Single(document => document.Path == "docs/security.md").Text;
        string[] sections = ["5.1", "5.2", "5.3", .. Enumerable.Range(1, 12).Select(number => $"5.4.{number}")];

        Assert.All(sections, section => Assert.Contains($"\n## {section} ", page, StringComparison.Ordinal));
        var measured = page.Split("<!-- handshakes -->")[1].Split("<!-- end of handshakes -->")[0];
        foreach (var words in (string[])["CPU of the broker", "bytes |", "1.3 |", "1.2 |", "ECDSA P-256", "RSA 2048", "resumed"])
        {
            Assert.Contains(words, measured, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_type_that_a_document_tells_of_exists()
    {
        var names = CodeNameRule.NamesIn(Repository.Sources);
        names.UnionWith(Repository.Files("src", "tests").Where(path => path.EndsWith(".csproj", StringComparison.Ordinal)).Select(path => Path.GetFileNameWithoutExtension(path)));

        Violations.None(Repository.Documents.Where(document => document.Path.StartsWith("docs/", StringComparison.Ordinal)).SelectMany(document => CodeNameRule.Check(document, names)));
    }

    [Theory]
    [InlineData("`Pool` has `Pool.Rent` and `Kind.Small`", 0)]
    [InlineData("`PUBLISH`, `a/b`, `./godwit serve`, Pond", 0)]
    [InlineData("`Pond`", 1)]
    [InlineData("`Pool.Lend`", 1)]
    public void The_rule_sees_a_name_that_nothing_has(string text, int violations)
    {
        var names = CodeNameRule.NamesIn([new SourceFile("A.cs", "class Pool { int _free; public void Rent() { } } enum Kind { Small }")]);

        Assert.Equal(violations, CodeNameRule.Check(new SourceFile("docs/a.md", text), names).Count());
    }

    [Fact]
    public void The_changelog_keeps_its_form() =>
        Violations.None(ChangelogRule.Check(Repository.Read("CHANGELOG.md").Text));

    [Theory]
    [InlineData("# Changelog\n## [Unreleased]\n### Added\n- x\n## [0.1.0] - 2026-12-01\n### Fixed\n", 0)]
    [InlineData("# Changelog\n", 1)]
    [InlineData("## [0.1.0] - 2026-12-01\n", 1)]
    [InlineData("## [Unreleased]\n### News\n## 0.1\n", 2)]
    public void The_rule_sees_a_changelog_out_of_form(string text, int violations) =>
        Assert.Equal(violations, ChangelogRule.Check(text).Count());
}
