using System.IO.Compression;
using System.Text.RegularExpressions;
using Godwit.Server.Mosquitto;
using Godwit.Testing.Running;

namespace Godwit.Mosquitto;

/// <summary>The table of options beside Mosquitto's own manual.</summary>
public sealed partial class ManualTests
{
    private const string Page = "/usr/share/man/man5/mosquitto.conf.5.gz";

    [Fact]
    public void Every_option_of_the_manual_is_in_the_table()
    {
        Programs.RequireFile(Page, "mosquitto");
        using var reader = new StreamReader(new GZipStream(File.OpenRead(Page), CompressionMode.Decompress));

        var names = Entry().Matches(reader.ReadToEnd()).Select(match => match.Groups["name"].Value.Replace("\\&", "", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).ToList();

        Assert.True(names.Count > 80, $"{names.Count} names");
        Assert.DoesNotContain(names, name => name is not ("mosquitto" or "mosquitto.conf") && MosquittoOptions.Find(name) is null);
    }

    // An entry is a paragraph that begins with a bold name, which the indented explanation follows.
    [GeneratedRegex(@"^\.PP\n\\fB(?<name>[a-z][a-z0-9_.*\\&]+)\\fR", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Entry();
}
