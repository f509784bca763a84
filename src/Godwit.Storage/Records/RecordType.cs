namespace Godwit.Storage.Records;

/// <summary>What a record of the journal says. Two bits of the byte on disk are flags: <see cref="RecordFlags"/>.</summary>
public enum RecordType : byte
{
    /// <summary>No record.</summary>
    None = 0,

    /// <summary>A message, who gets it, and whether it is retained.</summary>
    Message = 1,

    /// <summary>An older message goes to more queues.</summary>
    Reference = 2,

    /// <summary>A queue no longer needs a position.</summary>
    Acknowledge = 3,

    /// <summary>PUBREC has come for a position: only PUBREL is left to do.</summary>
    Received = 4,

    /// <summary>The retained store no longer holds a message.</summary>
    ReleaseRetained = 5,

    /// <summary>A session, subscription, will or inbound packet id, or how far a search for retained messages is.</summary>
    Put = 6,

    /// <summary>What a <see cref="Put"/> said is over.</summary>
    Delete = 7,

    /// <summary>A session's queue is over.</summary>
    EndSession = 8,

    /// <summary>The wall clock at that time.</summary>
    Heartbeat = 9,

    /// <summary>Numbers below these have been given out.</summary>
    Floor = 10,

    /// <summary>Positions of a queue below this one have been used; written when the records that showed it are about to go.</summary>
    NextSeq = 11,
}
