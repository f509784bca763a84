using Godwit.Storage.Files;

namespace Godwit.Storage.Tests.Segments;

/// <summary>A file as long as one likes.</summary>
internal sealed class ZeroFile(long length) : IStoreFile
{
    public long Length => length;

    public int Read(Span<byte> buffer, long offset)
    {
        buffer.Clear();
        return (int)Math.Clamp(length - offset, 0, buffer.Length);
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset) => throw new NotSupportedException();

    public void Flush() => throw new NotSupportedException();

    public void SetLength(long length) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
