using System.Globalization;
using Godwit.Testing.Running;

namespace Godwit.Floods.Support;

/// <summary>The defaults that docs/limits.md states: memory is held against what a user can read, not against the code.</summary>
internal static class StatedLimits
{
    private static readonly Dictionary<string, long> Defaults = File.ReadLines(Path.Combine(Repository.Root, "docs", "limits.md"))
        .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
        .ToDictionary(cells => cells[1].Trim('`'), cells => long.Parse(cells[3], CultureInfo.InvariantCulture), StringComparer.Ordinal);

    public static long Of(string name) => Defaults[name];
}
