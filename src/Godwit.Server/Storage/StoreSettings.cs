namespace Godwit.Server.Storage;

/// <summary>Choices of the administrator about the store on disk. Its keys are those of the section Store.</summary>
public sealed class StoreSettings
{
    /// <summary>Bytes of a new segment. Those that are there keep their size.</summary>
    public int SegmentSizeBytes { get; set; } = 64 << 20;

    /// <summary>With <see cref="DurabilityMode.Interval"/>: milliseconds between two flushes, 1 to 100.</summary>
    public int FlushIntervalMs { get; set; } = 50;

    /// <summary>How fast sealed segments are read again to see whether they are still intact; 0 is never.</summary>
    public long ScrubBytesPerSecond { get; set; } = 5_000_000;

    /// <summary>From the beginning of one such round to that of the next, at the least.</summary>
    public int ScrubIntervalHours { get; set; } = 24;

    /// <summary>From the start of the broker to the first round: the start has just read everything.</summary>
    public int ScrubDelaySeconds { get; set; } = 600;
}
