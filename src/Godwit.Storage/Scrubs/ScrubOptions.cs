using Godwit.Storage.Segments;

namespace Godwit.Storage.Scrubs;

/// <summary>How a scrub works, and whom it tells. Callbacks come on the thread that calls <see cref="Scrubber.Step"/>.</summary>
public sealed class ScrubOptions
{
    /// <summary>The store; a file of another one is damage.</summary>
    public required Guid StoreId { get; init; }

    /// <summary>Bytes that are read in a second, on average; above 0.</summary>
    public long BytesPerSecond { get; init; } = 5_000_000;

    /// <summary>From the beginning of a round to that of the next; a round that takes longer is followed by the next at once.</summary>
    public long IntervalMs { get; init; } = 24 * 60 * 60 * 1_000;

    /// <summary>From the first step to the first round.</summary>
    public long DelayMs { get; init; }

    /// <summary>Damage that the opening of the store has reported: it is not reported again.</summary>
    public IReadOnlyList<DamagedRange> Known { get; init; } = [];

    /// <summary>Damage was found that nobody knew of.</summary>
    public Action<DamagedRange>? OnDamage { get; init; }

    /// <summary>A round is over.</summary>
    public Action<ScrubRound>? OnRound { get; init; }
}
