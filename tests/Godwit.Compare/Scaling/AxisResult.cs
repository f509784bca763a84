using Godwit.Compare.Judging;

namespace Godwit.Compare.Scaling;

/// <summary>One figure of one axis.</summary>
/// <param name="Axis">Which.</param>
/// <param name="Figure">What was read.</param>
/// <param name="Points">What was measured, rising; each with the values of all rounds, which are none when there was no report.</param>
internal sealed record AxisResult(Axis Axis, AxisFigure Figure, IReadOnlyList<(AxisPoint Point, IReadOnlyList<double> Values)> Points)
{
    /// <summary>The cost at the last point divided by the cheapest before it; null: a figure is missing.</summary>
    public double? Growth
    {
        get
        {
            var costs = Points.Select(point => MedianOf(point.Values)).ToList();
            return costs.Count >= 2 && costs.TrueForAll(cost => cost > 0) ? costs[^1] / costs.SkipLast(1).Min() : null;
        }
    }

    /// <summary>It grows no faster than stated.</summary>
    public bool IsKept => Growth <= Figure.GrowthMax;

    /// <summary>The value that counts; null: there is none.</summary>
    public static double? MedianOf(IReadOnlyList<double> values) => values.Count > 0 ? Median.Of(values) : null;
}
