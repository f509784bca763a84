namespace Godwit.Storage.Index;

/// <summary>What the index knows of a session.</summary>
internal sealed class SessionQueue
{
    /// <summary>The positions of its queue.</summary>
    public QueueRing Ring { get; } = new();

    /// <summary>Records that say the session exists: one, or two while a newer one is about to replace the older.</summary>
    public int Records { get; set; }

    /// <summary>Positions below this one have been used.</summary>
    public long NextSeq { get; set; }

    /// <summary>The newest segment that shows it; 0: none.</summary>
    public uint NextSeqSegment { get; set; }
}
