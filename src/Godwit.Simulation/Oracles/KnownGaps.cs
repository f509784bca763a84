namespace Godwit.Simulation.Oracles;

/// <summary>
/// What the broker is known not to keep over a crash (docs/durability.md), and what the oracle therefore does not demand. All of it stands
/// here, so that it is taken out when the broker has learned it.
/// </summary>
internal static class KnownGaps
{
    /// <summary>When a session ends while its share of a shared subscription is on disk only, those messages are dropped, not handed on.</summary>
    public static bool MayLoseSharedOf(ModelSession member) => member is { HasEnded: true, HasOutlivedBroker: true };

    /// <summary>
    /// A retained message is sent from the retained store with QoS 2 when the reference to it is durable, although its own record may still wait for
    /// other shards. A crash then forgets what was sent.
    /// </summary>
    public static bool MayForget(ModelSession.Exchange exchange, Predicate<Publication> isKept) =>
        exchange.IsRetained && !exchange.Message.Publications.Exists(isKept);

    /// <summary>
    /// The release of a retained message is in the record of the one that has replaced it. When that record still waits for other shards and the
    /// replacement is cleared, the clear is acknowledged, and a crash brings the older message back.
    /// </summary>
    public static bool MayComeBack(Publication publication, List<Publication> there, Predicate<Publication> isKept) =>
        there.Exists(other => other.From > publication.To && !isKept(other));

    /// <summary>Retained messages that a SUBSCRIBE still waits for when the broker dies do not come by themselves.</summary>
    public static void ForgetOwedRetained(ModelSession session)
    {
        foreach (var interest in session.Interests)
        {
            interest.Requests.ForEach(request => request.OwedRetained.Clear());
        }
    }
}
