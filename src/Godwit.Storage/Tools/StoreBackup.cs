using Godwit.Storage.Files;
using Godwit.Storage.Journals;

namespace Godwit.Storage.Tools;

/// <summary>
/// Copies a store that is in use. The files have to be copied, not linked: a segment that is no longer needed is overwritten as another one.
/// </summary>
public static class StoreBackup
{
    private const int ChunkSize = 1 << 20;

    /// <summary>Copies what <see cref="Journal.BeginBackup"/> has named. May run on any thread, with an <see cref="IStoreFs"/> of its own.</summary>
    /// <param name="from">The store's directory.</param>
    /// <param name="to">An empty directory; it is a store when the call has returned.</param>
    /// <param name="names">The files.</param>
    /// <param name="cancellationToken">Ends it between two chunks; what has been copied is no store.</param>
    /// <exception cref="IOException">A disk fails, or the copy has no room; what has been copied is no store.</exception>
    public static void Copy(IStoreFs from, IStoreFs to, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        // Its name makes a directory a store, so it comes last.
        foreach (var name in names.OrderBy(name => string.Equals(name, StoreFile.Name, StringComparison.Ordinal)))
        {
            CopyFile(from, to, name, cancellationToken);
            to.SyncDirectory();
        }
    }

    private static void CopyFile(IStoreFs from, IStoreFs to, string name, CancellationToken cancellationToken)
    {
        using var source = from.Open(name);
        using var target = to.Create(name, source.Length);
        var chunk = new byte[ChunkSize];
        for (var offset = 0L; offset < source.Length; offset += ChunkSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = source.Read(chunk, offset);
            target.Write(chunk.AsSpan(0, count), offset);
        }

        target.Flush();
    }
}
