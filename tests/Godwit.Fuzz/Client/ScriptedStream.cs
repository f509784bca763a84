using System.Buffers;

namespace Godwit.Fuzz.Client;

/// <summary>
/// The client's end of one connection. What it reads comes from <paramref name="read"/>, on the thread that reads; what it writes is
/// kept.
/// </summary>
/// <param name="read">Fills a buffer and says with how much; 0 is the end. May throw what a network throws.</param>
internal sealed class ScriptedStream(Func<Memory<byte>, int> read) : Stream
{
    private readonly ArrayBufferWriter<byte> _written = new();
    private volatile bool _isDisposed;

    /// <summary>All that the client has written so far.</summary>
    public byte[] Written
    {
        get
        {
            lock (_written)
            {
                return _written.WrittenSpan.ToArray();
            }
        }
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return _isDisposed ? ValueTask.FromException<int>(new ObjectDisposedException(nameof(ScriptedStream))) : new(read(buffer));
        }
        catch (IOException exception)
        {
            return ValueTask.FromException<int>(exception);
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_isDisposed)
        {
            return ValueTask.FromException(new ObjectDisposedException(nameof(ScriptedStream)));
        }

        lock (_written)
        {
            _written.Write(buffer.Span);
        }

        return ValueTask.CompletedTask;
    }

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _isDisposed = true;
        base.Dispose(disposing);
    }
}
