using Godwit.Storage.Files;

namespace Godwit.Storage.Segments;

/// <summary>
/// Opens the log. A place where no frame is intact is a torn tail when nothing says that it had been flushed: the log ends there. It is
/// damage when a later segment exists, when a later intact frame names it durable, or when the disk cannot read it: then the log goes on
/// at the next intact frame, the hole is reported, and the segment is copied before anything else is done.
/// </summary>
internal static class LogScan
{
    /// <summary>Reads all frames, first cold, then hot, each in order, and leaves the store ready for the next append.</summary>
    /// <param name="fs">The store's directory; an empty one is a new store.</param>
    /// <param name="options">The store's id, and how segments are made.</param>
    /// <param name="onFrame">Gets every intact frame.</param>
    /// <exception cref="StoreFormatException">The store is of a newer version; nothing was changed.</exception>
    /// <exception cref="StoreDamagedException">There is damage, and <see cref="SegmentOptions.StopOnDamage"/>; nothing was changed.</exception>
    /// <exception cref="IOException">The disk fails.</exception>
    public static LogScanResult Run(IStoreFs fs, SegmentOptions options, FrameHandler onFrame)
    {
        var pool = new SegmentPool(fs, options);
        var hot = new SegmentSet(fs, pool, options, Generation.Hot);
        var cold = new SegmentSet(fs, pool, options, Generation.Cold);
        GenerationScan[] scans = [new(fs, cold, options, onFrame), new(fs, hot, options, onFrame)];
        try
        {
            foreach (var scan in scans)
            {
                scan.ReadHeaders();
            }

            foreach (var scan in scans)
            {
                scan.ReadFrames();
            }

            var damage = scans.SelectMany(scan => scan.Damage).ToList();
            if (options.StopOnDamage && damage.Count > 0)
            {
                throw new StoreDamagedException(damage);
            }

            var quarantine = new Quarantine(fs);
            quarantine.Take(scans.SelectMany(scan => scan.Damaged), scans.SelectMany(scan => scan.Foreign));
            hot.Term = cold.Term = Math.Max(scans.Max(scan => scan.HighestTerm), pool.Open()) + 1;
            fs.SyncDirectory();         // a process that was killed may have left names that are not durable
            cold.Open(scans[0].ProvenLsn);
            hot.Open(scans[1].ProvenLsn);
            return new LogScanResult
            {
                Hot = hot,
                Cold = cold,
                Pool = pool,
                Term = hot.Term,
                FrameCount = scans.Sum(scan => scan.FrameCount),
                FrameBytes = scans.Sum(scan => scan.FrameBytes),
                TornTails = [.. scans.Select(scan => scan.TornTail).OfType<TornTail>()],
                Damage = damage,
                Quarantine = quarantine.Files,
                NotQuarantined = quarantine.NotTaken,
            };
        }
        catch
        {
            foreach (var scan in scans)
            {
                scan.Close();
            }

            throw;
        }
    }
}
