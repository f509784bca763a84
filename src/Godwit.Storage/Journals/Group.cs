namespace Godwit.Storage.Journals;

/// <summary>What waits for the writer: the records of one commit, or a question.</summary>
/// <param name="Start">Where its records start in the batch.</param>
/// <param name="Length">Bytes of records; 0: it is a question.</param>
/// <param name="RecordCount">Records.</param>
/// <param name="Number">The commit's number.</param>
/// <param name="AwaitedBy">The shards that wait until it is durable, one bit each.</param>
/// <param name="Question">What is asked.</param>
internal readonly record struct Group(int Start, int Length, int RecordCount, long Number, ulong AwaitedBy, QueueQuestion Question);
