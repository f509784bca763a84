using System.Text;
using Godwit.Bench.Plans;

namespace Godwit.Bench.Tests;

public sealed class PatternTextTests
{
    [Theory]
    [InlineData("bench/%i", "bench/7")]
    [InlineData("%c/%u/%i", "client-1/ann/7")]
    [InlineData("a/%s/b", "a/42/b")]
    [InlineData("%s%s", "4242")]
    [InlineData("100%%/%i", "100%/7")]
    [InlineData("%x/50%", "%x/50%")]
    [InlineData("ä/%i/€", "ä/7/€")]
    [InlineData("", "")]
    public void Variables_are_filled_in(string pattern, string text)
    {
        Assert.Equal(text, PatternText.Expand(pattern, 7, "client-1", "ann").ToText(42));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(99_999)]
    [InlineData(1_000_000_000_000)]
    public void The_size_is_known_before_writing(long sequence)
    {
        var text = PatternText.Expand("x/%s/%s", 0, "", "");
        var bytes = new byte[text.SizeMax];

        var written = text.Write(bytes, sequence);

        Assert.Equal(written, text.Measure(sequence));
        Assert.Equal($"x/{sequence}/{sequence}", Encoding.UTF8.GetString(bytes, 0, written));
    }

    [Theory]
    [InlineData("a/%i", "a/7")]
    [InlineData("a/%s/c", "a/+/c")]
    [InlineData("a/n%s", "a/+")]
    [InlineData("%s", "+")]
    public void A_subscriber_gets_a_filter_that_matches_every_number(string pattern, string filter)
    {
        Assert.Equal(filter, PatternText.Expand(pattern, 7, "c", "u").ToFilter());
    }

    [Theory]
    [InlineData("a/%i", 'i', true)]
    [InlineData("a/%%i", 'i', false)]
    [InlineData("a/%%%i", 'i', true)]
    [InlineData("a/i%", 'i', false)]
    public void A_variable_is_found(string pattern, char variable, bool isThere)
    {
        Assert.Equal(isThere, PatternText.Uses(pattern, variable));
    }
}
