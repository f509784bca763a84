namespace Godwit.Storage.Index;

/// <summary>What an <see cref="Entry"/> stands for.</summary>
internal enum EntryKind : byte
{
    /// <summary>A message; its references are live positions, references to it, and 1 when it is retained.</summary>
    Message = 0,

    /// <summary>A message goes to more queues; its references are live positions.</summary>
    Reference = 1,

    /// <summary>PUBREC has come for a position; it has one reference, the position.</summary>
    Received = 2,

    /// <summary>A session, subscription, will or inbound packet id; it is there until it is deleted.</summary>
    Put = 3,
}
