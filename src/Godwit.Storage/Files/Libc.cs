using System.Runtime.InteropServices;

namespace Godwit.Storage.Files;

/// <summary>
/// The calls that .NET does not offer or whose errors it hides: fdatasync and fsync that report every failure, a directory as a file, and
/// space set aside with the length set.
/// </summary>
internal static partial class Libc
{
    /// <summary>fcntl of macOS that also empties the cache of the drive.</summary>
    public const int FullFsync = 51;

    /// <summary>flock: shared with nobody, and no waiting for it.</summary>
    public const int LockExclusiveAtOnce = 2 | 4;

    /// <summary>posix_fadvise: what is on the disk too is not needed in memory.</summary>
    public const int AdviseNotNeeded = 4;

    /// <summary>sync_file_range: write what is not being written, and wait for all of it. Nothing is made durable.</summary>
    public const uint WriteAndWait = 1 | 2 | 4;

    /// <summary>sync_file_range: begin to write.</summary>
    public const uint BeginWriting = 2;

    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport(Library, EntryPoint = "flock", SetLastError = true)]
    public static partial int FLock(SafeHandle descriptor, int operation);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, Span<byte> buffer, nint count);

    [LibraryImport(Library, EntryPoint = "fsync", SetLastError = true)]
    public static partial int Fsync(int descriptor);

    [LibraryImport(Library, EntryPoint = "fdatasync", SetLastError = true)]
    public static partial int Fdatasync(SafeHandle descriptor);

    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Fcntl(SafeHandle descriptor, int command);

    /// <summary>The only one that returns the error instead of setting errno.</summary>
    [LibraryImport(Library, EntryPoint = "posix_fallocate")]
    public static partial int PosixFallocate(SafeHandle descriptor, nint offset, nint length);

    /// <summary>Returns the error, too.</summary>
    [LibraryImport(Library, EntryPoint = "posix_fadvise")]
    public static partial int PosixFadvise(SafeHandle descriptor, nint offset, nint length, int advice);

    [LibraryImport(Library, EntryPoint = "sync_file_range", SetLastError = true)]
    public static partial int SyncFileRange(SafeHandle descriptor, long offset, long length, uint flags);
}
