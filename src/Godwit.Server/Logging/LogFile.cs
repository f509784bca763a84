using System.Text;

namespace Godwit.Server.Logging;

/// <summary>A log file, appended to. When it cannot be written, lines are lost and the broker goes on.</summary>
internal sealed class LogFile : TextWriter
{
    private readonly Lock _lock = new();
    private readonly string _path;
    private StreamWriter _writer;

    /// <summary>Opens the file; its directory exists.</summary>
    /// <exception cref="IOException">It cannot be opened; so UnauthorizedAccessException.</exception>
    internal LogFile(string path) => (_path, _writer) = (path, OpenFile(path));

    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>Opens the path anew, for whoever has renamed the file. Any thread.</summary>
    /// <exception cref="IOException">It cannot be opened: the old file is written on; so UnauthorizedAccessException.</exception>
    internal void Reopen()
    {
        var opened = OpenFile(_path);
        lock (_lock)
        {
            Close(_writer);
            _writer = opened;
        }
    }

    public override void WriteLine(string? value) => Try(writer => writer.WriteLine(value));

    public override void Flush() => Try(writer => writer.Flush());

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            lock (_lock)
            {
                Close(_writer);
            }
        }

        base.Dispose(disposing);
    }

    private void Try(Action<StreamWriter> write)
    {
        lock (_lock)
        {
            try
            {
                write(_writer);
            }
            catch (IOException)
            {
                // A full disk: the next line may find room.
            }
        }
    }

    private static void Close(StreamWriter writer)
    {
        try
        {
            writer.Dispose();
        }
        catch (IOException)
        {
            // What was not written yet is lost.
        }
    }

    private static StreamWriter OpenFile(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        }

        return new StreamWriter(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), options) { NewLine = "\n" };
    }
}
