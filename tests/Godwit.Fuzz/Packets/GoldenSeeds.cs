using Godwit.Fuzz.Engine;
using Godwit.Protocol.Tests.Golden;

namespace Godwit.Fuzz.Packets;

/// <summary>The golden table as a corpus: every packet once, whatever the versions it holds in.</summary>
internal static class GoldenSeeds
{
    public static readonly IReadOnlyList<CorpusEntry> All =
    [
        .. GoldenTable.Rows
            .Select(row => new CorpusEntry(row.Key, row.Value.Row.Bytes))
            .DistinctBy(entry => Convert.ToHexString(entry.Bytes), StringComparer.Ordinal),
    ];
}
