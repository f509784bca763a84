using Godwit.Storage.Files;
using Godwit.Storage.Journals;

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
        IEnumerable<BackupFile> files;
        using (var reading = StoreReading.Read(from))
        {
            files = StoreCopy.FilesOf(reading);
        }

        CopyWhole(from, destination, files);
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
        CopyWhole(from, directory, found.Segments.Select(segment => new BackupFile(segment.File, segment.UsedBytes)));
        return StoreInspector.Inspect(directory, onRead, cancellationToken);
    }

    /// <summary>
    /// Copies what <see cref="Journal.BeginBackup"/> has named, while the journal goes on. May run on any thread, with an <see cref="IStoreFs"/> of
    /// its own. The files are copied, not linked: a segment that is no longer needed is overwritten as another one.
    /// </summary>
    /// <param name="from">The store's directory.</param>
    /// <param name="to">An empty directory; it is a store when the call has returned.</param>
    /// <param name="files">The files.</param>
    /// <param name="onCopied">Is told how many bytes were copied, again and again.</param>
    /// <param name="cancellationToken">Ends it between two chunks; what has been copied is no store.</param>
    /// <exception cref="IOException">A disk fails, or the copy has no room; what has been copied is no store.</exception>
    public static void Copy(IStoreFs from, IStoreFs to, IReadOnlyList<BackupFile> files, Action<long>? onCopied = null, CancellationToken cancellationToken = default) =>
        StoreCopy.Run(from, to, files, onCopied, cancellationToken);

    /// <summary>The same, between directories; what was made is removed again when it fails.</summary>
    /// <param name="directory">The store.</param>
    /// <param name="destination">An empty or missing directory.</param>
    /// <param name="files">The files.</param>
    /// <param name="onCopied">Is told how many bytes were copied, after each chunk; the copying waits for it.</param>
    /// <param name="cancellationToken">
    /// Ends it soon. Once it is cancelled the copy becomes no store, whatever is read: the files need not stay as they are.
    /// </param>
    /// <exception cref="StoreToolException">The destination is not empty.</exception>
    /// <exception cref="IOException">A disk fails, or the copy has no room.</exception>
    public static void CopyDirectory(string directory, string destination, IReadOnlyList<BackupFile> files, Action<long>? onCopied, CancellationToken cancellationToken) =>
        CopyWhole(new ReadOnlyFs(directory, cancellationToken: cancellationToken), destination, files, onCopied);

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

    private static void CopyWhole(ReadOnlyFs from, string directory, IEnumerable<BackupFile> files, Action<long>? onCopied = null)
    {
        RefuseNotEmpty(directory);
        var to = new DiskFs(directory);
        try
        {
            StoreCopy.Run(from, to, files, onCopied);
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
