using System.Buffers;
using System.Text;
using Godwit.Cli.Clients;

namespace Godwit.Cli.Tests;

public sealed class OutputWriterTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("two\nlines\twith a tab", "two\nlines\twith a tab")]
    [InlineData("ünïcödé \U0001F98A", "ünïcödé \U0001F98A")]
    [InlineData("\u001b[31mred\a", "\\x1b[31mred\\x07")]
    [InlineData("back\rover", "back\\x0dover")]
    [InlineData("\u009bcsi", "\\xc2\\x9bcsi")]
    [InlineData("nul\0", "nul\\x00")]
    public void On_a_terminal_control_characters_are_shown_and_not_obeyed(string payload, string expected)
    {
        Assert.Equal($"t {expected}\n", Write(isTerminal: true, "t"u8, Encoding.UTF8.GetBytes(payload)));
        Assert.Equal($"t {payload}\n", Write(isTerminal: false, "t"u8, Encoding.UTF8.GetBytes(payload)));
    }

    [Fact]
    public void On_a_terminal_bytes_that_are_no_text_are_shown_in_hexadecimal() =>
        Assert.Equal("\\xff\\xe2\\x82 \n", Write(isTerminal: true, default, [0xFF, 0xE2, 0x82, 0x20]));

    [Fact]
    public void Topics_are_made_harmless_too() => Assert.Equal("a\\x1b[2J x\n", Write(isTerminal: true, "a\u001b[2J"u8, "x"u8.ToArray()));

    private static string Write(bool isTerminal, ReadOnlySpan<byte> topic, byte[] payload)
    {
        using var stream = new MemoryStream();
        using var output = new OutputWriter(stream, isTerminal);
        output.WriteMessage(topic, new ReadOnlySequence<byte>(payload));
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
