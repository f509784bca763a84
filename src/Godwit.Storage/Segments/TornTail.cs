namespace Godwit.Storage.Segments;

/// <summary>The end of the log that a crash left incomplete and that has been cut off. No flush ever said that it was durable.</summary>
/// <param name="File">Name of the segment's file.</param>
/// <param name="Offset">Where the log ends now.</param>
/// <param name="SizeBytes">Bytes cut off, as far as they can be told from what the file held before.</param>
/// <param name="FirstLsn">The first frame that is gone; its number is given out again.</param>
public sealed record TornTail(string File, long Offset, long SizeBytes, long FirstLsn);
