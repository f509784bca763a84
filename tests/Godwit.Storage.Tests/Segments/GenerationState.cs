namespace Godwit.Storage.Tests.Segments;

/// <summary>What is known of one generation between two operations.</summary>
/// <param name="FrontLsn">First frame of the oldest segment.</param>
/// <param name="DurableLsn">The last that was flushed.</param>
/// <param name="LastLsn">The last that was appended.</param>
internal readonly record struct GenerationState(long FrontLsn, long DurableLsn, long LastLsn);
