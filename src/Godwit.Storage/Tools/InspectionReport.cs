using Godwit.Storage.Segments;

namespace Godwit.Storage.Tools;

/// <summary>What a look at a store has found. Nothing was changed.</summary>
public sealed record InspectionReport
{
    /// <summary>Number of the store.</summary>
    public required Guid StoreId { get; init; }

    /// <summary>Segments of the hot generation.</summary>
    public required int HotSegments { get; init; }

    /// <summary>Segments of the cold generation.</summary>
    public required int ColdSegments { get; init; }

    /// <summary>Bytes of all segments.</summary>
    public required long TotalBytes { get; init; }

    /// <summary>Bytes of records that are needed.</summary>
    public required long LiveBytes { get; init; }

    /// <summary>Intact frames.</summary>
    public required long Frames { get; init; }

    /// <summary>Records by what they say.</summary>
    public required IReadOnlyDictionary<Records.RecordType, long> Records { get; init; }

    /// <summary>Durable sessions.</summary>
    public required int Sessions { get; init; }

    /// <summary>Positions of all queues that are not over.</summary>
    public required long Queued { get; init; }

    /// <summary>When it was last written to, UTC milliseconds since 1970; 0: unknown.</summary>
    public required long LastHeartbeatUtcMs { get; init; }

    /// <summary>What the next opening will cut off: it had not become durable.</summary>
    public required IReadOnlyList<TornTail> TornTails { get; init; }

    /// <summary>What was durable and cannot be read. Empty is good.</summary>
    public required IReadOnlyList<DamagedRange> Damage { get; init; }

    /// <summary>Records of intact frames that this version cannot read.</summary>
    public required long UnreadableRecords { get; init; }

    /// <summary>Everything that was acknowledged is there.</summary>
    public bool IsComplete => Damage.Count == 0 && UnreadableRecords == 0;
}
