namespace Godwit.Server.Configuration;

/// <summary><c>--set Key=Value</c>, and options that stand for a key.</summary>
/// <param name="assignments">Each <c>Key=Value</c>; a setting of the broker or the store may stand without its section.</param>
/// <param name="flags">Options: as typed, their keys and values.</param>
public sealed class CommandLineSource(IReadOnlyList<string> assignments, IReadOnlyList<(string Flag, string Key, string Value)> flags) : IConfigurationSource
{
    private static readonly string[] Implied = ["Broker", "Store"];

    /// <inheritdoc/>
    public IReadOnlyList<string> Files => [];

    /// <inheritdoc/>
    public ConfigurationInput Read()
    {
        var input = new ConfigurationInput();
        foreach (var assignment in assignments)
        {
            var equals = assignment.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                input.Error(new ConfigurationOrigin($"--set {assignment}"), "This is not Key=Value, e.g. Limits:PacketSizeBytesMax=1MB.");
                continue;
            }

            var key = assignment[..equals].Trim();
            input.Set(WithSection(key), assignment[(equals + 1)..].Trim(), new ConfigurationOrigin($"--set {key}"));
        }

        foreach (var (flag, key, value) in flags)
        {
            input.Set(key, value, new ConfigurationOrigin(flag));
        }

        return input;
    }

    private static string WithSection(string key) => key.Contains(':', StringComparison.Ordinal)
        ? key
        : Implied.Select(section => $"{section}:{key}").FirstOrDefault(path => ConfigurationKeys.Find(path, out _) is not null) ?? key;
}
