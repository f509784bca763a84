using System.Net.Sockets;
using Godwit.Interop.Clients;
using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Links.Wire;

/// <summary>A socket that speaks packets.</summary>
public sealed class WireClient : IDisposable
{
    private readonly Socket _socket;
    private readonly bool _isByteByByte;
    private readonly byte[] _buffer;
    private int _start;
    private int _end;

    private WireClient(Socket socket, MqttVersion version, bool isByteByByte)
    {
        _socket = socket;
        _isByteByByte = isByteByByte;
        _buffer = new byte[isByteByByte ? 1 : 4096];
        Version = version;
    }

    /// <summary>The protocol version of its packets.</summary>
    public MqttVersion Version { get; }

    /// <summary>Opens a connection and sends nothing.</summary>
    /// <param name="broker">Where to.</param>
    /// <param name="version">What will be spoken.</param>
    /// <param name="isByteByByte">Every byte is sent, and read, by a call of its own; the system gathers none.</param>
    public static async Task<WireClient> OpenAsync(BrokerAddress broker, MqttVersion version, bool isByteByByte = false)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (isByteByByte)
        {
            socket.ReceiveBufferSize = 1;       // as little as the system allows
        }

        try
        {
            await socket.ConnectAsync(broker.Host, broker.Port, TestContext.Current.CancellationToken);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Cut before its first byte: the first read tells.
        }

        return new WireClient(socket, version, isByteByByte);
    }

    /// <summary>Opens a connection, sends CONNECT and reads the CONNACK that accepts it.</summary>
    public static async Task<WireClient> ConnectAsync(BrokerAddress broker, MqttVersion version, byte[] connect)
    {
        var client = await OpenAsync(broker, version);
        await client.SendAsync(connect);
        Assert.Equal(0, (await client.ExpectAsync(WireType.Connack)).Body[1]);

        return client;
    }

    /// <summary>Sends bytes.</summary>
    /// <returns>False when the connection has broken.</returns>
    public async Task<bool> SendAsync(byte[] bytes)
    {
        try
        {
            for (var position = 0; position < bytes.Length;)
            {
                var count = _isByteByByte ? 1 : bytes.Length - position;
                position += await _socket.SendAsync(bytes.AsMemory(position, count), TestContext.Current.CancellationToken);
            }

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Reads a packet.</summary>
    /// <returns>Null at the end of the connection, in whatever way it ends.</returns>
    public async Task<WirePacket?> ReadAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadlines.Answer);
        try
        {
            if (await ReadByteAsync(deadline.Token) is not { } header)
            {
                return null;
            }

            var length = 0;
            for (var shift = 0; ; shift += 7)
            {
                if (await ReadByteAsync(deadline.Token) is not { } part)
                {
                    return null;
                }

                length |= (part & 0x7F) << shift;
                if (part < 0x80)
                {
                    break;
                }
            }

            var body = new byte[length];
            for (var position = 0; position < length; position++)
            {
                if (await ReadByteAsync(deadline.Token) is not { } part)
                {
                    return null;
                }

                body[position] = part;
            }

            return new WirePacket(header, body);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail("Neither a packet nor the end of the connection came from the broker.");
            throw;
        }
    }

    /// <summary>Reads a packet that must come.</summary>
    public async Task<WirePacket> ExpectAsync(WireType type)
    {
        var packet = await ReadAsync();
        Assert.True(packet is not null, $"The connection ended where {type} was expected.");
        Assert.Equal(type, packet.Type);

        return packet;
    }

    public void Dispose() => _socket.Dispose();

    private async ValueTask<byte?> ReadByteAsync(CancellationToken ct)
    {
        if (_start == _end)
        {
            try
            {
                (_start, _end) = (0, await _socket.ReceiveAsync(_buffer, ct));
            }
            catch (SocketException)
            {
                _end = 0;
            }
        }

        return _start < _end ? _buffer[_start++] : null;
    }
}
