using System.IO.Pipelines;

namespace Godwit.Client.Tests.Harness;

/// <summary>The client's end of a connection in memory. Counts writes; can be told to block them.</summary>
public sealed class ClientStream(PipeReader input, PipeWriter output) : Stream
{
    private readonly TaskCompletionSource _blocked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Stream _input = input.AsStream();

    /// <summary>Writes that have begun.</summary>
    public int WriteCount { get; private set; }

    /// <summary>Writes wait until <see cref="Unblock"/>, even when the stream is disposed: the worst stream there is.</summary>
    public bool IsBlocked { get; set; }

    /// <summary>Completes when the client gives the stream up.</summary>
    public Task Disposed => _disposed.Task;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public void Unblock()
    {
        IsBlocked = false;
        _blocked.TrySetResult();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        await _input.ReadAsync(buffer, cancellationToken);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        WriteCount++;
        if (IsBlocked)
        {
            await _blocked.Task;
        }

        var result = await output.WriteAsync(buffer, cancellationToken);
        if (result.IsCompleted)
        {
            throw new IOException("connection reset");
        }
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
        if (disposing && _disposed.TrySetResult())
        {
            input.CancelPendingRead();
            input.Complete();
            output.Complete();
        }

        base.Dispose(disposing);
    }
}
