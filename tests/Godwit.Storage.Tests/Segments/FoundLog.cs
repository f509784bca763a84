using Godwit.Storage.Files;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Tests.Segments;

/// <summary>A store that was opened, and the frames that were in it.</summary>
internal sealed class FoundLog : IDisposable
{
    private readonly SortedDictionary<(Generation Generation, long Lsn), byte[]> _frames = [];
    private (Generation Generation, long Lsn) _last = (Generation.Cold, 0);

    public FoundLog(IStoreFs fs, SegmentOptions options) => Store = LogScan.Run(fs, options, Add);

    public LogScanResult Store { get; }

    public IReadOnlyDictionary<(Generation Generation, long Lsn), byte[]> Frames => _frames;

    public long[] Lsns(Generation generation) => [.. _frames.Keys.Where(key => key.Generation == generation).Select(key => key.Lsn)];

    public void Dispose() => Store.Dispose();

    private void Add(in FrameLocation location, ReadOnlySpan<byte> body, int recordCount)
    {
        Assert.Equal(location.BodySize, body.Length);
        Assert.Equal(recordCount, body.Length % 7);
        Assert.True(
            location.Generation == _last.Generation ? location.Lsn > _last.Lsn : location.Generation == Generation.Hot,
            "cold comes before hot, and each in order");
        _last = (location.Generation, location.Lsn);
        _frames.Add(_last, body.ToArray());
    }
}
