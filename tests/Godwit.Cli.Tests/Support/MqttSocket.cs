using System.Net.Sockets;
using System.Text;

namespace Godwit.Cli.Tests.Support;

/// <summary>A few packets over a plain socket, enough to see that a broker is alive. Every wait ends after 3 seconds.</summary>
internal sealed class MqttSocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 3_000 };

    private MqttSocket(int port) => _socket.Connect("127.0.0.1", port);

    public static MqttSocket Open(int port) => new(port);

    /// <summary>Sends CONNECT of MQTT 5.0 and reads CONNACK.</summary>
    public static MqttSocket Connect(int port, string clientId)
    {
        var socket = Open(port);
        socket.SendConnect(clientId);
        Assert.Equal(0x20, socket.Receive()[0]);
        return socket;
    }

    public void SendConnect(string clientId)
    {
        var id = Encoding.UTF8.GetBytes(clientId);
        Send([0x10, (byte)(13 + id.Length), 0, 4, .. "MQTT"u8, 5, 0x02, 0, 60, 0, 0, (byte)id.Length, .. id]);
    }

    /// <summary>CONNECT of MQTT 5.0 with a user.</summary>
    public void SendConnect(string clientId, string userName, string password)
    {
        byte[] payload = [.. Text(clientId), .. Text(userName), .. Text(password)];
        Send([0x10, (byte)(11 + payload.Length), 0, 4, .. "MQTT"u8, 5, 0xC2, 0, 60, 0, .. payload]);
    }

    public void Send(params byte[] bytes) => _socket.Send(bytes);

    /// <summary>What comes next, in the pieces in which it comes; empty at the end of the connection.</summary>
    public byte[] Receive()
    {
        var buffer = new byte[4_096];
        return buffer[.._socket.Receive(buffer)];
    }

    private static byte[] Text(string text) => [0, (byte)text.Length, .. Encoding.UTF8.GetBytes(text)];

    public void Dispose() => _socket.Dispose();
}
