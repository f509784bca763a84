using Godwit.Storage.Files;
using Godwit.Storage.Journals;
using Godwit.Storage.Records;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Tools;

/// <summary>Writes the log of a new store, record by record. It is a store only when <see cref="Finish"/> has returned.</summary>
internal sealed class StoreMaker : IDisposable
{
    private const int FrameSizeBytes = 1 << 20;

    private readonly IStoreFs _fs;
    private readonly Guid _storeId;
    private readonly LogScanResult _log;
    private int _recordCount;

    /// <summary>Begins.</summary>
    /// <param name="fs">A directory without a store.</param>
    /// <param name="storeId">Number of the store.</param>
    /// <param name="segmentSizeBytes">Bytes of a segment.</param>
    public StoreMaker(IStoreFs fs, Guid storeId, int segmentSizeBytes)
    {
        _fs = fs;
        _storeId = storeId;
        var options = new SegmentOptions { StoreId = storeId, SegmentSizeBytes = segmentSizeBytes };
        _log = LogScan.Run(fs, options, (in FrameLocation _, ReadOnlySpan<byte> _, int _) => { });
        Clear();
    }

    /// <summary>Where a record is written to; then call <see cref="Added"/>.</summary>
    public RecordBuffer Buffer { get; } = new();

    /// <summary>A record has been written.</summary>
    /// <exception cref="FormatException">It is larger than a store can hold.</exception>
    public void Added()
    {
        _recordCount++;
        if (Buffer.Length > FrameHeader.BodySizeMax)
        {
            throw new FormatException("it is larger than a store can hold");
        }

        if (Buffer.Length >= FrameSizeBytes)
        {
            WriteFrame();
        }
    }

    /// <summary>Makes everything durable, and a store of it.</summary>
    public void Finish(long utcNowMs)
    {
        if (_recordCount > 0)
        {
            WriteFrame();
        }

        _log.Hot.Flush();
        StoreFile.Write(_fs, _storeId, utcNowMs);
    }

    /// <summary>Closes the files.</summary>
    public void Dispose() => _log.Dispose();

    private void WriteFrame()
    {
        _log.Hot.Append(Buffer.Writable, _recordCount);
        Clear();
    }

    private void Clear()
    {
        Buffer.Clear(keepBytesMax: 4 << 20);
        Buffer.Skip(FrameHeader.SizeBytes);
        _recordCount = 0;
    }
}
