using Godwit.Server.Configuration;

namespace Godwit.House;

/// <summary>Run with the environment variable GODWIT_WRITE_DOCS=1, this test writes the tables of the page anew instead of complaining.</summary>
public sealed class ConfigurationPageTests
{
    [Fact]
    public void The_page_has_every_key_as_the_table_has_it()
    {
        var before = Repository.Read(ConfigurationPage.Path).Text;
        var page = ConfigurationPage.Write(before);
        if (Environment.GetEnvironmentVariable("GODWIT_WRITE_DOCS") == "1")
        {
            File.WriteAllText(Repository.FullPath(ConfigurationPage.Path), page);
        }

        Assert.True(page == before || Environment.GetEnvironmentVariable("GODWIT_WRITE_DOCS") == "1", $"{ConfigurationPage.Path} is out of date: GODWIT_WRITE_DOCS=1 ./test House writes it anew.");
    }

    [Fact]
    public void The_part_that_people_write_stays()
    {
        var page = ConfigurationPage.Write("# Title\n\nWords.\n" + ConfigurationPage.Mark + "\nold\n");

        Assert.StartsWith("# Title\n\nWords.\n" + ConfigurationPage.Mark + "\n\n## Listeners\n", page);
        Assert.DoesNotContain("old\n", page);
        Assert.Equal(page, ConfigurationPage.Write(page));
        Assert.Contains("| `Limits:SessionsMax` | 0 | ", page);
    }

    [Fact]
    public void Every_key_says_what_it_is_for() =>
        Assert.All(ConfigurationKeys.All, key => Assert.Matches(@"^[A-Z$a-z%].*[.?]$", key.Meaning));
}
