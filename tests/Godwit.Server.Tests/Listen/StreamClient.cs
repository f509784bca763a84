using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Godwit.Protocol;
using Godwit.Server.Tests.Support;

namespace Godwit.Server.Tests.Listen;

/// <summary>A client that speaks packets over a stream: TLS, WebSocket, a Unix socket. Every wait ends after 3 seconds.</summary>
internal sealed class StreamClient(Stream stream) : IDisposable
{
    private byte[] _received = [];

    public Stream Stream => stream;

    public static async Task<Socket> DialAsync(EndPoint server)
    {
        var socket = new Socket(server.AddressFamily, SocketType.Stream, server is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        await socket.ConnectAsync(server).WaitAsync(RawClient.Patience);
        return socket;
    }

    public static async Task<StreamClient> OpenAsync(EndPoint server) => new(new NetworkStream(await DialAsync(server), ownsSocket: true));

    /// <summary>Makes a TLS handshake that trusts the test CA.</summary>
    public static async Task<SslStream> OpenTlsAsync(
        EndPoint server, X509Certificate2? certificate = null, string host = "localhost", string[]? protocols = null, SslProtocols versions = SslProtocols.None)
    {
        var tls = new SslStream(new NetworkStream(await DialAsync(server), ownsSocket: true));
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = host,
                EnabledSslProtocols = versions,
                ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true),
                ApplicationProtocols = protocols is null ? null : [.. protocols.Select(name => new SslApplicationProtocol(name))],
                CertificateChainPolicy = Trust(),
            }).WaitAsync(RawClient.Patience);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    public static X509ChainPolicy Trust() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        RevocationMode = X509RevocationMode.NoCheck,
        CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(Pki.Instance.At("ca.pem")) },
    };

    /// <summary>Sends CONNECT and reads the CONNACK that accepts it.</summary>
    public async Task<StreamClient> ConnectAsync(string clientId)
    {
        Assert.Equal(0, await ConnectCodeAsync(Bytes.Connect(clientId)));
        return this;
    }

    /// <summary>Sends CONNECT and gives the code of the answer.</summary>
    public async Task<byte> ConnectCodeAsync(byte[] connect)
    {
        await SendAsync(connect);
        return (await ReceiveAsync()).ConnackCode;
    }

    public async Task SendAsync(params byte[][] packets) =>
        await stream.WriteAsync(packets.SelectMany(packet => packet).ToArray()).AsTask().WaitAsync(RawClient.Patience);

    public async Task SubscribeAsync(string filter)
    {
        await SendAsync(Bytes.Subscribe(filter));
        Assert.Equal(PacketType.Suback, (await ReceiveAsync()).Type);
    }

    public async Task<ReceivedPacket> ReceiveAsync()
    {
        while (true)
        {
            var status = PacketFramer.TryRead(_received, ProtocolVersion.Mqtt5, int.MaxValue, out var header, out var body, out var size, out var error);
            Assert.True(status != FrameStatus.Invalid, $"the server sent a malformed packet: {error}");
            if (status == FrameStatus.Complete)
            {
                var packet = new ReceivedPacket(header, body.ToArray());
                _received = _received[size..];
                return packet;
            }

            var buffer = new byte[64 * 1024];
            var count = await stream.ReadAsync(buffer).AsTask().WaitAsync(RawClient.Patience);
            Assert.True(count > 0, "the connection ended where a packet was expected");
            _received = [.. _received, .. buffer.AsSpan(0, count)];
        }
    }

    /// <summary>Waits for the end of the connection; nothing may come before it.</summary>
    public async Task ReceiveEndAsync()
    {
        try
        {
            Assert.Equal(0, await stream.ReadAsync(new byte[100]).AsTask().WaitAsync(RawClient.Patience));
        }
        catch (IOException)
        {
            // A reset is an end as well.
        }
    }

    public void Dispose() => stream.Dispose();
}
