using Godwit.Compare.Brokers;
using Godwit.Compare.Judging;

namespace Godwit.Compare.Reports;

/// <summary>All that a run found.</summary>
internal sealed record Comparison
{
    /// <summary>Where and with what: name and text, in the order of the report.</summary>
    public required IReadOnlyList<(string Name, string Text)> Circumstances { get; init; }

    /// <summary>Who was measured, in the order of tables.</summary>
    public required IReadOnlyList<BrokerKind> Brokers { get; init; }

    /// <summary>Every figure.</summary>
    public required IReadOnlyList<Row> Rows { get; init; }

    /// <summary>What should not have happened: who, where and what.</summary>
    public required IReadOnlyList<string> Faults { get; init; }

    /// <summary>No bar is missed.</summary>
    public bool IsReached => !Rows.SelectMany(row => row.Bars).Any(bar => bar.Verdict == Verdict.Missed);
}
