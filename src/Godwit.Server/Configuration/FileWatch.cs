namespace Godwit.Server.Configuration;

/// <summary>
/// Sees that a file has changed, has come or has gone, also when it is replaced by another one or stands behind a link. It compares times
/// and sizes twice a second instead of asking the system for events, which say nothing on network shares and in mounted volumes.
/// </summary>
public sealed class FileWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly Func<IReadOnlyList<string>> _files;
    private readonly Action _changed;
    private readonly Timer _timer;
    private readonly Lock _lock = new();
    private string _known;
    private string _seen;

    /// <summary>Begins to watch.</summary>
    /// <param name="files">Paths of files, and of directories for the files in them; asked each time.</param>
    /// <param name="changed">Called on a thread of the pool, when nothing has changed any more for one interval.</param>
    public FileWatch(Func<IReadOnlyList<string>> files, Action changed)
        : this(files, changed, Interval)
    {
    }

    /// <summary>The same with another interval; infinite: <see cref="Look"/> is called by the test.</summary>
    internal FileWatch(Func<IReadOnlyList<string>> files, Action changed, TimeSpan interval)
    {
        (_files, _changed) = (files, changed);
        _known = _seen = Picture();
        _timer = new Timer(_ => Look(), state: null, interval, interval);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    /// <summary>Compares. A file that is still being written looks different each time, and is waited for.</summary>
    internal void Look()
    {
        if (!_lock.TryEnter())
        {
            return;         // the last call is still at work
        }

        try
        {
            var picture = Picture();
            var isQuiet = string.Equals(picture, _seen, StringComparison.Ordinal);
            _seen = picture;
            if (isQuiet && !string.Equals(picture, _known, StringComparison.Ordinal))
            {
                _known = picture;
                _changed();
            }
        }
        finally
        {
            _lock.Exit();
        }
    }

    private string Picture()
    {
        try
        {
            var files = _files().SelectMany(FilesAt);
            return string.Join('\n', files.Select(PictureOf));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;       // a directory that cannot be read now: that is a difference too
        }
    }

    private static IEnumerable<string> FilesAt(string path) =>
        Directory.Exists(path) ? Directory.EnumerateFiles(path).Order(StringComparer.Ordinal) : [path];

    private static string PictureOf(string path)
    {
        var file = new FileInfo(path);
        var target = file.Exists && file.LinkTarget is not null ? file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file : file;
        return target.Exists ? $"{path} {target.LastWriteTimeUtc.Ticks} {target.Length}" : path;
    }
}
