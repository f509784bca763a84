using Godwit.Storage.Segments;

namespace Godwit.Storage.Journals;

/// <summary>How much compaction reads between two commits: commits wait for it, so it is little; but segments must not come faster than they go.</summary>
internal sealed class CompactionPace(SegmentSet hot, WriteCounters counters)
{
    /// <summary>Most that is read in a step: when nobody commits, or space is short.</summary>
    public const int StepSizeBytesMax = 1 << 20;

    /// <summary>Least that is read in a step; it takes less time than a flush.</summary>
    private const int StepSizeBytesMin = 64 << 10;

    /// <summary>When a step needs a flush that nobody else has asked for, it is worth one.</summary>
    private const int FlushedStepSizeBytes = 64 << 10;

    /// <summary>For each byte that is committed so many are read, at least.</summary>
    private const int Share = 4;

    private long _committed;

    /// <summary>Bytes to read in this step. Asked in every turn of the writer.</summary>
    public int NextStepBytes(bool isUrgent)
    {
        var committed = counters.WrittenBytes - counters.CopiedBytes;
        var share = Share * (committed - _committed);
        _committed = committed;
        var least = hot.DurableLsn < hot.LastLsn ? FlushedStepSizeBytes : StepSizeBytesMin;
        return isUrgent ? StepSizeBytesMax : (int)Math.Clamp(share, least, StepSizeBytesMax);
    }
}
