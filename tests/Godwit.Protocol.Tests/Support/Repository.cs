namespace Godwit.Protocol.Tests.Support;

/// <summary>Files of the repository, found from the folder in which the tests run.</summary>
internal static class Repository
{
    private static readonly Lazy<HashSet<string>> LazyStatements = new(ReadStatements);

    /// <summary>The ids of docs/normative.csv: <c>MQTT-x</c> for 5.0, <c>MQTT3-x</c> for 3.1.1.</summary>
    public static IReadOnlySet<string> Statements => LazyStatements.Value;

    private static HashSet<string> ReadStatements() =>
        [.. from line in File.ReadLines(Path.Combine(Root(), "docs", "normative.csv")).Skip(1)
            let cells = line.Split(',')
            select cells[1] is "5.0" ? cells[0] : cells[0].Replace("MQTT-", "MQTT3-", StringComparison.Ordinal)];

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Godwit.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside the repository.");
        }

        return folder.FullName;
    }
}
