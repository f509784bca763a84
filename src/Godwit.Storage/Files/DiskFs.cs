namespace Godwit.Storage.Files;

/// <summary>A directory of the real file system.</summary>
public sealed class DiskFs : IStoreFs
{
    internal const string ProbeName = "probe.tmp";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _directory;

    /// <summary>
    /// Makes the directory when there is none (its owner only), and tries whether files can be flushed there: some file systems
    /// refuse, and .NET would not say so.
    /// </summary>
    /// <param name="directory">Its path.</param>
    /// <exception cref="IOException">The directory cannot be made, written or flushed, or one of the store's files in it is not a plain file.</exception>
    public DiskFs(string directory)
    {
        _directory = Path.GetFullPath(directory);
        if (!Directory.Exists(_directory))
        {
            Call(() => OperatingSystem.IsWindows() ? Directory.CreateDirectory(_directory) : Directory.CreateDirectory(_directory, OwnerOnly));
            Sync(Path.GetDirectoryName(_directory) ?? _directory);
        }

        Call(() =>
        {
            PlainFiles.Check(_directory);
            return true;
        });
        Probe();
    }

    /// <inheritdoc/>
    public long FreeBytes => new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(_directory)! : _directory).AvailableFreeSpace;

    /// <inheritdoc/>
    public IReadOnlyList<string> List()
    {
        var names = Directory.GetFiles(_directory).Select(path => Path.GetFileName(path)).ToArray();
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    /// <inheritdoc/>
    public bool Exists(string name) => File.Exists(PathOf(name));

    /// <inheritdoc/>
    public IStoreFile Create(string name, long preallocateBytes) => Call(() =>
    {
        var file = new DiskFile(PathOf(name), FileMode.CreateNew);
        try
        {
            file.Preallocate(preallocateBytes);
            return file;
        }
        catch (IOException)
        {
            file.Dispose();
            File.Delete(PathOf(name));
            throw;
        }
    });

    /// <inheritdoc/>
    public IStoreFile Open(string name) => Call(() => new DiskFile(PathOf(name), FileMode.Open));

    /// <inheritdoc/>
    public void Rename(string from, string to) => Call(() =>
    {
        File.Move(PathOf(from), PathOf(to), overwrite: true);
        return true;
    });

    /// <inheritdoc/>
    public void Delete(string name) => Call(() =>
    {
        File.Delete(PathOf(name));
        return true;
    });

    /// <inheritdoc/>
    public void DeleteOpen(string name, IStoreFile file)
    {
        Delete(name);
        ThreadPool.UnsafeQueueUserWorkItem(open => open.Dispose(), file, preferLocal: false);      // 20 ms: here the file system frees the blocks
    }

    /// <inheritdoc/>
    public void SyncDirectory() => Sync(_directory);

    private static T Call<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException(exception.Message, exception);
        }
        catch (IOException exception) when (exception is not StoreFullException && DiskError.IsFull(exception))
        {
            throw new StoreFullException(exception.Message, exception);
        }
    }

    // Windows writes the directory with the file and has no call for it.
    private static void Sync(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Libc.Open(directory, flags: 0);
        DiskError.ThrowIf(descriptor < 0, "open", directory);
        var result = Libc.Fsync(descriptor);
        try
        {
            DiskError.ThrowIf(result != 0, "fsync", directory);
        }
        finally
        {
            _ = Libc.Close(descriptor);
        }
    }

    private void Probe()
    {
        Delete(ProbeName);
        try
        {
            using var file = Create(ProbeName, preallocateBytes: 0);
            WriteIfRoom(file);
            file.Flush();
        }
        catch (StoreFullException)
        {
            // A disk without room for another name: what is there already may still be opened, and be drained.
        }

        Delete(ProbeName);
        SyncDirectory();
    }

    private static void WriteIfRoom(IStoreFile file)
    {
        try
        {
            file.Write("flush"u8, 0);
        }
        catch (StoreFullException)
        {
            // The flush of an empty file tells as much.
        }
    }

    private string PathOf(string name) => Path.Combine(_directory, name);
}
