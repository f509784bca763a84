using System.Text;
using Godwit.Server.Mosquitto;

namespace Godwit.Server.Tests.Mosquitto;

/// <summary>docs/mosquitto.md. With the environment variable GODWIT_WRITE_DOCS=1 its table is written anew instead of being complained about.</summary>
public sealed class MosquittoPageTests
{
    private const string Begin = "<!-- options: made from the table in the code -->\n";
    private const string End = "<!-- /options -->";

    [Fact]
    public void The_page_has_every_option()
    {
        var path = Path.Combine(RepositoryFolder(), "docs", "mosquitto.md");
        var page = File.ReadAllText(path);
        var begin = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var written = page[..begin] + Table() + page[page.IndexOf(End, StringComparison.Ordinal)..];
        if (Environment.GetEnvironmentVariable("GODWIT_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, written);
            page = written;
        }

        Assert.True(page == written, "docs/mosquitto.md is out of date: GODWIT_WRITE_DOCS=1 ./test Server writes it anew.");
    }

    private static string Table()
    {
        var table = new StringBuilder("| Option | Mosquitto's default | Here | Remark |\n|---|---|---|---|\n");
        foreach (var option in MosquittoOptions.All)
        {
            table.Append($"| `{option.Name}` | {Code(option.Default)} | {HereOf(option)} | {Escape(option.Remark)} |\n");
        }

        return table.ToString();
    }

    private static string HereOf(MosquittoOption option) => option.Fate switch
    {
        MosquittoFate.Refused => "refused",
        MosquittoFate.WithoutEffect => "no effect",
        _ => option.Key.Length == 0 ? "read" : string.Join(", ", option.Key.Split(' ').Distinct(StringComparer.Ordinal).Select(Code)),
    };

    private static string Code(string text) => text.Length == 0 ? "" : $"`{text}`";

    private static string Escape(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal);

    private static string RepositoryFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Godwit.slnx")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }
}
