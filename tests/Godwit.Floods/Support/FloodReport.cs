using System.Globalization;
using Godwit.Testing.Running;

namespace Godwit.Floods.Support;

/// <summary>artifacts/floods.md: a row for every flood of this run.</summary>
internal static class FloodReport
{
    private const string Head = """
        | Flood | Transport | Memory before, MB | Peak, MB | Growth, MB | Bound, MB | Heap, MB | Neighbours idle, p50 / p99 ms | During, p50 / p99 ms | Slowdown by others | Ratio, p50 / p99 |
        |---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|

        """;

    private static readonly Lock Writing = new();
    private static readonly SortedDictionary<string, string> Rows = new(StringComparer.Ordinal);

    /// <summary>Adds a row, writes the file, and tells the output of the test.</summary>
    public static void Add(string flood, string transport, FloodFigures figures)
    {
        var row = string.Create(
            CultureInfo.InvariantCulture,
            $"| {flood} | {transport} | {Megabytes(figures.BeforeBytes)} | {Megabytes(figures.PeakBytes)} | {Megabytes(figures.GrowthBytes)} | {Megabytes(figures.BoundBytes)} | {Megabytes(figures.HeapBytes)} | {figures.Idle} | {figures.During} | {figures.Slowdown:0.0} | {figures.RatioP50:0.0} / {figures.RatioP99:0.0} |");
        lock (Writing)
        {
            Rows[$"{flood} {transport}"] = row;
            var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts")).FullName;
            File.WriteAllText(Path.Combine(folder, "floods.md"), Head + string.Join('\n', Rows.Values) + "\n");
        }

        TestContext.Current.TestOutputHelper?.WriteLine(row);
    }

    private static long Megabytes(long bytes) => (bytes + 500_000) / 1_000_000;
}
