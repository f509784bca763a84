using Godwit.Storage.Files;

namespace Godwit.Storage.Tools;

/// <summary>Copies a whole store, and copies it back. For a store that no broker uses; a running broker makes its backups itself.</summary>
public static class StoreBackup
{
    /// <summary>Copies a store; a damaged one as it is.</summary>
    /// <param name="directory">The store; nothing in it is changed.</param>
    /// <param name="destination">An empty or missing directory; when the copy fails, what was made is removed again.</param>
    /// <param name="onRead">Is told how many bytes were read, again and again; twice as many as the store has, and the copy is read too.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The copy, as it was read afterwards.</returns>
    /// <exception cref="StoreToolException">There is no store, a broker runs on it, or the destination is not empty.</exception>
    /// <exception cref="Segments.StoreFormatException">It is of a newer version.</exception>
    /// <exception cref="IOException">It cannot be read, or the destination cannot be written.</exception>
    public static StoreInspection Back(string directory, string destination, Action<long>? onRead = null, CancellationToken cancellationToken = default)
    {
        var from = new ReadOnlyFs(directory, onRead, cancellationToken);
        using var fileLock = StoreLock.Take(directory);
        Dictionary<string, long> usedBytes;
        using (var reading = StoreReading.Read(from))
        {
            usedBytes = StoreCopy.UsedBytes(reading);
        }

        Copy(from, destination, usedBytes);
        return StoreInspector.Inspect(destination, onRead, cancellationToken);
    }

    /// <summary>Copies a backup back.</summary>
    /// <param name="backup">The backup; nothing in it is changed.</param>
    /// <param name="directory">An empty or missing directory.</param>
    /// <param name="onRead">Is told how many bytes were read, again and again.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>What the directory holds now, as it was read afterwards.</returns>
    /// <exception cref="StoreToolException">There is no backup, it is damaged, or the directory is not empty.</exception>
    /// <exception cref="Segments.StoreFormatException">It is of a newer version.</exception>
    /// <exception cref="IOException">It cannot be read, or the directory cannot be written.</exception>
    public static StoreInspection Restore(string backup, string directory, Action<long>? onRead = null, CancellationToken cancellationToken = default)
    {
        RefuseNotEmpty(directory);
        var found = StoreInspector.Inspect(backup, onRead, cancellationToken);
        if (!found.IsSound)
        {
            throw new StoreToolException(
                $"The backup in {backup} is damaged (godwit store verify {backup} says where). Use another one; or copy its files, and mend the copy with godwit store repair.");
        }

        var from = new ReadOnlyFs(backup, onRead, cancellationToken);
        using var fileLock = StoreLock.Take(backup);
        Copy(from, directory, found.Segments.ToDictionary(segment => segment.File, segment => segment.UsedBytes, StringComparer.Ordinal));
        return StoreInspector.Inspect(directory, onRead, cancellationToken);
    }

    /// <summary>Says no to a directory that has something in it.</summary>
    internal static void RefuseNotEmpty(string directory)
    {
        if (File.Exists(directory))
        {
            throw new StoreToolException($"{directory} is a file. Name a directory that is empty or does not exist.");
        }

        if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any())
        {
            throw new StoreToolException($"{directory} is not empty. Name a directory that is empty or does not exist.");
        }
    }

    private static void Copy(ReadOnlyFs from, string directory, Dictionary<string, long> usedBytes)
    {
        RefuseNotEmpty(directory);
        var to = new DiskFs(directory);
        try
        {
            StoreCopy.Run(from, to, usedBytes);
        }
        catch
        {
            foreach (var name in to.List())
            {
                to.Delete(name);
            }

            throw;
        }
    }
}
