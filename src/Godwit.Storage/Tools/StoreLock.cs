using System.Text;
using Godwit.Storage.Files;
using Microsoft.Win32.SafeHandles;

namespace Godwit.Storage.Tools;

/// <summary>
/// The lock that a broker holds on its data directory while it runs: the file <c>LOCK</c>, with the process id in it. A tool that holds it
/// keeps brokers out; it changes nothing in the file.
/// </summary>
public sealed class StoreLock : IDisposable
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "LOCK";

    private const int PidSizeMax = 32;

    private readonly SafeFileHandle? _file;

    private StoreLock(SafeFileHandle? file) => _file = file;

    /// <summary>A broker, or a tool that changes the store, has the directory now.</summary>
    /// <param name="directory">May be missing.</param>
    public static bool IsHeld(string directory)
    {
        var isFree = TryOpen(PathIn(directory), FileMode.Open, out var file);
        file?.Dispose();
        return !isFree;
    }

    /// <summary>Takes the lock of a directory that has one; where no broker has ever run there is nothing to take.</summary>
    /// <exception cref="StoreToolException">Somebody else has it.</exception>
    public static StoreLock Take(string directory) => Take(directory, FileMode.Open);

    /// <summary>Takes the lock of a directory that is going to be changed, and makes its file when there is none.</summary>
    /// <exception cref="StoreToolException">Somebody else has it.</exception>
    public static StoreLock TakeToWrite(string directory) => Take(directory, FileMode.OpenOrCreate);

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
        if (mode == FileMode.Open && !File.Exists(path))
        {
            return true;
        }

        try
        {
            // On Unix .NET takes a shared lock by itself, unless an environment variable forbids it; the call below makes it an exclusive one.
            var access = OperatingSystem.IsWindows() || mode == FileMode.OpenOrCreate ? FileAccess.ReadWrite : FileAccess.Read;
            file = File.OpenHandle(path, mode, access, FileShare.Read);
        }
        catch (IOException) when (File.Exists(path))
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
