using Godwit.Server.Logging;

namespace Godwit.Server.Tests;

public sealed class PrintableTests
{
    [Theory]
    [InlineData("sensors/10/temperature +#", "sensors/10/temperature +#")]
    [InlineData("Grüße", "Grüße")]
    [InlineData("\u001b[31mred\u0007", "\\u{1B}[31mred\\u{7}")]
    [InlineData("two\r\nlines", "two\\u{D}\\u{A}lines")]
    [InlineData("\u0085\u2028\u202Eevil\uFEFF", "\\u{85}\\u{2028}\\u{202E}evil\\u{FEFF}")]
    [InlineData("\"quoted\" \\", "\\\"quoted\\\" \\\\")]
    public void What_could_disturb_a_terminal_is_escaped(string text, string escaped) => Assert.Equal(escaped, Printable.Escape(text));

    [Fact]
    public void A_lone_surrogate_and_ill_formed_bytes_become_the_replacement_character()
    {
        Assert.Equal("a\uFFFDb", Printable.Escape("a\uD800b"));
        Assert.Equal("a\uFFFDb", Printable.Escape([(byte)'a', 0xFF, (byte)'b']));
    }

    [Fact]
    public void A_long_name_is_cut_and_says_so()
    {
        var escaped = Printable.Escape(new string('x', 65_535));

        Assert.StartsWith(new string('x', Printable.LengthMax), escaped);
        Assert.EndsWith("... (65535 characters)", escaped);
        Assert.True(escaped.Length < 300);
    }
}
