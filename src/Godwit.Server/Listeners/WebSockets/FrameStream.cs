using System.Net.WebSockets;

namespace Godwit.Server.Listeners.WebSockets;

/// <summary>
/// The bytes of MQTT in a WebSocket: packets may be spread over frames and several may share one [MQTT-6.0.0-2], so frames mean nothing
/// here; only that they are binary [MQTT-6.0.0-1].
/// </summary>
internal sealed class FrameStream(WebSocket socket) : Stream
{
    private const int ReceiveSize = 8 * 1024;

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

    /// <summary>Reads what one frame brings, or a part of it. When it is cancelled, nothing is lost: the next call gets what came meanwhile.</summary>
    /// <returns>0: the client has closed, or has sent text and is told so.</returns>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_from == _to)
        {
            // To cancel a receive would abort the WebSocket, and with it what is still to be sent.
            _receive ??= ReceiveAsync();
            var count = await _receive.WaitAsync(cancellationToken).ConfigureAwait(false);
            _receive = null;
            (_from, _to) = (0, count);
        }

        var taken = Math.Min(buffer.Length, _to - _from);
        _received.AsSpan(_from, taken).CopyTo(buffer.Span);
        _from += taken;
        return taken;
    }

    /// <summary>Sends one binary frame.</summary>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return;
        }

        try
        {
            await socket.SendAsync(buffer, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken).ConfigureAwait(false);
        }
        catch (WebSocketException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    /// <summary>Says that nothing follows; a client that has said so first gets its answer.</summary>
    internal async Task CloseOutputAsync(WebSocketCloseStatus status, CancellationToken cancellationToken)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
        {
            return;
        }

        try
        {
            await socket.CloseOutputAsync(status, statusDescription: null, cancellationToken).ConfigureAwait(false);
        }
        catch (WebSocketException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    /// <summary>Says that nothing follows, and waits a little for the client to say the same, so that it sees the close and not a reset.</summary>
    internal async Task EndAsync(int patienceMs)
    {
        using var deadline = new CancellationTokenSource(patienceMs);
        var dropped = new byte[ReceiveSize];
        try
        {
            await CloseOutputAsync(WebSocketCloseStatus.NormalClosure, deadline.Token).ConfigureAwait(false);
            while (socket.State == WebSocketState.CloseSent && await ReadAsync(dropped, deadline.Token).ConfigureAwait(false) > 0)
            {
                // What it still sends has no reader any more.
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or InvalidOperationException)
        {
            // It has gone, or says nothing: either way there is nothing left to wait for.
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

    private async Task<int> ReceiveAsync()
    {
        try
        {
            while (socket.State is WebSocketState.Open or WebSocketState.CloseSent)
            {
                var result = await socket.ReceiveAsync(_received.AsMemory(), CancellationToken.None).ConfigureAwait(false);
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    break;
                }

                if (result.MessageType == WebSocketMessageType.Text)
                {
                    await CloseOutputAsync(WebSocketCloseStatus.InvalidMessageType, CancellationToken.None).ConfigureAwait(false);
                    break;
                }

                if (result.Count > 0)
                {
                    return result.Count;
                }
            }

            return 0;
        }
        catch (WebSocketException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }
}
