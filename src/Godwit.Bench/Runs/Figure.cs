namespace Godwit.Bench.Runs;

/// <summary>A number that only one shape of run has.</summary>
/// <param name="Name">As in JSON: <c>store_rate</c>.</param>
/// <param name="Value">The number.</param>
/// <param name="Decimals">Behind the point.</param>
public sealed record Figure(string Name, double Value, int Decimals);
