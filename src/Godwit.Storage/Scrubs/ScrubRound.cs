namespace Godwit.Storage.Scrubs;

/// <summary>What a round of the scrub has done.</summary>
/// <param name="Segments">Segments that were read to their end.</param>
/// <param name="Bytes">Bytes that were read.</param>
/// <param name="Damaged">Damaged ranges in them, with those that had been known.</param>
/// <param name="Unread">Segments that could not be read for a reason that says nothing about them, e.g. too many open files.</param>
/// <param name="TookMs">Milliseconds.</param>
public sealed record ScrubRound(int Segments, long Bytes, int Damaged, int Unread, long TookMs);
