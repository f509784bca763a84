namespace Godwit.Compare.Scaling;

/// <summary>Something there can be more and more of.</summary>
/// <param name="Id">For options and file names.</param>
/// <param name="Title">What is done.</param>
/// <param name="Unit">What the points count.</param>
/// <param name="Promise">What is stated of its growth, a sentence.</param>
/// <param name="Points">Rising; at least two.</param>
/// <param name="Figures">At least one.</param>
internal sealed record Axis(string Id, string Title, string Unit, string Promise, IReadOnlyList<AxisPoint> Points, IReadOnlyList<AxisFigure> Figures)
{
    /// <summary>The points are numbers and not only a row of choices.</summary>
    public bool HasPlot { get; init; } = true;
}
