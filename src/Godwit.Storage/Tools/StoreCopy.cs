using Godwit.Storage.Files;
using Godwit.Storage.Journals;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Tools;

/// <summary>Copies the files of a store that nobody writes. The copy is a store only when all of it is there and flushed.</summary>
internal static class StoreCopy
{
    private const int ChunkSize = 128 << 10;
    private const string UnfinishedName = StoreFile.Name + ".tmp";

    /// <summary>Copies.</summary>
    /// <param name="from">The store.</param>
    /// <param name="to">An empty directory.</param>
    /// <param name="files">Its segments, and the file that makes it a store.</param>
    /// <param name="onCopied">Is told how many bytes were copied, again and again.</param>
    /// <param name="cancellationToken">Ends the work between two chunks; what has been copied is no store.</param>
    public static void Run(IStoreFs from, IStoreFs to, IEnumerable<BackupFile> files, Action<long>? onCopied = null, CancellationToken cancellationToken = default)
    {
        foreach (var file in files.Where(file => !IsLast(file)))
        {
            CopyFile(from, to, file, file.Name, onCopied, cancellationToken);
        }

        to.SyncDirectory();
        CopyFile(from, to, new BackupFile(StoreFile.Name, long.MaxValue), UnfinishedName, onCopied, cancellationToken);
        to.Rename(UnfinishedName, StoreFile.Name);
        to.SyncDirectory();
    }

    /// <summary>What of a store that nobody writes has to be copied: of a sound segment, as much as is used.</summary>
    public static IEnumerable<BackupFile> FilesOf(StoreReading reading)
    {
        var damaged = reading.Damaged.ToHashSet(StringComparer.Ordinal);
        var used = reading.Sets
            .SelectMany(set => set.SegNos.Select(segNo => (Name: SegmentName.Of(set.Generation, segNo), Used: (long)set.EndOffset(segNo))))
            .Where(segment => !damaged.Contains(segment.Name))
            .ToDictionary(segment => segment.Name, segment => segment.Used, StringComparer.Ordinal);
        return [.. reading.Fs.List().Where(StoreFiles.IsSegment).Select(name => new BackupFile(name, used.GetValueOrDefault(name, long.MaxValue)))];
    }

    private static bool IsLast(BackupFile file) => string.Equals(file.Name, StoreFile.Name, StringComparison.Ordinal);

    private static void CopyFile(IStoreFs from, IStoreFs to, BackupFile file, string target, Action<long>? onCopied, CancellationToken cancellationToken)
    {
        using var source = from.Open(file.Name);
        using var copy = to.Create(target, preallocateBytes: 0);
        var size = Math.Min(source.Length, file.SizeBytes);
        var chunk = new byte[(int)Math.Min(ChunkSize, size)];
        for (var offset = 0L; offset < size; offset += chunk.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var part = chunk.AsSpan(0, (int)Math.Min(chunk.Length, size - offset));
            var count = source.Read(part, offset);
            copy.Write(part[..count], offset);
            copy.WriteBack(offset, count, wait: true);      // or the last flush would keep the disk from everybody else
            copy.DropCache(offset, count);
            source.DropCache(offset, count);
            onCopied?.Invoke(count);
        }

        copy.Flush();
    }
}
