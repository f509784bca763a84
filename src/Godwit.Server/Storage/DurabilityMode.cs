namespace Godwit.Server.Storage;

/// <summary>What an acknowledgement means for messages, sessions, subscriptions and retained messages.</summary>
public enum DurabilityMode
{
    /// <summary>It is on the disk and flushed: it survives the process, the operating system and a power cut.</summary>
    Sync,

    /// <summary>It is written, and flushed a few milliseconds later: it survives the process; a power cut loses the last moment.</summary>
    Interval,

    /// <summary>It is written and never flushed: it survives the process; a power cut loses what the system had not written by itself.</summary>
    Os,

    /// <summary>It is in memory: it survives nothing.</summary>
    Memory,
}
