using System.Collections;

namespace Godwit.Server.Configuration;

/// <summary>Environment variables <c>GODWIT_Section__Key</c>: two underscores stand for the colon. A list is separated by commas.</summary>
/// <param name="variables">Names and values.</param>
public sealed class EnvironmentSource(IReadOnlyDictionary<string, string> variables) : IConfigurationSource
{
    /// <summary>All names begin so.</summary>
    internal const string Prefix = "GODWIT_";
    private const string Separator = "__";

    /// <summary>Those of this process.</summary>
    public static EnvironmentSource OfProcess() => new(Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .ToDictionary(entry => (string)entry.Key, entry => entry.Value as string ?? "", StringComparer.Ordinal));

    /// <summary>The variable of a key.</summary>
    internal static string NameOf(string path) => Prefix + path.Replace(":", Separator, StringComparison.Ordinal);

    /// <inheritdoc/>
    public IReadOnlyList<string> Files => [];

    /// <inheritdoc/>
    public ConfigurationInput Read()
    {
        var input = new ConfigurationInput();

        // Without two underscores it is a variable of something else, GODWIT_WRITE_DOCS for example.
        foreach (var (name, value) in variables.OrderBy(variable => variable.Key, StringComparer.Ordinal))
        {
            if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && name.Contains(Separator, StringComparison.Ordinal))
            {
                input.Set(name[Prefix.Length..].Replace(Separator, ":", StringComparison.Ordinal), value, new ConfigurationOrigin(name));
            }
        }

        return input;
    }
}
