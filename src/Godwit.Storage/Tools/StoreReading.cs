using Godwit.Storage.Files;
using Godwit.Storage.Journals;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Tools;

/// <summary>A store that has been read from front to back as an opening reads it, without changing anything.</summary>
internal sealed class StoreReading : IDisposable
{
    private readonly GenerationScan[] _scans;

    private StoreReading(IStoreFs fs, FrameHandler? onFrame)
    {
        if (!fs.Exists(StoreFile.Name))
        {
            throw new StoreToolException(
                $"There is no store in {(fs as ReadOnlyFs)?.DirectoryPath ?? "this directory"}: it has no file {StoreFile.Name}. Name the data directory of a broker, or a backup.");
        }

        Fs = fs;
        var options = new SegmentOptions { StoreId = StoreFile.Read(fs) };
        var pool = new SegmentPool(fs, options);
        Hot = new SegmentSet(fs, pool, options, Generation.Hot);
        Cold = new SegmentSet(fs, pool, options, Generation.Cold);
        var recovery = new Recovery();
        FrameHandler handler = recovery.OnFrame;
        handler += onFrame;
        _scans = [new(fs, Cold, options, handler), new(fs, Hot, options, handler)];
        try
        {
            Array.ForEach(_scans, scan => scan.ReadHeaders());
            Array.ForEach(_scans, scan => scan.ReadFrames());
        }
        catch
        {
            Dispose();
            throw;
        }

        Index = recovery.Index;
        Report = recovery.Finish(
            options.StoreId,
            new LogScanResult
            {
                Hot = Hot,
                Cold = Cold,
                Pool = pool,
                Term = _scans.Max(scan => scan.HighestTerm),
                FrameCount = _scans.Sum(scan => scan.FrameCount),
                FrameBytes = _scans.Sum(scan => scan.FrameBytes),
                TornTails = [.. _scans.Select(scan => scan.TornTail).OfType<TornTail>()],
                Damage = [.. _scans.SelectMany(scan => scan.Damage)],
                Quarantine = [],
                NotQuarantined = [],
            },
            new WallClock(0, 0, 0, 0));
    }

    public IStoreFs Fs { get; }

    public SegmentSet Hot { get; }

    public SegmentSet Cold { get; }

    /// <summary>What is needed of it, as a broker would see it after opening the store.</summary>
    public Index.StoreIndex Index { get; }

    /// <summary>What an opening would report.</summary>
    public RecoveryReport Report { get; }

    /// <summary>Files with damage.</summary>
    public IEnumerable<string> Damaged => _scans.SelectMany(scan => scan.Damaged);

    /// <summary>The sets, in the order in which they are read.</summary>
    public IEnumerable<SegmentSet> Sets => [Cold, Hot];

    /// <summary>Every segment is still the one that was read: none has been given back by a running broker.</summary>
    public bool IsStillThere => Sets.All(set => set.SegNos.All(segNo => Fs.Exists(SegmentName.Of(set.Generation, segNo))));

    /// <summary>Reads a store.</summary>
    /// <param name="fs">Its directory.</param>
    /// <param name="onFrame">Also gets every intact frame, in the order of the log.</param>
    /// <exception cref="StoreToolException">There is no store.</exception>
    /// <exception cref="StoreFormatException">It is of a newer version.</exception>
    /// <exception cref="IOException">A file cannot be opened.</exception>
    public static StoreReading Read(IStoreFs fs, FrameHandler? onFrame = null) => new(fs, onFrame);

    /// <summary>Closes the files.</summary>
    public void Dispose() => Array.ForEach(_scans, scan => scan.Close());
}
