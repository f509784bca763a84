using System.Globalization;
using System.Text;
using Godwit.Storage.Files;
using Microsoft.Win32.SafeHandles;

namespace Godwit.Storage.Tools;

/// <summary>
/// The lock of a data directory: the file <c>LOCK</c>, which the system frees when the process ends, however it ends. A broker holds it while
/// it runs and writes its process id into it. A tool that holds it keeps brokers out and changes nothing in the file.
/// </summary>
public sealed class StoreLock : IDisposable
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "LOCK";

    /// <summary>A tool that asks whether a broker runs holds the lock for a moment: half a second is enough for many of them.</summary>
    private const int AttemptsMax = 50;

    private const int BetweenAttemptsMs = 10;
    private const int PidSizeMax = 32;

    private readonly SafeFileHandle? _file;

    private StoreLock(SafeFileHandle? file) => _file = file;

    /// <summary>A broker, or a tool that changes the store, has the directory now.</summary>
    /// <param name="directory">May be missing.</param>
    /// <exception cref="StoreToolException">The file cannot be opened.</exception>
    public static bool IsHeld(string directory)
    {
        var isFree = TryOpen(PathIn(directory), FileMode.Open, out var file);
        file?.Dispose();
        return !isFree;
    }

    /// <summary>Takes the lock of a directory that has one; where no broker has ever run there is nothing to take.</summary>
    /// <exception cref="StoreToolException">Somebody else has it, or the file cannot be opened.</exception>
    public static StoreLock Take(string directory) => Take(directory, FileMode.Open);

    /// <summary>Takes the lock of a directory that is going to be changed, and makes its file when there is none.</summary>
    /// <exception cref="StoreToolException">Somebody else has it, or the file cannot be opened.</exception>
    public static StoreLock TakeToWrite(string directory) => Take(directory, FileMode.OpenOrCreate);

    /// <summary>Takes the lock for a broker, and writes the process id into it.</summary>
    /// <param name="directory">Exists.</param>
    /// <param name="processId">Of who has it; empty: not known.</param>
    /// <returns>Null: somebody else has it.</returns>
    /// <exception cref="StoreToolException">The file cannot be opened.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static StoreLock? TryTakeForBroker(string directory, out string processId)
    {
        var path = PathIn(directory);
        processId = "";
        SafeFileHandle? file;
        for (var attempt = 1; !TryOpen(path, FileMode.OpenOrCreate, out file); attempt++)
        {
            if (attempt == AttemptsMax)
            {
                processId = ReadPid(path);
                return null;
            }

            Thread.Sleep(BetweenAttemptsMs);
        }

        try
        {
            WritePid(file!);
            return new StoreLock(file);
        }
        catch
        {
            file!.Dispose();
            throw;
        }
    }

    /// <summary>Lets go.</summary>
    public void Dispose() => _file?.Dispose();

    private static string PathIn(string directory) => Path.Combine(directory, FileName);

    private static StoreLock Take(string directory, FileMode mode)
    {
        var path = PathIn(directory);
        if (TryOpen(path, mode, out var file))
        {
            return new StoreLock(file);
        }

        var pid = ReadPid(path);
        throw new StoreToolException(
            $"{directory} is in use by a running broker{(pid.Length > 0 ? $", process {pid}" : "")}. Stop it first, or work on a backup of it (godwit store backup).");
    }

    /// <summary>Opens the file for nobody else.</summary>
    /// <returns>False: somebody else has it.</returns>
    private static bool TryOpen(string path, FileMode mode, out SafeFileHandle? file)
    {
        file = null;
        if (Directory.Exists(path) || new FileInfo(path).LinkTarget is not null)
        {
            throw new StoreToolException($"{path} has to be a plain file, and is a directory or a symbolic link. Move it away.");
        }

        if (mode == FileMode.Open && !File.Exists(path))
        {
            return true;
        }

        try
        {
            // On Unix .NET takes a shared lock by itself, unless an environment variable forbids it; the call below makes it an exclusive one.
            // On Windows FileShare.Read keeps a second writer out and lets it read the process id.
            var access = OperatingSystem.IsWindows() || mode == FileMode.OpenOrCreate ? FileAccess.ReadWrite : FileAccess.Read;
            file = File.OpenHandle(path, mode, access, FileShare.Read);
        }
        catch (IOException exception) when (DiskError.IsLocked(exception))
        {
            return false;
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new StoreToolException($"{path} cannot be opened: {exception.Message} Run this as the user that the broker runs as.", exception);
        }

        if (OperatingSystem.IsWindows() || Libc.FLock(file, Libc.LockExclusiveAtOnce) == 0)
        {
            return true;
        }

        file.Dispose();
        file = null;
        return false;
    }

    private static void WritePid(SafeFileHandle file)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        RandomAccess.SetLength(file, 0);
        try
        {
            RandomAccess.Write(file, Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)), 0);
        }
        catch (IOException exception) when (DiskError.IsFull(exception))
        {
            // The lock holds without it, and a broker with a full disk has to start, or nobody could fetch what fills the disk.
        }
    }

    private static string ReadPid(string path)
    {
        Span<byte> buffer = stackalloc byte[PidSizeMax];
        var count = 0;
        if (OperatingSystem.IsWindows())
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            count = RandomAccess.Read(file, buffer, 0);
        }
        else if (Libc.Open(path, flags: 0) is >= 0 and var descriptor)     // .NET would ask for a lock of its own and be refused
        {
            count = (int)Libc.Read(descriptor, buffer, PidSizeMax);
            _ = Libc.Close(descriptor);
        }

        var text = Encoding.ASCII.GetString(buffer[..Math.Max(count, 0)]);
        return text.All(char.IsAsciiDigit) ? text : "";
    }
}
