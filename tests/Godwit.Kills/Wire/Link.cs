using System.Net;
using System.Net.Sockets;
using Godwit.Protocol;

namespace Godwit.Kills.Wire;

/// <summary>A socket that speaks packets. What is written leaves when nothing more can be read without waiting.</summary>
internal sealed class Link : IDisposable
{
    private readonly Socket _socket;
    private readonly ProtocolVersion _version;
    private readonly List<byte> _output = [];
    private byte[] _input = new byte[16 * 1024];
    private int _start;
    private int _end;

    private Link(Socket socket, ProtocolVersion version) => (_socket, _version) = (socket, version);

    /// <summary>Opens a connection and sends nothing.</summary>
    /// <exception cref="ConnectionLostException">Nobody listens.</exception>
    public static async Task<Link> OpenAsync(IPEndPoint broker, ProtocolVersion version, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(broker, ct);
            return new Link(socket, version);
        }
        catch (Exception exception)
        {
            socket.Dispose();
            throw exception is SocketException ? new ConnectionLostException("nobody listens", exception) : exception;
        }
    }

    /// <summary>Adds packets to what leaves with the next <see cref="FlushAsync"/> or <see cref="ReadAsync"/>.</summary>
    public void Write(ReadOnlySpan<byte> packets) => _output.AddRange(packets);

    /// <summary>Sends what was written.</summary>
    /// <exception cref="ConnectionLostException">The connection has ended.</exception>
    public async Task FlushAsync(CancellationToken ct)
    {
        if (_output.Count == 0)
        {
            return;
        }

        byte[] bytes = [.. _output];
        _output.Clear();
        try
        {
            for (var sent = 0; sent < bytes.Length;)
            {
                sent += await _socket.SendAsync(bytes.AsMemory(sent), ct);
            }
        }
        catch (SocketException exception)
        {
            throw new ConnectionLostException("the connection broke while sending", exception);
        }
    }

    /// <summary>The next packet.</summary>
    /// <exception cref="ConnectionLostException">The connection has ended.</exception>
    public async Task<ReceivedPacket> ReadAsync(CancellationToken ct)
    {
        while (true)
        {
            var status = Frame(out var header, out var body, out var error);
            if (status == FrameStatus.Complete)
            {
                return new ReceivedPacket(header, body);
            }

            Assert.True(status == FrameStatus.Incomplete, $"The broker sent a malformed packet: {error}");
            await FlushAsync(ct);
            await FillAsync(ct);
        }
    }

    /// <summary>Closes without a goodbye.</summary>
    /// <param name="reset">RST instead of FIN.</param>
    public void Drop(bool reset)
    {
        if (reset)
        {
            _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Takes a packet from what has arrived.</summary>
    private FrameStatus Frame(out FixedHeader header, out byte[] body, out PacketError error)
    {
        var status = PacketFramer.TryRead(
            _input.AsSpan(_start, _end - _start), _version, int.MaxValue, out header, out var bytes, out var size, out error);
        body = [];
        if (status == FrameStatus.Complete)
        {
            body = bytes.ToArray();
            _start += size;
        }

        return status;
    }

    private async Task FillAsync(CancellationToken ct)
    {
        var rest = _end - _start;
        if (_end == _input.Length)
        {
            var target = rest > _input.Length / 2 ? new byte[2 * _input.Length] : _input;
            Buffer.BlockCopy(_input, _start, target, 0, rest);
            (_input, _start, _end) = (target, 0, rest);
        }

        try
        {
            var count = await _socket.ReceiveAsync(_input.AsMemory(_end), ct);
            _end += count > 0 ? count : throw new ConnectionLostException("the broker closed the connection");
        }
        catch (SocketException exception)
        {
            throw new ConnectionLostException("the connection broke", exception);
        }
    }
}
