using Godwit.Storage.Tools;

namespace Godwit.Server.Hosting;

/// <summary>The directory a broker keeps its state in: created for its owner alone, and locked while the broker runs.</summary>
internal sealed class DataDirectory : IDisposable
{
    private readonly StoreLock _lock;

    private DataDirectory(StoreLock storeLock, bool isOpenToOthers) => (_lock, IsOpenToOthers) = (storeLock, isOpenToOthers);

    /// <summary>It existed before, and its group or everybody has some right on it.</summary>
    internal bool IsOpenToOthers { get; }

    /// <summary>Creates the directory with its parents where missing, and locks it.</summary>
    /// <param name="path">Of the directory.</param>
    /// <param name="isPrivateOnly">Others than its owner may have no right on it.</param>
    /// <exception cref="ServerStartException">Another broker has it, it cannot be created or written, or others have a right on it.</exception>
    internal static DataDirectory Open(string path, bool isPrivateOnly = false)
    {
        try
        {
            var isOpenToOthers = Create(path);
            if (isOpenToOthers && isPrivateOnly)
            {
                throw new ServerStartException(
                    $"Others than its owner have rights on the data directory {path}. Type chmod 700 {path}, or leave Store:PrivateOnly out.", ServerStartException.CannotRun);
            }

            if (StoreLock.TryTakeForBroker(path, out var processId) is { } storeLock)
            {
                return new DataDirectory(storeLock, isOpenToOthers);
            }

            throw new ServerStartException(
                $"The data directory {path} is in use by another broker{(processId.Length > 0 ? $", process {processId}" : "")}. "
                + "Stop that one, or give this one a directory of its own with --data.",
                ServerStartException.CannotRun);
        }
        catch (Exception exception) when (exception is StoreToolException or IOException or UnauthorizedAccessException)
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
}
