using System.Globalization;
using System.Text;
using Godwit.Server.Transports;
using Microsoft.Win32.SafeHandles;

namespace Godwit.Server.Hosting;

/// <summary>
/// The directory a broker keeps its state in: created for its owner alone, and locked while the broker runs. The lock is the
/// file LOCK, which holds the process id; the system frees it when the process ends, however it ends.
/// </summary>
internal sealed class DataDirectory : IDisposable
{
    private const int PidSizeMax = 32;

    private readonly SafeFileHandle _lock;

    private DataDirectory(SafeFileHandle fileLock, bool isOpenToOthers) => (_lock, IsOpenToOthers) = (fileLock, isOpenToOthers);

    /// <summary>It existed before, and its group or everybody has some right on it.</summary>
    internal bool IsOpenToOthers { get; }

    /// <summary>Creates the directory with its parents where missing, and locks it.</summary>
    /// <exception cref="ServerStartException">Another broker has it, or it cannot be created or written.</exception>
    internal static DataDirectory Open(string path)
    {
        try
        {
            var isOpenToOthers = Create(path);
            var fileLock = Lock(Path.Combine(path, "LOCK"));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(fileLock, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            RandomAccess.SetLength(fileLock, 0);
            RandomAccess.Write(fileLock, Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)), 0);
            return new DataDirectory(fileLock, isOpenToOthers);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ServerStartException($"The data directory {path} cannot be used: {exception.Message}", ServerStartException.CannotRun);
        }
    }

    public void Dispose() => _lock.Dispose();

    private static bool Create(string path)
    {
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return false;
        }

        Directory.CreateDirectory(path, OwnerOnly);
        return (File.GetUnixFileMode(path) & ~OwnerOnly) != UnixFileMode.None;
    }

    private static SafeFileHandle Lock(string path)
    {
        // Elsewhere FileShare.Read keeps a second writer out and lets it read the process id; on Unix .NET takes an exclusive
        // flock only for FileShare.None.
        var share = OperatingSystem.IsWindows() ? FileShare.Read : FileShare.None;
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, share);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Locked by another process: below.
        }

        // .NET's own lock can be switched off by an environment variable; this one cannot. On the same file it changes nothing.
        if (file is not null && (OperatingSystem.IsWindows() || Libc.FLock(file, Libc.LockExclusive | Libc.LockNonBlocking) == 0))
        {
            return file;
        }

        file?.Dispose();
        var pid = ReadPid(path);
        throw new ServerStartException(
            $"The data directory {Path.GetDirectoryName(path)} is in use by another broker{(pid.Length > 0 ? $", process {pid}" : "")}. "
            + "Stop that one, or give this one a directory of its own with --data.",
            ServerStartException.CannotRun);
    }

    private static unsafe string ReadPid(string path)
    {
        var buffer = stackalloc byte[PidSizeMax];
        var count = 0;
        if (OperatingSystem.IsWindows())
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            count = RandomAccess.Read(file, new Span<byte>(buffer, PidSizeMax), 0);
        }
        else
        {
            // File.OpenRead would ask for a lock of its own and be refused.
            var fd = Libc.Open(path, 0);
            if (fd >= 0)
            {
                count = (int)Libc.Read(fd, buffer, PidSizeMax);
                _ = Libc.Close(fd);
            }
        }

        var text = Encoding.ASCII.GetString(buffer, Math.Max(count, 0));
        return text.All(char.IsAsciiDigit) ? text : "";
    }
}
