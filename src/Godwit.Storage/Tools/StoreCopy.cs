using Godwit.Storage.Files;
using Godwit.Storage.Journals;
using Godwit.Storage.Segments;

namespace Godwit.Storage.Tools;

/// <summary>Copies the files of a store that nobody writes. The copy is a store only when all of it is there and flushed.</summary>
internal static class StoreCopy
{
    private const int ChunkSize = 1 << 20;

    /// <summary>Copies.</summary>
    /// <param name="from">The store.</param>
    /// <param name="to">An empty directory.</param>
    /// <param name="usedBytes">For some segments, how many bytes of them are used; of the others all bytes are copied.</param>
    /// <returns>Bytes copied.</returns>
    public static long Run(IStoreFs from, IStoreFs to, IReadOnlyDictionary<string, long> usedBytes)
    {
        var total = 0L;
        foreach (var name in from.List().Where(StoreFiles.IsSegment))
        {
            total += CopyFile(from, to, name, name, usedBytes.GetValueOrDefault(name, long.MaxValue));
        }

        to.SyncDirectory();
        total += CopyFile(from, to, StoreFile.Name, StoreFile.Name + ".tmp", long.MaxValue);
        to.Rename(StoreFile.Name + ".tmp", StoreFile.Name);
        to.SyncDirectory();
        return total;
    }

    /// <summary>How much of each sound segment is used: the rest of the file is what it held before, or nothing.</summary>
    public static Dictionary<string, long> UsedBytes(StoreReading reading)
    {
        var damaged = reading.Damaged.ToHashSet(StringComparer.Ordinal);
        return reading.Sets
            .SelectMany(set => set.SegNos.Select(segNo => (Name: SegmentName.Of(set.Generation, segNo), Used: (long)set.EndOffset(segNo))))
            .Where(segment => !damaged.Contains(segment.Name))
            .ToDictionary(segment => segment.Name, segment => segment.Used, StringComparer.Ordinal);
    }

    private static long CopyFile(IStoreFs from, IStoreFs to, string name, string target, long bytesMax)
    {
        using var source = from.Open(name);
        using var copy = to.Create(target, preallocateBytes: 0);
        var size = Math.Min(source.Length, bytesMax);
        var chunk = new byte[(int)Math.Min(ChunkSize, size)];
        for (var offset = 0L; offset < size; offset += chunk.Length)
        {
            var part = chunk.AsSpan(0, (int)Math.Min(chunk.Length, size - offset));
            var count = source.Read(part, offset);
            copy.Write(part[..count], offset);
        }

        copy.Flush();
        return size;
    }
}
