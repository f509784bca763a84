using System.IO.MemoryMappedFiles;
using System.Text;

namespace Godwit.Fuzz.Commands;

/// <summary>
/// A file that always says which seed and iteration run: when a stack overflow ends the process without another word, this is left.
/// A mapped file, so that saying it costs no system call.
/// </summary>
internal sealed class RunningMark : IDisposable
{
    private const int Size = 64;

    private readonly FileStream _stream;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte[] _line;
    private readonly int _numberAt;
    private long _iteration = -1;
    private long _since = Environment.TickCount64;

    public RunningMark(string path, ulong seed)
    {
        _stream = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite);
        _stream.SetLength(Size);
        _file = MemoryMappedFile.CreateFromFile(_stream, null, Size, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        _view = _file.CreateViewAccessor(0, Size);
        _line = Encoding.ASCII.GetBytes($"--seed {seed} --iteration ".PadRight(Size - 1) + "\n");
        _numberAt = $"--seed {seed} --iteration ".Length;
    }

    /// <summary>How long the present iteration runs.</summary>
    public TimeSpan Running => TimeSpan.FromMilliseconds(Environment.TickCount64 - Volatile.Read(ref _since));

    /// <summary>An iteration begins.</summary>
    public void Set(long iteration)
    {
        if (iteration != _iteration)
        {
            _iteration = iteration;
            iteration.TryFormat(_line.AsSpan(_numberAt), out _);
            _view.WriteArray(0, _line, 0, Size);
        }

        Volatile.Write(ref _since, Environment.TickCount64);
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
        _stream.Dispose();
        File.Delete(_stream.Name);
    }
}
