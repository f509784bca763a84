namespace Godwit.Compare.Running;

/// <summary>Takes turns, so that no broker is always first, when the machine is cool, or always last.</summary>
internal static class Rotation
{
    /// <summary>The same, beginning <paramref name="turn"/> places later.</summary>
    public static IEnumerable<T> Order<T>(IReadOnlyList<T> all, int turn) => Enumerable.Range(0, all.Count).Select(i => all[(i + turn) % all.Count]);
}
