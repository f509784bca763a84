using Godwit.Storage.Files;
using Godwit.Storage.Journals;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Tools;

/// <summary>
/// Opens a store as a broker does that keeps what can be kept: cuts a torn tail off, copies damaged segments aside, and goes on behind the holes.
/// Then it moves what is left of the damaged segments into new ones, so that the store is sound again.
/// </summary>
public static class StoreRepair
{
    private const int WaitMaxMs = 1_000;

    /// <summary>Repairs a store that nobody uses.</summary>
    /// <param name="directory">The store.</param>
    /// <returns>What was found and done.</returns>
    /// <exception cref="StoreToolException">There is no store, a broker runs on it, or there is no room to move what is left.</exception>
    /// <exception cref="StoreFormatException">It is of a newer version; nothing was changed.</exception>
    /// <exception cref="IOException">The disk fails or is full.</exception>
    public static RecoveryReport Repair(string directory)
    {
        if (!new ReadOnlyFs(directory).Exists(StoreFile.Name))
        {
            throw new StoreToolException($"There is no store in {directory}: it has no file {StoreFile.Name}.");
        }

        using var fileLock = StoreLock.TakeToWrite(directory);
        var options = new JournalOptions { ShardCount = 1, NewStoreId = Guid.NewGuid() };
        using var journal = Journal.Open(new DiskFs(directory), options, Environment.TickCount64, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        if (journal.Report.Damage.Count > 0)
        {
            journal.Compaction.RetireUpTo(LastDamaged(journal, Generation.Hot), LastDamaged(journal, Generation.Cold));
            Move(journal, directory);
        }

        journal.Stop(Environment.TickCount64);
        return journal.Report;
    }

    /// <summary>The newest segment of a generation in which something is missing; 0: none.</summary>
    private static uint LastDamaged(Journal journal, Generation generation) =>
        journal.Report.Damage.Max(range => SegmentName.TryParse(range.File, generation, out var segNo) ? segNo : 0);

    private static void Move(Journal journal, string directory)
    {
        while (journal.Compaction.IsRetiring)
        {
            var nowMs = Environment.TickCount64;
            var dueMs = journal.RunOnce(nowMs);
            if (journal.Health >= Broker.Log.StoreHealth.Full)
            {
                throw new StoreToolException($"There is no room on the disk of {directory} to move what is left of the damaged segments. Make room and repair again; nothing has been lost by trying.");
            }

            if (dueMs > nowMs)
            {
                Thread.Sleep((int)Math.Clamp(dueMs - nowMs, 1, WaitMaxMs));     // a message that somebody may still refer to is left alone for a moment
            }
        }
    }
}
