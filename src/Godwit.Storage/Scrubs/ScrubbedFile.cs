using Godwit.Storage.Files;

namespace Godwit.Storage.Scrubs;

/// <summary>A file that is read from the disk, not from the system's memory, and does not stay in that memory.</summary>
/// <param name="file">Closed together with this one.</param>
/// <param name="onRead">Is told how many bytes were read, at each reading.</param>
internal sealed class ScrubbedFile(IStoreFile file, Action<int> onRead) : IStoreFile
{
    public long Length => file.Length;

    public int Read(Span<byte> buffer, long offset)
    {
        onRead(buffer.Length);          // a failure has cost as much
        var count = file.Read(buffer, offset);
        file.DropCache(offset, count);
        return count;
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset) => throw Refused();

    public void Flush() => throw Refused();

    public void SetLength(long length) => throw Refused();

    public void DropCache(long offset, long length) => file.DropCache(offset, length);

    public void Dispose()
    {
        file.DropCache(0, 0);           // what the system has read ahead
        file.Dispose();
    }

    private static InvalidOperationException Refused() => new("the scrub changes nothing");
}
