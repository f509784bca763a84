namespace Godwit.Simulation.Oracles;

/// <summary>
/// What the broker is known not to keep over a crash (docs/durability.md), and what the oracle therefore does not demand. All of it stands
/// here, so that it is taken out when the broker has learned it.
/// </summary>
internal static class KnownGaps
{
    /// <summary>
    /// The release of a retained message is in the record of the one that has replaced it. When that record still waits for other shards and the
    /// replacement is cleared, the clear is acknowledged, and a crash brings the older message back.
    /// </summary>
    public static bool MayComeBack(Publication publication, List<Publication> there, Predicate<Publication> isKept) =>
        there.Exists(other => other.From > publication.To && !isKept(other));
}
