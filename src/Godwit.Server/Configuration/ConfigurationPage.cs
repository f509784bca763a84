using System.Text;

namespace Godwit.Server.Configuration;

/// <summary>The part of docs/configuration.md that is written from the keys: everything behind <see cref="Mark"/>.</summary>
public static class ConfigurationPage
{
    /// <summary>Where it lies.</summary>
    public const string Path = "docs/configuration.md";

    /// <summary>Ends the part that people write.</summary>
    public const string Mark = "<!-- What follows is written by GODWIT_WRITE_DOCS=1 ./test House. -->";

    /// <summary>The page with its generated part made anew.</summary>
    /// <param name="page">As it is.</param>
    public static string Write(string page)
    {
        ArgumentNullException.ThrowIfNull(page);
        var end = page.IndexOf(Mark, StringComparison.Ordinal);
        var text = new StringBuilder(end < 0 ? page : page[..end]).Append(Mark).Append('\n');
        foreach (var section in ConfigurationKeys.Sections)
        {
            text.Append("\n## ").Append(section).Append("\n\n");
            text.Append("| key | default | takes | reload | Mosquitto | meaning |\n|---|---|---|---|---|---|\n");
            foreach (var key in ConfigurationKeys.All.Where(key => key.Section.Equals(section, StringComparison.Ordinal)))
            {
                text.Append("| `").Append(key.Path).Append("` | ").Append(Cell(key.Default)).Append(" | ").Append(Cell(key.Type.Values)).Append(" | ")
                    .Append(ReloadOf(key)).Append(" | ").Append(Cell(key.Mosquitto)).Append(" | ").Append(Cell(key.Meaning))
                    .Append(key.IsSecret ? " With a secret in it: by environment variable only." : "").Append(" |\n");
            }
        }

        return text.ToString();
    }

    private static string ReloadOf(ConfigurationKey key) => key switch
    {
        { IsHot: false } => "restart",
        { Reopens: true } => "opens anew",
        _ => "yes",
    };

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
