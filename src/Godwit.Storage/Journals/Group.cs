namespace Godwit.Storage.Journals;

/// <summary>What waits for the writer: the records of one commit, or a question.</summary>
/// <param name="ShardIndex">Who it is from.</param>
/// <param name="Start">Where its records start in the batch.</param>
/// <param name="Length">Bytes of records; 0: it is a question.</param>
/// <param name="RecordCount">Records.</param>
/// <param name="Number">The commit's number.</param>
/// <param name="IsAwaited">Somebody waits until it is durable.</param>
/// <param name="Question">What is asked.</param>
internal readonly record struct Group(int ShardIndex, int Start, int Length, int RecordCount, long Number, bool IsAwaited, QueueQuestion Question);
