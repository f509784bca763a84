using Godwit.Storage.Files;

namespace Godwit.Storage.Tools;

/// <summary>A directory that is looked at and never written to, also while a broker uses it.</summary>
internal sealed class ReadOnlyFs : IStoreFs
{
    private readonly string _directory;
    private readonly Action<long>? _onRead;
    private readonly CancellationToken _cancellationToken;

    /// <summary>Looks at a directory.</summary>
    /// <param name="directory">Its path.</param>
    /// <param name="onRead">Is told how many bytes were read, at each reading.</param>
    /// <param name="cancellationToken">Ends the work at the next reading.</param>
    /// <exception cref="StoreToolException">There is no such directory.</exception>
    /// <exception cref="IOException">One of the store's files in it is not a plain file.</exception>
    public ReadOnlyFs(string directory, Action<long>? onRead = null, CancellationToken cancellationToken = default)
    {
        (_directory, _onRead, _cancellationToken) = (directory, onRead, cancellationToken);
        if (!Directory.Exists(directory))
        {
            throw new StoreToolException($"There is no directory {directory}. Name the data directory of a broker (godwit serve --data DIR), or a backup.");
        }

        PlainFiles.Check(directory);
    }

    /// <summary>Its path.</summary>
    public string DirectoryPath => _directory;

    /// <inheritdoc/>
    public long FreeBytes => throw Refused();

    /// <inheritdoc/>
    public IReadOnlyList<string> List()
    {
        var names = Directory.GetFiles(_directory).Select(path => Path.GetFileName(path)).ToArray();
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    /// <inheritdoc/>
    public bool Exists(string name) => File.Exists(Path.Combine(_directory, name));

    /// <inheritdoc/>
    public IStoreFile Create(string name, long preallocateBytes) => throw Refused();

    /// <inheritdoc/>
    public IStoreFile Open(string name) => new ReadOnlyFile(Path.Combine(_directory, name), _onRead, _cancellationToken);

    /// <inheritdoc/>
    public void Rename(string from, string to) => throw Refused();

    /// <inheritdoc/>
    public void Delete(string name) => throw Refused();

    /// <inheritdoc/>
    public void SyncDirectory() => throw Refused();

    private static InvalidOperationException Refused() => new("the directory is only looked at");
}
