namespace Godwit.Bench.Reports;

/// <summary>One figure of two runs.</summary>
/// <param name="Name">As in JSON.</param>
/// <param name="Before">In the baseline.</param>
/// <param name="Now">In the run that is judged; NaN: it has none.</param>
/// <param name="IsWorse">By more than the tolerance.</param>
public sealed record ComparisonRow(string Name, double Before, double Now, bool IsWorse);
