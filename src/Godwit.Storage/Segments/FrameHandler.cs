namespace Godwit.Storage.Segments;

/// <summary>Takes a frame that is intact.</summary>
/// <param name="location">Where it is.</param>
/// <param name="body">Its records; valid during the call only.</param>
/// <param name="recordCount">As it was given to <see cref="SegmentSet.Append"/>.</param>
internal delegate void FrameHandler(in FrameLocation location, ReadOnlySpan<byte> body, int recordCount);
