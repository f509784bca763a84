using System.Net.WebSockets;
using System.Text;
using Godwit.Testing.Running;

namespace Godwit.Mosquitto.Running;

/// <summary>As much of MQTT 3.1.1 in WebSocket frames as an example needs: Debian's tools speak no WebSocket.</summary>
internal sealed class WebSocketClient : IDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[1024];
    private int _length;

    /// <summary>Connects and logs in.</summary>
    /// <returns>The subprotocol that was chosen, and the bytes of CONNACK.</returns>
    internal async Task<string> ConnectAsync(int port, string path, string subprotocol, string clientId, bool isSecure = false)
    {
        using var deadline = Deadline();
        _socket.Options.AddSubProtocol(subprotocol);
        _socket.Options.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Issuer is "CN=Example CA";
        await _socket.ConnectAsync(new Uri($"{(isSecure ? "wss" : "ws")}://127.0.0.1:{port}{path}"), deadline.Token);
        var id = Encoding.UTF8.GetBytes(clientId);
        await SendAsync([0x10, (byte)(12 + id.Length), 0, 4, .. "MQTT"u8, 4, 2, 0, 60, 0, (byte)id.Length, .. id]);
        return $"{_socket.SubProtocol} {Convert.ToHexString(await ReceiveAsync())}";
    }

    /// <summary>Subscribes at QoS 0.</summary>
    /// <returns>The bytes of SUBACK.</returns>
    internal async Task<string> SubscribeAsync(string filter)
    {
        var bytes = Encoding.UTF8.GetBytes(filter);
        await SendAsync([0x82, (byte)(bytes.Length + 5), 0, 1, 0, (byte)bytes.Length, .. bytes, 0]);
        return Convert.ToHexString(await ReceiveAsync());
    }

    /// <summary>Publishes at QoS 0.</summary>
    internal Task PublishAsync(string topic, string payload)
    {
        var (name, body) = (Encoding.UTF8.GetBytes(topic), Encoding.UTF8.GetBytes(payload));
        return SendAsync([0x30, (byte)(2 + name.Length + body.Length), 0, (byte)name.Length, .. name, .. body]);
    }

    /// <summary>Waits for a PUBLISH.</summary>
    /// <returns>Topic and payload, as text.</returns>
    internal async Task<string> NextAsync()
    {
        var packet = await ReceiveAsync();
        return Encoding.UTF8.GetString(packet.AsSpan(4));
    }

    public void Dispose() => _socket.Dispose();

    private static CancellationTokenSource Deadline() => new(Deadlines.Answer);

    private async Task SendAsync(byte[] packet)
    {
        using var deadline = Deadline();
        await _socket.SendAsync(packet, WebSocketMessageType.Binary, endOfMessage: true, deadline.Token);
    }

    /// <summary>One packet of less than 128 bytes.</summary>
    private async Task<byte[]> ReceiveAsync()
    {
        using var deadline = Deadline();
        while (_length < 2 || _length < 2 + _buffer[1])
        {
            var result = await _socket.ReceiveAsync(_buffer.AsMemory(_length), deadline.Token);
            Assert.NotEqual(WebSocketMessageType.Close, result.MessageType);
            _length += result.Count;
        }

        var size = 2 + _buffer[1];
        var packet = _buffer[..size];
        _buffer.AsSpan(size, _length - size).CopyTo(_buffer);
        _length -= size;
        return packet;
    }
}
