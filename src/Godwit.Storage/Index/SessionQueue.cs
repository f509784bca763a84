namespace Godwit.Storage.Index;

/// <summary>What the index knows of a session.</summary>
internal sealed class SessionQueue
{
    /// <summary>The positions of its queue.</summary>
    public QueueRing Ring { get; } = new();

    /// <summary>Records that say the session exists: one, or two while a newer one is about to replace the older.</summary>
    public int Records { get; set; }

    /// <summary>Positions below this one have been used.</summary>
    public long NextSeq { get; private set; }

    /// <summary>The newest segment that shows it.</summary>
    public uint NextSeqSegment { get; private set; }

    /// <summary>A record in a segment shows that positions below <paramref name="nextSeq"/> have been used.</summary>
    public void Note(long nextSeq, uint segment)
    {
        if (nextSeq >= NextSeq)
        {
            NextSeq = nextSeq;
            NextSeqSegment = segment;
        }
    }
}
