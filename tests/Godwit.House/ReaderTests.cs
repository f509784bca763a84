using Godwit.House.Readme;
using Xunit.Sdk;

namespace Godwit.House;

/// <summary>The reader that follows README.md must notice when the page is wrong.</summary>
public sealed class ReaderTests
{
    [Theory]
    [InlineData("<!-- terminal 1 -->\n```sh\necho a; echo b\n```\n<!-- terminal 1 prints -->\n```text\na\nb\n```\n")]
    [InlineData("<!-- terminal 1, runs on -->\n```sh\nsleep 60\n```\n<!-- terminal 1: Ctrl-C -->\n")]
    [InlineData("<!-- terminal 1, runs on -->\n```sh\nsleep 60\n```\n<!-- terminal 1 -->\n```sh\ntrue\n```\n")]
    [InlineData("<!-- terminal 1 -->\n```sh\necho b\n```\n<!-- terminal 2 -->\n```sh\necho a\n```\n<!-- terminals 1 and 2 print -->\n```text\na\nb\n```\n")]
    public async Task A_page_that_is_right_passes(string page) => await Follow(page);

    [Theory]
    [InlineData("<!-- terminal 1 -->\n```sh\nfalse\n```\n")]
    [InlineData("<!-- terminal 1 -->\n```sh\necho a\n```\n<!-- terminal 1 prints -->\n```text\nb\n```\n")]
    [InlineData("<!-- terminal 1 -->\n```sh\necho a; echo b\n```\n<!-- terminal 1 prints -->\n```text\na\n```\n")]
    public async Task A_page_that_is_wrong_fails(string page) =>
        await Assert.ThrowsAnyAsync<XunitException>(() => Follow(page));

    [Theory]
    [InlineData("```sh\ntrue\n```\n")]
    [InlineData("<!-- terminal one -->\n```sh\ntrue\n```\n")]
    [InlineData("<!-- terminal 1 -->\n")]
    [InlineData("<!-- terminal 1 -->\n<!-- terminal 2 -->\n```sh\ntrue\n```\n")]
    public void A_block_without_its_comment_is_an_error(string page) =>
        Assert.Throws<FormatException>(() => ReadmeSection.Read("\n## Here\n" + page, "Here"));

    [Fact]
    public void Clients_and_brokers_get_a_port_of_their_own()
    {
        var reader = new Reader("/");

        var commands = reader.WithPort("./godwit serve -v\nseq 1 | ./godwit pub -t a -l\nmosquitto_sub -t a\necho godwit pub\n./godwit conformance localhost -v");

        Assert.Matches(@"^\./godwit serve -p (\d+) -v\nseq 1 \| \./godwit pub -p \1 -t a -l\nmosquitto_sub -p \1 -t a\necho godwit pub\n\./godwit conformance localhost:\1 -v$", commands);
    }

    private static async Task Follow(string page)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the pages are written for a Unix shell");
        await using var reader = new Reader(Path.GetTempPath());
        await reader.Follow(ReadmeSection.Read("\n## Here\n" + page + "\n## Elsewhere\n", "Here"));
    }
}
