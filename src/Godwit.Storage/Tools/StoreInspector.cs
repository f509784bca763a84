using Godwit.Storage.Index;
using Godwit.Storage.Records;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Tools;

/// <summary>Reads a whole store, checks every checksum, and says what is in it. Changes nothing; a broker may run meanwhile.</summary>
public static class StoreInspector
{
    /// <summary>A running broker gives segments back and writes new ones; then the reading begins again.</summary>
    private const int AttemptsMax = 10;

    /// <summary>How much there is to read: bytes of all segments.</summary>
    /// <param name="directory">The store.</param>
    /// <exception cref="StoreToolException">There is no such directory.</exception>
    public static long SizeOf(string directory)
    {
        var fs = new ReadOnlyFs(directory);
        return fs.List().Where(StoreFiles.IsSegment).Select(name => new FileInfo(Path.Combine(directory, name))).Sum(file => file.Exists ? file.Length : 0);
    }

    /// <summary>Reads a store.</summary>
    /// <param name="directory">Its directory.</param>
    /// <param name="onRead">Is told how many bytes were read, again and again.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="StoreToolException">There is no store, or a running broker changes it too fast.</exception>
    /// <exception cref="StoreFormatException">It is of a newer version.</exception>
    /// <exception cref="IOException">A file cannot be opened.</exception>
    public static StoreInspection Inspect(string directory, Action<long>? onRead = null, CancellationToken cancellationToken = default)
    {
        StoreInspection? before = null;
        for (var attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            var isInUse = StoreLock.IsHeld(directory);
            try
            {
                var found = Read(new ReadOnlyFs(directory, onRead, cancellationToken), ref isInUse, out var isStillThere);
                if (!isInUse || (isStillThere && found.Damage.Count == 0))
                {
                    return found;
                }

                if (isStillThere && before is not null)
                {
                    return found with { Damage = [.. found.Damage.Where(range => before.Damage.Any(range.IsAt))] };
                }

                before = isStillThere ? found : null;       // a frame that is being written looks damaged, but only once
            }
            catch (FileNotFoundException) when (isInUse)
            {
                before = null;
            }
        }

        throw new StoreToolException($"The broker changes the store in {directory} faster than it can be read. Make a backup (godwit store backup) and look at that.");
    }

    private static bool IsAt(this DamagedRange range, DamagedRange other) =>
        string.Equals(range.File, other.File, StringComparison.Ordinal) && range.Offset == other.Offset;

    private static StoreInspection Read(ReadOnlyFs fs, ref bool isInUse, out bool isStillThere)
    {
        var records = new Dictionary<uint, (long Frames, long Records)>();
        using var reading = StoreReading.Read(fs, (in FrameLocation location, ReadOnlySpan<byte> _, int recordCount) =>
        {
            var key = RecordLocation.SegmentKey(location.Generation, location.SegNo);
            var (frames, sum) = records.GetValueOrDefault(key);
            records[key] = (frames + 1, sum + recordCount);
        });
        isInUse |= StoreLock.IsHeld(fs.DirectoryPath);
        isStillThere = reading.IsStillThere;
        var index = reading.Index;
        var kinds = CountKinds(index);
        return new StoreInspection
        {
            StoreId = reading.Report.StoreId,
            IsInUse = isInUse,
            Term = reading.Report.Term,
            LastWritten = index.LastHeartbeatUtcMs == 0 ? null : StoreTime.ToTime(index.LastHeartbeatUtcMs),
            Segments = [.. reading.Sets.SelectMany(set => set.SegNos.Select(segNo => Describe(reading, set, segNo, records)))],
            HotSegments = reading.Hot.Count,
            ColdSegments = reading.Cold.Count,
            PoolSegments = fs.List().Count(name => SegmentName.TryParsePool(name, out _)),
            Frames = reading.Report.Frames,
            Records = reading.Report.Records,
            LiveBytes = index.LiveBytes,
            TornTails = reading.Report.TornTails,
            Damage = reading.Report.Damage,
            UnreadableRecords = reading.Report.UnreadableRecords,
            LostPositions = reading.Report.LostPositions,
            Sessions = kinds.GetValueOrDefault(PutKind.Session),
            Subscriptions = kinds.GetValueOrDefault(PutKind.Subscription),
            Inbound = kinds.GetValueOrDefault(PutKind.Inbound),
            Wills = kinds.GetValueOrDefault(PutKind.Will),
            Retained = kinds.GetValueOrDefault(default),
            Queued = index.QueuedCount,
        };
    }

    private static SegmentInspection Describe(StoreReading reading, SegmentSet set, uint segNo, Dictionary<uint, (long Frames, long Records)> records)
    {
        var key = RecordLocation.SegmentKey(set.Generation, segNo);
        var (frames, count) = records.GetValueOrDefault(key);
        return new SegmentInspection(
            SegmentName.Of(set.Generation, segNo),
            set.SizeOf(segNo),
            set.EndOffset(segNo),
            frames,
            count,
            reading.Index.UseOf(key).LiveBytes,
            set.FirstLsn(segNo),
            set.LastLsnOf(segNo));
    }

    /// <summary>How many of each kind there are; retained messages under no kind.</summary>
    private static Dictionary<PutKind, int> CountKinds(StoreIndex index)
    {
        var counts = new Dictionary<PutKind, int>();
        var sessions = new HashSet<uint>();
        foreach (var id in index.Entries.Ids)
        {
            ref var entry = ref index.Entries.Find(id);
            var isNewerOfSession = entry is { Kind: EntryKind.Put, PutKind: PutKind.Session } && !sessions.Add(entry.SessionNo);
            if (!isNewerOfSession && (entry.Kind == EntryKind.Put || entry.IsRetained))
            {
                var kind = entry.Kind == EntryKind.Put ? entry.PutKind : default;
                counts[kind] = counts.GetValueOrDefault(kind) + 1;
            }
        }

        return counts;
    }
}
