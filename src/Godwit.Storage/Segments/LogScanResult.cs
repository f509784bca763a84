namespace Godwit.Storage.Segments;

/// <summary>A store that has been read and can be written to.</summary>
internal sealed class LogScanResult : IDisposable
{
    /// <summary>The hot generation; without a segment when the store is new.</summary>
    public required SegmentSet Hot { get; init; }

    /// <summary>The cold generation; without a segment until something is appended.</summary>
    public required SegmentSet Cold { get; init; }

    /// <summary>The files that both take their segments from.</summary>
    public required SegmentPool Pool { get; init; }

    /// <summary>
    /// This opening: 1 above the highest term found anywhere. The first frame appended to <see cref="Hot"/> must be flushed before
    /// anything else is appended to either.
    /// </summary>
    public required uint Term { get; init; }

    /// <summary>Intact frames, all given to the handler.</summary>
    public required long FrameCount { get; init; }

    /// <summary>Their bytes, with headers.</summary>
    public required long FrameBytes { get; init; }

    /// <summary>At most one for each generation.</summary>
    public required IReadOnlyList<TornTail> TornTails { get; init; }

    /// <summary>Everything that was lost; empty: nothing.</summary>
    public required IReadOnlyList<DamagedRange> Damage { get; init; }

    /// <summary>Files that keep what was found in damaged segments; they are nobody's any more.</summary>
    public required IReadOnlyList<string> Quarantine { get; init; }

    /// <summary>Damaged segments of which no copy could be made, for lack of space.</summary>
    public required IReadOnlyList<string> NotQuarantined { get; init; }

    /// <summary>Closes the files; flushes nothing.</summary>
    public void Dispose()
    {
        Hot.Dispose();
        Cold.Dispose();
    }
}
