using System.Net;
using System.Net.Sockets;
using Godwit.Kills.Wire;
using Godwit.Protocol;

namespace Godwit.Kills.Rates;

/// <summary>A socket for much traffic: takes whatever has arrived at once, and allocates nothing for a packet.</summary>
internal sealed class PacketPipe : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _input;
    private int _end;

    private PacketPipe(Socket socket, int bufferBytes) => (_socket, _input) = (socket, new byte[bufferBytes]);

    /// <summary>Sees a packet; the body is gone afterwards.</summary>
    public delegate void PacketView(FixedHeader header, ReadOnlySpan<byte> body);

    /// <summary>Connects, and reads the CONNACK that accepts it.</summary>
    /// <param name="broker">Where to.</param>
    /// <param name="connect">CONNECT.</param>
    /// <param name="bufferBytes">More than the largest packet.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<PacketPipe> ConnectAsync(IPEndPoint broker, byte[] connect, int bufferBytes, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var pipe = new PacketPipe(socket, bufferBytes);
        try
        {
            await socket.ConnectAsync(broker, ct);
            await pipe.SendAsync(connect, ct);
            var isAccepted = false;
            await pipe.ReceiveAsync((header, body) => isAccepted = header.Type == PacketType.Connack && body[1] == 0, ct);
            Assert.True(isAccepted, "the broker refused a connection");
            return pipe;
        }
        catch
        {
            pipe.Dispose();
            throw;
        }
    }

    /// <summary>Sends packets.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> packets, CancellationToken ct)
    {
        while (packets.Length > 0)
        {
            packets = packets[await _socket.SendAsync(packets, ct)..];
        }
    }

    /// <summary>Sends packets at once, and waits while there is no room for them.</summary>
    public void Send(ReadOnlySpan<byte> packets)
    {
        while (packets.Length > 0)
        {
            packets = packets[_socket.Send(packets)..];
        }
    }

    /// <summary>Waits for bytes and shows the packets that they complete, one or many or none.</summary>
    /// <exception cref="ConnectionLostException">The broker has closed the connection.</exception>
    public async ValueTask ReceiveAsync(PacketView onPacket, CancellationToken ct)
    {
        var count = await _socket.ReceiveAsync(_input.AsMemory(_end), ct);
        _end += count > 0 ? count : throw new ConnectionLostException("the broker closed the connection");
        Show(onPacket);
    }

    public void Dispose() => _socket.Dispose();

    private void Show(PacketView onPacket)
    {
        var start = 0;
        while (PacketFramer.TryRead(
            _input.AsSpan(start, _end - start), ProtocolVersion.Mqtt5, int.MaxValue, out var header, out var body, out var size, out var error) == FrameStatus.Complete)
        {
            onPacket(header, body);
            start += size;
            Assert.Equal(PacketError.None, error);
        }

        _input.AsSpan(start, _end - start).CopyTo(_input);
        _end -= start;
    }
}
