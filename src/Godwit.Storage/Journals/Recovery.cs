using Godwit.Storage.Index;
using Godwit.Storage.Records;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Journals;

/// <summary>The replay of a log into the index.</summary>
internal sealed class Recovery
{
    /// <summary>
    /// A lost stretch may have used positions that nobody knows of, and packet ids follow from positions: so many are skipped, all that can be
    /// in flight.
    /// </summary>
    private const long NextSeqRaise = ushort.MaxValue;

    private readonly StoreIndex _index = new();
    private long _records;

    /// <summary>The index; complete after <see cref="Finish"/>.</summary>
    public StoreIndex Index => _index;

    /// <summary>Frames whose rest could not be read.</summary>
    public long UnreadableRecords { get; private set; }

    /// <summary>Takes a frame in; as <see cref="LogScan"/> gives it.</summary>
    public void OnFrame(in FrameLocation location, ReadOnlySpan<byte> body, int recordCount)
    {
        var segment = RecordLocation.SegmentKey(location.Generation, location.SegNo);
        var reader = new RecordReader(body);
        while (reader.TryRead())
        {
            _records++;
            _index.Apply(ref reader, segment, (uint)(location.BodyOffset + reader.Offset));
        }

        UnreadableRecords += reader.IsDamaged ? 1 : 0;
    }

    /// <summary>All frames have come.</summary>
    public RecoveryReport Finish(Guid storeId, LogScanResult log, WallClock clock)
    {
        var isIncomplete = log.Damage.Count > 0 || UnreadableRecords + _index.UnreadableCount > 0;
        var lost = _index.Settle(isIncomplete ? NextSeqRaise : 0);
        return new RecoveryReport
        {
            StoreId = storeId,
            Term = log.Term,
            Segments = log.Hot.Count + log.Cold.Count,
            Frames = log.FrameCount,
            Records = _records,
            Bytes = log.FrameBytes,
            TornTails = log.TornTails,
            Damage = log.Damage,
            Quarantine = log.Quarantine,
            NotQuarantined = log.NotQuarantined,
            UnreadableRecords = UnreadableRecords + _index.UnreadableCount,
            LostPositions = lost,
            ClockCorrection = clock.Correction,
        };
    }
}
