namespace Godwit.Storage.Journals;

/// <summary>What the writer has done since the store was opened.</summary>
internal sealed class WriteCounters
{
    /// <summary>Bytes of records that shards committed.</summary>
    public long CommittedBytes { get; set; }

    /// <summary>Bytes of all frames, with headers, copies included.</summary>
    public long WrittenBytes { get; set; }

    /// <summary>Of these, frames that compaction wrote.</summary>
    public long CopiedBytes { get; set; }

    /// <summary>Commits.</summary>
    public long Commits { get; set; }

    /// <summary>Frames that hold commits.</summary>
    public long Frames { get; set; }

    /// <summary>Flushes of the hot generation.</summary>
    public long Flushes { get; set; }

    /// <summary>Segments that were retired.</summary>
    public long Retired { get; set; }

    /// <summary>Records that were met damaged after the store had been opened.</summary>
    public long Unreadable { get; set; }
}
