using Godwit.Storage.Files;
using Microsoft.Win32.SafeHandles;

namespace Godwit.Storage.Tools;

/// <summary>A file of <see cref="ReadOnlyFs"/>.</summary>
internal sealed class ReadOnlyFile(string path, Action<long>? onRead, CancellationToken cancellationToken) : IStoreFile
{
    private readonly SafeFileHandle _handle = Open(path);

    /// <inheritdoc/>
    public long Length => RandomAccess.GetLength(_handle);

    /// <inheritdoc/>
    public int Read(Span<byte> buffer, long offset)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var total = 0;
        while (total < buffer.Length)
        {
            var count = RandomAccess.Read(_handle, buffer[total..], offset + total);
            if (count == 0)
            {
                break;
            }

            total += count;
        }

        onRead?.Invoke(total);
        return total;
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes, long offset) => throw Refused();

    /// <inheritdoc/>
    public void Flush() => throw Refused();

    /// <inheritdoc/>
    public void SetLength(long length) => throw Refused();

    /// <inheritdoc/>
    public void DropCache(long offset, long length)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Libc.PosixFadvise(_handle, (nint)offset, (nint)length, Libc.AdviseNotNeeded);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static InvalidOperationException Refused() => new("the file is only looked at");

    private static SafeFileHandle Open(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new StoreToolException($"{path} cannot be read: {exception.Message} Run this as the user that the broker runs as.", exception);
        }
    }
}
