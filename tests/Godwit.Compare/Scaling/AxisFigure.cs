namespace Godwit.Compare.Scaling;

/// <summary>What is read at each point of an axis, and how it may grow. Less is better.</summary>
/// <param name="Name">For tables; CPU microseconds of the broker for one message.</param>
/// <param name="Path">In the report of <c>godwit bench</c>.</param>
/// <param name="GrowthMax">The cost at the last point, divided by the cheapest of the points before it, may be at most this.</param>
internal sealed record AxisFigure(string Name, string Path, double GrowthMax);
