using System.Net;
using System.Net.Sockets;
using Godwit.Protocol;

namespace Godwit.Server.Tests.Support;

/// <summary>A socket that speaks packets. Every wait ends after 3 seconds.</summary>
internal sealed class RawClient : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly Socket _socket;
    private readonly ProtocolVersion _version;
    private byte[] _received = [];

    private RawClient(Socket socket, ProtocolVersion version) => (_socket, _version) = (socket, version);

    public Socket Socket => _socket;

    /// <summary>Opens a connection and sends nothing.</summary>
    public static async Task<RawClient> OpenAsync(
        IPEndPoint server, ProtocolVersion version = ProtocolVersion.Mqtt5, int receiveBufferSize = 0)
    {
        var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBufferSize > 0)
        {
            socket.ReceiveBufferSize = receiveBufferSize;
        }

        await socket.ConnectAsync(server).WaitAsync(Patience);
        return new RawClient(socket, version);
    }

    /// <summary>Opens a connection, sends CONNECT and reads the CONNACK that accepts it.</summary>
    public static async Task<RawClient> ConnectAsync(
        IPEndPoint server,
        string clientId,
        ProtocolVersion version = ProtocolVersion.Mqtt5,
        ushort keepAliveSeconds = 0,
        string? willTopic = null,
        int receiveBufferSize = 0)
    {
        var client = await OpenAsync(server, version, receiveBufferSize);
        await client.SendAsync(Bytes.Connect(clientId, version, keepAliveSeconds, willTopic));
        Assert.Equal(0, (await client.ReceiveAsync()).ConnackCode);
        return client;
    }

    public async Task SendAsync(params byte[][] packets)
    {
        var bytes = packets.SelectMany(packet => packet).ToArray();
        for (var sent = 0; sent < bytes.Length;)
        {
            sent += await _socket.SendAsync(bytes.AsMemory(sent)).AsTask().WaitAsync(Patience);
        }
    }

    public async Task<RawClient> SubscribeAsync(string filter, QoS qos = QoS.AtMostOnce)
    {
        await SendAsync(Bytes.Subscribe(filter, qos, version: _version));
        Assert.Equal(PacketType.Suback, (await ReceiveAsync()).Type);
        return this;
    }

    /// <summary>The next packet.</summary>
    public async Task<ReceivedPacket> ReceiveAsync()
    {
        while (true)
        {
            var status = PacketFramer.TryRead(_received, _version, int.MaxValue, out var header, out var body, out var size, out var error);
            Assert.True(status != FrameStatus.Invalid, $"the server sent a malformed packet: {error}");
            if (status == FrameStatus.Complete)
            {
                var packet = new ReceivedPacket(header, body.ToArray());
                _received = _received[size..];
                return packet;
            }

            var count = await ReadAsync();
            Assert.True(count > 0, "the connection ended where a packet was expected");
        }
    }

    /// <summary>Waits for the end of the connection; no packet may come before it.</summary>
    public async Task<ConnectionEnd> ReceiveEndAsync()
    {
        try
        {
            var count = await ReadAsync();
            Assert.True(count == 0 && _received.Length == 0, $"{_received.Length} bytes came where the end was expected: {Convert.ToHexString(_received)}");
            return ConnectionEnd.Closed;
        }
        catch (SocketException)
        {
            return ConnectionEnd.Reset;
        }
    }

    /// <summary>Cuts the connection: the server sees a reset.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();

    private async Task<int> ReadAsync()
    {
        var buffer = new byte[64 * 1024];
        var count = await _socket.ReceiveAsync(buffer.AsMemory()).AsTask().WaitAsync(Patience);
        _received = [.. _received, .. buffer.AsSpan(0, count)];
        return count;
    }
}
