using Godwit.House.Readme;

namespace Godwit.House;

/// <summary>Every command of README.md is run, with the real <c>./godwit</c>, and prints what the page says.</summary>
public sealed class ReadmeTests
{
    private static readonly string Page = Repository.Read("README.md").Text;

    [Fact, Spec("R46", "R47")]
    public async Task The_first_steps_work_as_written()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/mosquitto_sub"), "mosquitto-clients is not installed");

        await Follow("Run it");
    }

    [Fact]
    public async Task The_tour_works_as_written() => await Follow("A five-minute tour");

    [Fact]
    public void CI_runs_the_command_that_runs_all_tests()
    {
        var step = Assert.Single(ReadmeSection.Read(Page, "Test it"));

        Assert.Equal(StepKind.RunByCI, step.Kind);
        Assert.EndsWith($"exec {step.Text}", Repository.Read(".ci/run").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_command_stands_in_a_section_that_a_test_follows()
    {
        var sections = Page.Split("\n## ")[1..].Where(section => section.Contains("```", StringComparison.Ordinal)).Select(section => section.Split('\n')[0]);

        Assert.Equal(["Run it", "A five-minute tour", "Test it"], sections);
    }

    private static async Task Follow(string heading)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the page is written for a Unix shell");
        await using var reader = new Reader(Repository.Root);
        await reader.Follow(ReadmeSection.Read(Page, heading));
    }
}
