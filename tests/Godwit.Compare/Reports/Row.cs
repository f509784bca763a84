using Godwit.Compare.Brokers;
using Godwit.Compare.Judging;

namespace Godwit.Compare.Reports;

/// <summary>One figure of one workload.</summary>
/// <param name="Workload">Its letter.</param>
/// <param name="Title">What happens.</param>
/// <param name="Figure">What is counted.</param>
/// <param name="Values">Of each broker that has any, one for each round.</param>
/// <param name="Bars">What is asked, and what came out.</param>
internal sealed record Row(string Workload, string Title, string Figure, IReadOnlyDictionary<BrokerKind, IReadOnlyList<double>> Values, IReadOnlyList<Bar> Bars)
{
    /// <summary>The figure that counts; null: there is none.</summary>
    public double? MedianOf(BrokerKind broker) => Values.TryGetValue(broker, out var values) && values.Count > 0 ? Median.Of(values) : null;

    /// <summary>Godwit's median divided by another's; null: one is missing.</summary>
    public double? Ratio(BrokerKind broker, BrokerKind against) => MedianOf(broker) is { } own && MedianOf(against) is > 0 and var other ? own / other : null;
}
