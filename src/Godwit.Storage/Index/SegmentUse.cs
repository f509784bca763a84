namespace Godwit.Storage.Index;

/// <summary>What of a segment is still needed.</summary>
internal sealed class SegmentUse
{
    /// <summary>Bytes of records that are still needed and stand here.</summary>
    public long LiveBytes { get; set; }

    /// <summary>Records in a hot segment that have to go to the cold generation although they hold nothing: see <see cref="Records.RecordFlags.Cold"/>.</summary>
    public int ColdTombstones { get; set; }

    /// <summary>Sessions of which this is the newest segment that shows how far their positions have been used.</summary>
    public int NextSeqs { get; set; }

    /// <summary>Numbers of these sessions, and of others that have moved on to a newer segment or ended since; one may stand here twice.</summary>
    public List<uint> NotedSessions { get; } = [];
}
