namespace Godwit.Compare.Judging;

/// <summary>The one in the middle.</summary>
internal static class Median
{
    /// <summary>The median; of an even number of values the mean of the middle two.</summary>
    /// <param name="values">At least one, in any order.</param>
    public static double Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
