using Godwit.Storage.Segments;

namespace Godwit.Storage.Journals;

/// <summary>What the opening of a store has found and done.</summary>
public sealed record RecoveryReport
{
    /// <summary>Number of the store.</summary>
    public required Guid StoreId { get; init; }

    /// <summary>Which opening of the store this is, counted up each time.</summary>
    public required long Term { get; init; }

    /// <summary>Segments that were read.</summary>
    public required int Segments { get; init; }

    /// <summary>Intact frames.</summary>
    public required long Frames { get; init; }

    /// <summary>Records in them.</summary>
    public required long Records { get; init; }

    /// <summary>Bytes of the frames.</summary>
    public required long Bytes { get; init; }

    /// <summary>What a crash had left incomplete at the end, and was cut off: no acknowledgement had left for it.</summary>
    public required IReadOnlyList<TornTail> TornTails { get; init; }

    /// <summary>What was lost although it had been durable. Empty is good.</summary>
    public required IReadOnlyList<DamagedRange> Damage { get; init; }

    /// <summary>Files that keep the damaged segments as they were found.</summary>
    public required IReadOnlyList<string> Quarantine { get; init; }

    /// <summary>Damaged segments of which there was no space to keep a copy.</summary>
    public required IReadOnlyList<string> NotQuarantined { get; init; }

    /// <summary>Records of an intact frame that this version could not read.</summary>
    public required long UnreadableRecords { get; init; }

    /// <summary>Positions of queues whose message is not there: it was in a lost part, or had not become durable yet.</summary>
    public required int LostPositions { get; init; }

    /// <summary>What was done about a system clock that disagrees with the store, in words; null: nothing.</summary>
    public required string? ClockCorrection { get; init; }

    /// <summary>Everything that was acknowledged is there.</summary>
    public bool IsComplete => Damage.Count == 0 && UnreadableRecords == 0;
}
