namespace Godwit.Storage.Tools;

/// <summary>A segment of a store, as it was found.</summary>
/// <param name="File">Its name.</param>
/// <param name="SizeBytes">Bytes of the file.</param>
/// <param name="UsedBytes">Bytes up to the end of its last intact frame.</param>
/// <param name="Frames">Intact frames.</param>
/// <param name="Records">Records in them.</param>
/// <param name="LiveBytes">Bytes of the records that are still needed.</param>
/// <param name="FirstLsn">Number of its first frame.</param>
/// <param name="LastLsn">Number of its last intact frame; below <paramref name="FirstLsn"/> when it has none.</param>
public sealed record SegmentInspection(string File, long SizeBytes, long UsedBytes, long Frames, long Records, long LiveBytes, long FirstLsn, long LastLsn);
