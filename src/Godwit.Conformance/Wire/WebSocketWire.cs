using System.Net.WebSockets;

namespace Godwit.Conformance.Wire;

/// <summary>
/// The bytes of MQTT in a WebSocket. A read that is given up is no end: .NET aborts a WebSocket whose receive is cancelled, so the receive goes
/// on and the next read gets what it brings.
/// </summary>
internal sealed class WebSocketWire(WebSocket socket) : Stream
{
    private const int ReceiveSize = 16 * 1024;

    private readonly byte[] _received = new byte[ReceiveSize];
    private Task<int>? _receive;
    private int _from;
    private int _to;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_from == _to)
        {
            _receive ??= ReceiveAsync();
            var count = await _receive.WaitAsync(cancellationToken);
            _receive = null;
            (_from, _to) = (0, count);
        }

        var taken = Math.Min(buffer.Length, _to - _from);
        _received.AsSpan(_from, taken).CopyTo(buffer.Span);
        _from += taken;
        return taken;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await socket.SendAsync(buffer, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
        }
        catch (WebSocketException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
        // Nothing is held back.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            socket.Dispose();               // without a close frame: as a connection that drops
        }

        base.Dispose(disposing);
    }

    private async Task<int> ReceiveAsync()
    {
        try
        {
            while (socket.State is WebSocketState.Open or WebSocketState.CloseSent)
            {
                var result = await socket.ReceiveAsync(_received.AsMemory(), CancellationToken.None);
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    break;
                }

                if (result.MessageType == WebSocketMessageType.Text)
                {
                    throw new CheckFailedException("a binary frame [MQTT-6.0.0-1]", "a text frame");
                }

                if (result.Count > 0)
                {
                    return result.Count;
                }
            }

            return 0;
        }
        catch (Exception exception) when (exception is WebSocketException or ObjectDisposedException)
        {
            throw new IOException(exception.Message, exception);
        }
    }
}
