namespace Godwit.Storage.Journals;

/// <summary>Somebody wants to know what stands in a queue.</summary>
/// <param name="ShardIndex">Who gets the answer.</param>
/// <param name="SessionNo">The session.</param>
/// <param name="FromSeq">First position wanted.</param>
/// <param name="BytesMax">About so many bytes of messages.</param>
internal readonly record struct QueueQuestion(int ShardIndex, uint SessionNo, long FromSeq, int BytesMax);
