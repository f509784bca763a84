using Godwit.Storage.Records;

namespace Godwit.Storage.Tools;

/// <summary>One record of a store, for people and scripts.</summary>
/// <param name="File">Name of its segment's file.</param>
/// <param name="Offset">Of the record in the file, bytes.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Lsn">Number of its frame: records of one frame were written together.</param>
/// <param name="Type">What it says.</param>
/// <param name="IsLive">The store still needs it, and this copy of it.</param>
/// <param name="IsReadable">All of it could be read.</param>
/// <param name="Fields">
/// Names and values in the order of the record: numbers, texts, truth values, bytes (topics and client identifiers as text), times as UTC
/// milliseconds since 1970, and for recipients a list of texts "session/position".
/// </param>
public sealed record StoredRecord(string File, long Offset, int Length, long Lsn, RecordType Type, bool IsLive, bool IsReadable, IReadOnlyList<KeyValuePair<string, object?>> Fields);
