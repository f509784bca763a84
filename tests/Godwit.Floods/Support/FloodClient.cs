using System.Net;
using System.Net.Sockets;
using Godwit.Protocol;
using Godwit.Testing.Brokers;

namespace Godwit.Floods.Support;

/// <summary>A blocking socket that speaks packets; thousands of them are cheap. Every wait ends after <see cref="Patience"/>.</summary>
internal sealed class FloodClient : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly ProtocolVersion _version;
    private byte[] _received = [];
    private int _start;
    private int _end;

    private FloodClient(Socket socket, ProtocolVersion version) => (Socket, _version) = (socket, version);

    public Socket Socket { get; }

    /// <summary>Opens a connection and sends nothing.</summary>
    /// <param name="broker">Where to.</param>
    /// <param name="receiveBufferBytes">Of the kernel, for a client that is not going to read; 0 leaves it alone.</param>
    /// <param name="version">Of the packets that will be read.</param>
    public static FloodClient Open(BrokerAddress broker, int receiveBufferBytes = 0, ProtocolVersion version = ProtocolVersion.Mqtt5)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            SendTimeout = (int)Patience.TotalMilliseconds,
            ReceiveTimeout = (int)Patience.TotalMilliseconds,
        };
        if (receiveBufferBytes > 0)
        {
            socket.ReceiveBufferSize = receiveBufferBytes;
        }

        try
        {
            socket.Connect(IPAddress.Parse(broker.Host), broker.Port);
            return new FloodClient(socket, version);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Opens a connection, sends a CONNECT and reads the CONNACK that accepts it.</summary>
    public static FloodClient Connect(BrokerAddress broker, ReadOnlySpan<byte> connect, int receiveBufferBytes = 0)
    {
        var client = Open(broker, receiveBufferBytes);
        try
        {
            client.Send(connect);
            Assert.Equal(0, client.Receive(PacketType.Connack).Body[1]);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <inheritdoc cref="Connect(BrokerAddress, ReadOnlySpan{byte}, int)"/>
    public static FloodClient Connect(BrokerAddress broker, string clientId, int receiveBufferBytes = 0) =>
        Connect(broker, Bytes.Connect(clientId), receiveBufferBytes);

    /// <summary>Subscribes and reads the SUBACK that grants it.</summary>
    public FloodClient Subscribe(string filter, QoS qos)
    {
        Send(Bytes.Subscribe(1, qos, filter));
        Assert.Equal((byte)qos, Receive(PacketType.Suback).Body[^1]);
        return this;
    }

    public void Send(ReadOnlySpan<byte> packets)
    {
        while (packets.Length > 0)
        {
            packets = packets[Socket.Send(packets)..];
        }
    }

    /// <summary>Sends what the kernel takes at once.</summary>
    /// <returns>Bytes taken; 0 when the broker does not read, -1 when it has closed the connection.</returns>
    public int SendNow(ReadOnlySpan<byte> bytes)
    {
        Socket.Blocking = false;
        var count = Socket.Send(bytes, SocketFlags.None, out var error);
        Socket.Blocking = true;
        return error switch
        {
            SocketError.Success => count,
            SocketError.WouldBlock => 0,
            _ => -1,
        };
    }

    /// <summary>The next packet.</summary>
    public ReceivedPacket Receive()
    {
        while (true)
        {
            var status = PacketFramer.TryRead(
                _received.AsSpan(_start, _end - _start), _version, int.MaxValue, out var header, out var body, out var size, out var error);
            Assert.True(status != FrameStatus.Invalid, $"the broker sent a malformed packet: {error}");
            if (status == FrameStatus.Complete)
            {
                var packet = new ReceivedPacket(header, body.ToArray());
                _start += size;
                return packet;
            }

            Assert.True(Fill() > 0, "the broker closed the connection where a packet was expected");
        }
    }

    /// <summary>The next packet, which must be of this type.</summary>
    public ReceivedPacket Receive(PacketType type)
    {
        var packet = Receive();
        Assert.True(packet.Header.Type == type, $"{packet.Header.Type} came where {type} was expected: {Convert.ToHexString(packet.Body.AsSpan(0, Math.Min(packet.Body.Length, 40)))}");
        return packet;
    }

    /// <summary>Waits for the first bytes.</summary>
    /// <returns>False: the broker has closed the connection instead.</returns>
    public bool IsAnswered()
    {
        Assert.True(Socket.Poll(Patience, SelectMode.SelectRead), "the broker neither answers nor closes the connection");
        return Socket.Available > 0;
    }

    /// <summary>The broker has neither sent anything nor closed the connection.</summary>
    public bool IsSilent => !Socket.Poll(0, SelectMode.SelectRead);

    /// <summary>Reads and drops everything until the broker has closed the connection.</summary>
    public void ReceiveEnd()
    {
        _start = _end = 0;
        try
        {
            while (Fill() > 0)
            {
                _start = _end = 0;
            }
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            // It was closed while bytes of ours were on their way.
        }
    }

    /// <summary>Closes without a goodbye and leaves no trace in the kernel (RST), so that ports do not run out.</summary>
    public void Reset()
    {
        Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        Socket.Dispose();
    }

    public void Dispose() => Socket.Dispose();

    private int Fill()
    {
        if (_end == _received.Length)
        {
            var rest = _received.AsSpan(_start, _end - _start);
            var larger = rest.Length > _received.Length / 2 || _received.Length == 0 ? new byte[Math.Max(4096, 2 * _received.Length)] : _received;
            rest.CopyTo(larger);
            (_received, _start, _end) = (larger, 0, rest.Length);
        }

        var count = Socket.Receive(_received.AsSpan(_end));
        _end += count;
        return count;
    }
}
