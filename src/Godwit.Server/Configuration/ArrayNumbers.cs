using System.Globalization;

namespace Godwit.Server.Configuration;

/// <summary>Numbers the elements of arrays through several files: those of the next file follow those of the files before.</summary>
internal sealed class ArrayNumbers
{
    private readonly Dictionary<string, int> _counts = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The assignments of one more file, with the numbers that they have in the whole. Only the outermost array of a path grows.</summary>
    internal IReadOnlyList<ConfigurationAssignment> Append(IReadOnlyList<ConfigurationAssignment> file)
    {
        var next = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        var all = new List<ConfigurationAssignment>();
        foreach (var assignment in file)
        {
            var parts = assignment.Key.Split(':');
            var at = Array.FindIndex(parts, part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _));
            if (at <= 0)
            {
                all.Add(assignment);
                continue;
            }

            var array = string.Join(':', parts[..at]);
            var number = int.Parse(parts[at], CultureInfo.InvariantCulture) + _counts.GetValueOrDefault(array);
            next[array] = Math.Max(next.GetValueOrDefault(array), number + 1);
            parts[at] = number.ToString(CultureInfo.InvariantCulture);
            all.Add(assignment with { Key = string.Join(':', parts) });
        }

        foreach (var (array, count) in next)
        {
            _counts[array] = count;
        }

        return all;
    }
}
