using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Godwit.Compare.Overload;

/// <summary>A client of MQTT 3.1.1 that does as little as possible itself. One task at a time reads, one writes.</summary>
internal sealed class MiniClient : IDisposable
{
    private readonly Stream _stream;

    private MiniClient(Stream stream, bool isSessionPresent) => (_stream, IsSessionPresent) = (stream, isSessionPresent);

    /// <summary>The CONNACK said so.</summary>
    public bool IsSessionPresent { get; }

    /// <summary>Connects.</summary>
    /// <param name="port">Of 127.0.0.1.</param>
    /// <param name="clientId">ASCII, at most 100 bytes.</param>
    /// <param name="ct">Ends the attempt.</param>
    /// <param name="isClean">Clean Session.</param>
    /// <param name="isTls">Over TLS, whatever the certificate is.</param>
    public static async Task<MiniClient> ConnectAsync(int port, string clientId, CancellationToken ct, bool isClean = true, bool isTls = false)
    {
        Stream stream = new NetworkStream(await OpenAsync(port, ct), ownsSocket: true);
        try
        {
            if (isTls)
            {
                var tls = new SslStream(stream);
                stream = tls;
                await tls.AuthenticateAsClientAsync(
                    new SslClientAuthenticationOptions
                    {
                        TargetHost = "localhost",
                        AllowTlsResume = false,
#pragma warning disable CA5359 // The broker was started by this program.
                        RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
                    },
                    ct);
            }

            var id = Encoding.ASCII.GetBytes(clientId);
            await stream.WriteAsync((byte[])[0x10, (byte)(12 + id.Length), 0, 4, .. "MQTT"u8, 4, (byte)(isClean ? 2 : 0), 0, 0, 0, (byte)id.Length, .. id], ct);
            var connack = new byte[4];
            await stream.ReadExactlyAsync(connack, ct);
            return connack[3] == 0
                ? new MiniClient(stream, (connack[2] & 1) != 0)
                : throw new IOException($"CONNACK {connack[3]} for {clientId}");
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens a connection and says nothing.</summary>
    public static async Task<Socket> OpenAsync(int port, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, LingerState = new LingerOption(enable: true, seconds: 0) };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), ct);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A PUBLISH; packet id 0 is QoS 0.</summary>
    public static byte[] Publish(string topic, byte[] payload, ushort packetId = 0, bool retain = false)
    {
        var name = Encoding.ASCII.GetBytes(topic);
        var remaining = 2 + name.Length + (packetId == 0 ? 0 : 2) + payload.Length;
        var bytes = new List<byte> { (byte)(0x30 | (packetId == 0 ? 0 : 2) | (retain ? 1 : 0)) };
        for (var rest = remaining; ; rest >>= 7)
        {
            bytes.Add((byte)((rest & 0x7F) | (rest > 0x7F ? 0x80 : 0)));
            if (rest <= 0x7F)
            {
                break;
            }
        }

        return [.. bytes, (byte)(name.Length >> 8), (byte)name.Length, .. name, .. packetId == 0 ? [] : (byte[])[(byte)(packetId >> 8), (byte)packetId], .. payload];
    }

    /// <summary>Subscribes and waits for SUBACK, before which nothing else may come.</summary>
    public async Task SubscribeAsync(string filter, int qos, CancellationToken ct)
    {
        var name = Encoding.ASCII.GetBytes(filter);
        await _stream.WriteAsync((byte[])[0x82, (byte)(5 + name.Length), 0, 1, 0, (byte)name.Length, .. name, (byte)qos], ct);
        await _stream.ReadExactlyAsync(new byte[5], ct);
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct) => _stream.WriteAsync(bytes, ct);

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken ct) => _stream.ReadAsync(buffer, ct);

    /// <summary>Reads one small packet, and gives its first byte and its body.</summary>
    public async Task<(byte Type, byte[] Body)> ReceiveAsync(CancellationToken ct)
    {
        var head = new byte[2];
        await _stream.ReadExactlyAsync(head, ct);
        var body = new byte[head[1] <= 0x7F ? head[1] : throw new InvalidDataException("a packet of 128 bytes or more")];
        await _stream.ReadExactlyAsync(body, ct);
        return (head[0], body);
    }

    /// <summary>Answers a PUBLISH of QoS 1.</summary>
    public async Task AcknowledgeAsync(byte[] publish, CancellationToken ct)
    {
        var idAt = 2 + BinaryPrimitives.ReadUInt16BigEndian(publish);
        await _stream.WriteAsync((byte[])[0x40, 2, publish[idAt], publish[idAt + 1]], ct);
    }

    public void Dispose() => _stream.Dispose();
}
