using System.Globalization;
using Godwit.Protocol;

namespace Godwit.Kills.Audit;

/// <summary>What an audit has found.</summary>
internal sealed class AuditReport
{
    /// <summary>Acknowledgements that were looked at.</summary>
    public SortedDictionary<PacketType, int> Audited { get; } = [];

    /// <summary>Those of them that left too early, in words.</summary>
    public List<string> Violations { get; } = [];

    /// <summary>Writes to files of the data directory.</summary>
    public int Writes { get; set; }

    /// <summary>Flushes of files of the data directory.</summary>
    public int Flushes { get; set; }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Violations.Count} of {Audited.Values.Sum()} too early ({string.Join(", ", Audited.Select(type => $"{type.Key} {type.Value}"))}); {Writes} writes, {Flushes} flushes\n{string.Join('\n', Violations.Take(20))}");
}
