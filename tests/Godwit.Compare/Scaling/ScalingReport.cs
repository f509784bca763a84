namespace Godwit.Compare.Scaling;

/// <summary>All that a run found.</summary>
/// <param name="Circumstances">Where and with what: name and text.</param>
/// <param name="Results">Each figure of each axis.</param>
/// <param name="Faults">What should not have happened: where and what.</param>
internal sealed record ScalingReport(IReadOnlyList<(string Name, string Text)> Circumstances, IReadOnlyList<AxisResult> Results, IReadOnlyList<string> Faults)
{
    /// <summary>Nothing grows faster than stated, and nothing went wrong.</summary>
    public bool IsKept => Faults.Count == 0 && Results.All(result => result.IsKept);
}
