using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Godwit.Compare.Tls;

/// <summary>An MQTT 3.1.1 client over TLS that does as little as possible itself.</summary>
internal sealed class TlsClient : IDisposable
{
    private const int PayloadSize = 100;

    private readonly SslStream _stream;

    private TlsClient(SslStream stream) => _stream = stream;

    /// <summary>One PUBLISH of QoS 0 with 100 bytes on the topic <c>t</c>.</summary>
    public static byte[] Publish { get; } = [0x30, PayloadSize + 3, 0, 1, (byte)'t', .. new byte[PayloadSize]];

    /// <summary>Makes a whole handshake, without a session of an earlier one, and connects.</summary>
    public static async Task<TlsClient> ConnectAsync(int port, string clientId, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), ct);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "localhost",
                    AllowTlsResume = false,
#pragma warning disable CA5359 // The broker was started by this program.
                    RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
                },
                ct);
            var id = Encoding.ASCII.GetBytes(clientId);
            await stream.WriteAsync((byte[])[0x10, (byte)(12 + id.Length), 0, 4, .. "MQTT"u8, 4, 2, 0, 0, 0, (byte)id.Length, .. id], ct);
            await stream.ReadExactlyAsync(new byte[4], ct);     // CONNACK
            return new TlsClient(stream);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    public async Task SubscribeAsync(CancellationToken ct)
    {
        await _stream.WriteAsync((byte[])[0x82, 6, 0, 1, 0, 1, (byte)'t', 0], ct);
        await _stream.ReadExactlyAsync(new byte[5], ct);        // SUBACK
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct) => _stream.WriteAsync(bytes, ct);

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken ct) => _stream.ReadAsync(buffer, ct);

    public void Dispose() => _stream.Dispose();
}
