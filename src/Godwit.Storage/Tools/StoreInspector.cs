using System.Runtime.CompilerServices;
using Godwit.Storage.Files;
using Godwit.Storage.Index;
using Godwit.Storage.Journals;
using Godwit.Storage.Records;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Tools;

/// <summary>Reads a store that no broker uses, or a backup of one, and changes nothing: for verifying, figures and dumps.</summary>
public static class StoreInspector
{
    /// <summary>Reads everything once and checks it.</summary>
    /// <param name="fs">The store's directory.</param>
    /// <exception cref="StoreFormatException">It is of a newer version, or no store.</exception>
    /// <exception cref="IOException">The disk fails.</exception>
    public static InspectionReport Verify(IStoreFs fs) => Read(fs, onRecord: null);

    /// <summary>Gives every record, first of the cold generation, then of the hot one, each in the order it was written.</summary>
    /// <param name="fs">The store's directory.</param>
    /// <param name="onRecord">Takes a record.</param>
    /// <exception cref="StoreFormatException">It is of a newer version, or no store.</exception>
    /// <exception cref="IOException">The disk fails.</exception>
    public static InspectionReport Dump(IStoreFs fs, Action<StoredRecord> onRecord) => Read(fs, onRecord);

    private static InspectionReport Read(IStoreFs fs, Action<StoredRecord>? onRecord)
    {
        if (!fs.Exists(StoreFile.Name))
        {
            throw new StoreFormatException($"there is no file {StoreFile.Name}: the directory is not a store");
        }

        var options = new SegmentOptions { StoreId = StoreFile.Read(fs) };
        var index = new StoreIndex();
        var counts = new Dictionary<RecordType, long>();
        var report = Scan(fs, options, index, (in FrameLocation location, ReadOnlySpan<byte> body, int _) => Replay(location, body, index, counts));
        if (onRecord is not null)
        {
            Scan(fs, options, index, (in FrameLocation location, ReadOnlySpan<byte> body, int _) => Give(location, body, index, onRecord));
        }

        return report with { Records = counts };
    }

    private static InspectionReport Scan(IStoreFs fs, SegmentOptions options, StoreIndex index, FrameHandler onFrame)
    {
        var pool = new SegmentPool(fs, options);
        var cold = new SegmentSet(fs, pool, options, Generation.Cold);
        var hot = new SegmentSet(fs, pool, options, Generation.Hot);
        GenerationScan[] scans = [new(fs, cold, options, onFrame), new(fs, hot, options, onFrame)];
        try
        {
            foreach (var scan in scans)
            {
                scan.ReadHeaders();
                scan.ReadFrames();
            }

            index.Settle();
            return new InspectionReport
            {
                StoreId = options.StoreId,
                HotSegments = hot.Count,
                ColdSegments = cold.Count,
                TotalBytes = hot.SizeBytes + cold.SizeBytes,
                LiveBytes = index.LiveBytes,
                Frames = scans.Sum(scan => scan.FrameCount),
                Records = new Dictionary<RecordType, long>(),
                Sessions = index.Sessions.Count,
                Queued = index.QueuedCount,
                LastHeartbeatUtcMs = index.LastHeartbeatUtcMs,
                TornTails = [.. scans.Select(scan => scan.TornTail).OfType<TornTail>()],
                Damage = [.. scans.SelectMany(scan => scan.Damage)],
                UnreadableRecords = index.UnreadableCount,
            };
        }
        finally
        {
            foreach (var scan in scans)
            {
                scan.Close();
            }
        }
    }

    private static void Replay(in FrameLocation location, ReadOnlySpan<byte> body, StoreIndex index, Dictionary<RecordType, long> counts)
    {
        var segment = RecordLocation.SegmentKey(location.Generation, location.SegNo);
        var reader = new RecordReader(body);
        while (reader.TryRead())
        {
            index.Apply(ref reader, segment, (uint)(location.BodyOffset + reader.Offset));
            counts[reader.Type] = counts.GetValueOrDefault(reader.Type) + 1;
        }
    }

    private static void Give(in FrameLocation location, ReadOnlySpan<byte> body, StoreIndex index, Action<StoredRecord> onRecord)
    {
        var file = SegmentName.Of(location.Generation, location.SegNo);
        var segment = RecordLocation.SegmentKey(location.Generation, location.SegNo);
        var reader = new RecordReader(body);
        while (reader.TryRead())
        {
            var offset = location.BodyOffset + reader.Offset;
            var fields = new List<KeyValuePair<string, object?>>();
            var isReadable = RecordFields.TryRead(reader.Type, reader.Body, fields);
            var isLive = HasId(reader.Type) && fields.Count > 0 && fields[0].Value is long id && IsHere(index, id, segment, offset);
            onRecord(new StoredRecord(file, offset, reader.Length, location.Lsn, reader.Type, isLive, isReadable, fields));
        }
    }

    private static bool HasId(RecordType type) => type is RecordType.Message or RecordType.Reference or RecordType.Received or RecordType.Put;

    private static bool IsHere(StoreIndex index, long id, uint segment, int offset)
    {
        ref var entry = ref index.Entries.Find(id);
        return !Unsafe.IsNullRef(ref entry) && entry.Location.Segment == segment && entry.Location.Offset == offset;
    }
}
