using Godwit.Storage.Segments;

namespace Godwit.Storage.Tools;

/// <summary>What a store holds, and how it is.</summary>
public sealed record StoreInspection
{
    /// <summary>Number of the store.</summary>
    public required Guid StoreId { get; init; }

    /// <summary>A broker, or a tool that changes the store, had the directory meanwhile: what came after the last flush may be seen in part.</summary>
    public required bool IsInUse { get; init; }

    /// <summary>How often the store has been opened.</summary>
    public required long Term { get; init; }

    /// <summary>The last time that was noted in it, UTC; null when there is none.</summary>
    public required DateTimeOffset? LastWritten { get; init; }

    /// <summary>The segments, cold first, in the order of the log.</summary>
    public required IReadOnlyList<SegmentInspection> Segments { get; init; }

    /// <summary>Segments of the hot generation.</summary>
    public required int HotSegments { get; init; }

    /// <summary>Segments of the cold generation.</summary>
    public required int ColdSegments { get; init; }

    /// <summary>Files that wait to become segments.</summary>
    public required int PoolSegments { get; init; }

    /// <summary>Intact frames.</summary>
    public required long Frames { get; init; }

    /// <summary>Records in them.</summary>
    public required long Records { get; init; }

    /// <summary>Bytes of records that are still needed.</summary>
    public required long LiveBytes { get; init; }

    /// <summary>What a crash left incomplete at the end; nothing of it was ever acknowledged.</summary>
    public required IReadOnlyList<TornTail> TornTails { get; init; }

    /// <summary>What was durable and cannot be read.</summary>
    public required IReadOnlyList<DamagedRange> Damage { get; init; }

    /// <summary>Records of an intact frame that this version cannot read.</summary>
    public required long UnreadableRecords { get; init; }

    /// <summary>Positions of queues whose message is missing.</summary>
    public required int LostPositions { get; init; }

    /// <summary>Sessions.</summary>
    public required int Sessions { get; init; }

    /// <summary>Subscriptions.</summary>
    public required int Subscriptions { get; init; }

    /// <summary>Retained messages.</summary>
    public required int Retained { get; init; }

    /// <summary>Messages in all queues, each counted once for each queue, with those that wait for PUBCOMP.</summary>
    public required long Queued { get; init; }

    /// <summary>Inbound QoS 2 packet ids.</summary>
    public required int Inbound { get; init; }

    /// <summary>Wills.</summary>
    public required int Wills { get; init; }

    /// <summary>Bytes of the segments' files.</summary>
    public long TotalBytes => Segments.Sum(segment => segment.SizeBytes);

    /// <summary>Bytes of the segments up to the end of their last frame.</summary>
    public long UsedBytes => Segments.Sum(segment => segment.UsedBytes);

    /// <summary>Used bytes for each live byte; 0 when nothing is live.</summary>
    public double Amplification => LiveBytes == 0 ? 0 : (double)UsedBytes / LiveBytes;

    /// <summary>Nothing that was durable is missing.</summary>
    public bool IsSound => Damage.Count == 0 && UnreadableRecords == 0;
}
