using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Godwit.Storage.Files;

/// <summary>A file of <see cref="DiskFs"/>: no buffer between it and the system.</summary>
internal sealed class DiskFile(string path, FileMode mode) : IStoreFile
{
    private const int ZeroesSize = 1 << 20;

    private readonly FileStream _stream = new(path, Options(mode));

    public long Length => RandomAccess.GetLength(Handle);

    private SafeFileHandle Handle => _stream.SafeFileHandle;

    public int Read(Span<byte> buffer, long offset)
    {
        var total = 0;
        while (total < buffer.Length)
        {
            var count = RandomAccess.Read(Handle, buffer[total..], offset + total);
            if (count == 0)
            {
                break;
            }

            total += count;
        }

        return total;
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            RandomAccess.Write(Handle, bytes, offset);
        }
        catch (IOException exception) when (DiskError.IsFull(exception))
        {
            throw new StoreFullException(exception.Message, exception);
        }
        catch (IOException exception) when (!OperatingSystem.IsWindows())
        {
            throw DiskError.Of("write", CurrentPath(), exception.HResult);
        }
    }

    public void Flush()
    {
        if (OperatingSystem.IsLinux())
        {
            if (Libc.Fdatasync(Handle) != 0)
            {
                var error = Marshal.GetLastPInvokeError();
                throw DiskError.Of("fdatasync", CurrentPath(), error);
            }
        }
        else if (!OperatingSystem.IsMacOS() || Libc.Fcntl(Handle, Libc.FullFsync) != 0)
        {
            RandomAccess.FlushToDisk(Handle);
        }
    }

    public void WriteBack(long offset, long length, bool wait)
    {
        if (!OperatingSystem.IsLinux() || length == 0)
        {
            return;
        }

        // Who waits takes the error away from the next fdatasync; who does not wait leaves it there.
        var isFailed = Libc.SyncFileRange(Handle, offset, length, wait ? Libc.WriteAndWait : Libc.BeginWriting) != 0;
        DiskError.ThrowIf(isFailed && wait && DiskError.IsOfWriting(Marshal.GetLastPInvokeError()), "sync_file_range", path);
    }

    public void DropCache(long offset, long length)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Libc.PosixFadvise(Handle, (nint)offset, (nint)length, Libc.AdviseNotNeeded);
        }
    }

    public void SetLength(long length) => RandomAccess.SetLength(Handle, length);

    public void Dispose() => _stream.Dispose();

    /// <summary>Sets space aside and makes the file as long; a file system that cannot gets zeroes.</summary>
    public void Preallocate(long length)
    {
        if (length == 0)
        {
            return;
        }

        if (OperatingSystem.IsLinux())
        {
            var error = Libc.PosixFallocate(Handle, 0, (nint)length);
            if (error == 0)
            {
                return;
            }

            if (DiskError.IsFull(error))
            {
                throw new StoreFullException($"no space left to allocate {length} bytes for {path}");
            }
        }

        var zeroes = new byte[ZeroesSize];
        for (long offset = 0; offset < length; offset += ZeroesSize)
        {
            Write(zeroes.AsSpan(0, (int)Math.Min(ZeroesSize, length - offset)), offset);
        }
    }

    /// <summary>A segment is renamed while it is open, and a message that names its old file sends people to the wrong one. Linux knows.</summary>
    private string CurrentPath()
    {
        try
        {
            var link = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{Handle.DangerousGetHandle()}");
            return File.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName ?? path;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return path;
        }
    }

    // Shared with everybody: .NET would otherwise lock each file; the store has one lock for all.
    private static FileStreamOptions Options(FileMode mode)
    {
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
        };
        if (mode == FileMode.CreateNew && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }
}
