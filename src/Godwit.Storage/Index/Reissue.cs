using Godwit.Storage.Records;

namespace Godwit.Storage.Index;

/// <summary>
/// A tombstone that stands in the log before what it ends, because another shard wrote that one later. It is written once more, so that it
/// cannot leave the log before its target.
/// </summary>
/// <param name="Type"><see cref="RecordType.Acknowledge"/> or <see cref="RecordType.ReleaseRetained"/>.</param>
/// <param name="First">The session's number, or the id.</param>
/// <param name="Second">The position.</param>
/// <param name="IsCold">What it ends has been in the cold generation.</param>
internal readonly record struct Reissue(RecordType Type, long First, long Second, bool IsCold);
