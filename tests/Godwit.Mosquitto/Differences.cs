using Godwit.Mosquitto.Running;

namespace Godwit.Mosquitto;

/// <summary>The table <c>differences.csv</c>: what clients see differently, and why that is right.</summary>
internal static class Differences
{
    private static readonly string File = Path.Combine(Path.GetDirectoryName(Example.All)!, "differences.csv");

    /// <summary>The rows of one example, in the order of the file.</summary>
    internal static IReadOnlyList<Difference> Of(string example) => [.. All.Where(row => string.Equals(row.Example, example, StringComparison.Ordinal))];

    /// <summary>All rows. A comma in a column stands in quotation marks.</summary>
    internal static IReadOnlyList<Difference> All { get; } = [.. System.IO.File.ReadLines(File).Skip(1).Select(Parse)];

    /// <summary>Compares what clients saw.</summary>
    /// <returns>A row without a reason for each name under which they saw something else.</returns>
    internal static IReadOnlyList<Difference> Between(string example, IReadOnlyDictionary<string, string> mosquitto, IReadOnlyDictionary<string, string> godwit) =>
        [.. mosquitto.Keys.Union(godwit.Keys, StringComparer.Ordinal)
            .Select(name => new Difference(example, name, mosquitto.GetValueOrDefault(name, "-"), godwit.GetValueOrDefault(name, "-"), ""))
            .Where(row => !string.Equals(row.Mosquitto, row.Godwit, StringComparison.Ordinal))];

    private static Difference Parse(string line)
    {
        var columns = new List<string>();
        for (var rest = line; ;)
        {
            var isQuoted = rest.StartsWith('"');
            var end = isQuoted ? rest.IndexOf("\",", StringComparison.Ordinal) : rest.IndexOf(',', StringComparison.Ordinal);
            if (end < 0)
            {
                columns.Add(rest.Trim('"'));
                break;
            }

            columns.Add(isQuoted ? rest[1..end] : rest[..end]);
            rest = rest[(end + (isQuoted ? 2 : 1))..];
        }

        Assert.True(columns.Count == 5, $"{columns.Count} columns: {line}");
        return new Difference(columns[0], columns[1], columns[2], columns[3], columns[4]);
    }
}
