namespace Godwit.Storage.Journals;

/// <summary>Figures of a running store, since it was opened unless said otherwise.</summary>
public readonly record struct StoreStats
{
    /// <summary>Bytes of all segments, now.</summary>
    public required long TotalBytes { get; init; }

    /// <summary>Bytes of records that are needed, now.</summary>
    public required long LiveBytes { get; init; }

    /// <summary>Segments of the hot generation, now.</summary>
    public required int HotSegments { get; init; }

    /// <summary>Segments of the cold generation, now.</summary>
    public required int ColdSegments { get; init; }

    /// <summary>Files that wait to become segments, now.</summary>
    public required int PoolSegments { get; init; }

    /// <summary>Positions of all queues that are not over, now.</summary>
    public required long Queued { get; init; }

    /// <summary>Sessions with a record or a queue, now.</summary>
    public required int Sessions { get; init; }

    /// <summary>Records that are needed, now.</summary>
    public required int Entries { get; init; }

    /// <summary>Commits written.</summary>
    public required long Commits { get; init; }

    /// <summary>Frames they were written in: commits divided by frames is the size of a batch.</summary>
    public required long Frames { get; init; }

    /// <summary>Flushes for commits.</summary>
    public required long Flushes { get; init; }

    /// <summary>Bytes that shards committed.</summary>
    public required long CommittedBytes { get; init; }

    /// <summary>Bytes written, with headers and copies.</summary>
    public required long WrittenBytes { get; init; }

    /// <summary>Of these, copies made by compaction.</summary>
    public required long CopiedBytes { get; init; }

    /// <summary>Segments given back.</summary>
    public required long RetiredSegments { get; init; }

    /// <summary>A backup reads the segments: none is given back.</summary>
    public bool IsPinned { get; init; }

    /// <summary>Records met damaged while running.</summary>
    public required long UnreadableRecords { get; init; }

    /// <summary>Bytes written for each byte committed.</summary>
    public double Amplification => CommittedBytes == 0 ? 0 : (double)WrittenBytes / CommittedBytes;
}
