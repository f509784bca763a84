namespace Godwit.Storage.Segments;

/// <summary>A part of the log that was written and flushed and cannot be read.</summary>
/// <param name="File">Name of the segment's file.</param>
/// <param name="Offset">First bad byte.</param>
/// <param name="SizeBytes">Bytes up to the next intact frame, or to the end of the file: then not all of them need to have been used.</param>
/// <param name="FirstLsn">First lost frame.</param>
/// <param name="LastLsn">Last lost frame; below <paramref name="FirstLsn"/>: no frame is lost; <see cref="long.MaxValue"/>: unknown.</param>
/// <param name="Cause">In words.</param>
public sealed record DamagedRange(string File, long Offset, long SizeBytes, long FirstLsn, long LastLsn, string Cause)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        var frames = LastLsn == long.MaxValue ? $"frames from {FirstLsn} on"
            : LastLsn < FirstLsn ? "no frame"
            : $"frames {FirstLsn} to {LastLsn}";
        return $"{File}: {SizeBytes} bytes at offset {Offset}: {Cause}; {frames} lost";
    }
}
