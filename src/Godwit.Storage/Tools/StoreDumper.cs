using Godwit.Storage.Journals;
using Godwit.Storage.Records;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Tools;

/// <summary>Shows the records of a log, for people who look for something. Changes nothing; a broker may run meanwhile.</summary>
public static class StoreDumper
{
    /// <summary>Gives every wanted record in the order of the log: cold, then hot.</summary>
    /// <param name="directory">The store.</param>
    /// <param name="filter">What is wanted.</param>
    /// <param name="onRecord">Gets the records.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>What an opening of the store would report.</returns>
    /// <exception cref="StoreToolException">There is no store, or a running broker gave back what was to be read; or the filter is not one.</exception>
    /// <exception cref="StoreFormatException">It is of a newer version.</exception>
    /// <exception cref="IOException">A file cannot be opened.</exception>
    public static RecoveryReport Dump(string directory, StoreDumpFilter filter, Action<DumpedRecord> onRecord, CancellationToken cancellationToken = default)
    {
        var sieve = new RecordSieve(filter);
        try
        {
            if (sieve.NeedsSessions)
            {
                Read(directory, (_, _, record) => sieve.Learn(record), cancellationToken);
            }

            return Read(directory, Give, cancellationToken);
        }
        catch (FileNotFoundException exception) when (StoreLock.IsHeld(directory))
        {
            throw new StoreToolException($"The broker gave {Path.GetFileName(exception.FileName)} back while it was read. Try again, or dump a backup.", exception);
        }

        void Give(FrameLocation location, int offset, LogRecord record)
        {
            if (sieve.Keeps(record))
            {
                onRecord(new DumpedRecord(SegmentName.Of(location.Generation, location.SegNo), location.BodyOffset + offset, location.Lsn, record.Name, record.Fields));
            }
        }
    }

    private static RecoveryReport Read(string directory, Action<FrameLocation, int, LogRecord> onRecord, CancellationToken cancellationToken)
    {
        using var reading = StoreReading.Read(new ReadOnlyFs(directory, cancellationToken: cancellationToken), (in FrameLocation location, ReadOnlySpan<byte> body, int _) =>
        {
            var reader = new RecordReader(body);
            while (reader.TryRead())
            {
                onRecord(location, reader.Offset, RecordDescriber.Describe(reader));
            }
        });
        return reading.Report;
    }
}
