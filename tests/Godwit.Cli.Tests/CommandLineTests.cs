using Godwit.Cli.Tests.Support;

namespace Godwit.Cli.Tests;

/// <summary>What all commands have in common.</summary>
public sealed class CommandLineTests
{
    [Fact]
    public async Task The_version_is_one_line()
    {
        Assert.Equal((0, "godwit 0.1.0\n", ""), await GodwitProcess.RunAsync("--version"));
    }

    [Fact]
    public async Task Without_a_command_the_help_is_printed()
    {
        var bare = await GodwitProcess.RunAsync();

        Assert.Equal(0, bare.ExitCode);
        Assert.Contains("Commands:\n  serve", bare.Output);
        Assert.Contains("Examples:", bare.Output);
        Assert.Equal(await GodwitProcess.RunAsync("--help"), bare);
    }

    [Fact]
    public async Task Every_command_has_examples()
    {
        var (exitCode, output, _) = await GodwitProcess.RunAsync("serve", "--help");

        Assert.Equal(0, exitCode);
        Assert.Contains("Examples:\n  godwit serve", output);
    }

    [Theory]
    [InlineData("Did you mean --port?", "serve", "--prot", "1")]
    [InlineData("Did you mean --allow-anonymous?", "serve", "--allow-anonymus")]
    [InlineData("Did you mean serve?", "serv")]
    [InlineData("'extra' is one word too many", "serve", "extra")]
    [InlineData("'abc' is not a whole number", "serve", "-p", "abc")]
    public async Task A_mistake_is_answered_with_what_was_probably_meant(string hint, params string[] args)
    {
        var (exitCode, output, errors) = await GodwitProcess.RunAsync(args);

        Assert.Equal(1, exitCode);
        Assert.Equal("", output);
        Assert.Contains(hint, errors);
    }
}
