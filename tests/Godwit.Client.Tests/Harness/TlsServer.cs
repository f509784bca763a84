using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;

namespace Godwit.Client.Tests.Harness;

/// <summary>A server on loopback that shakes hands with every connection and accepts every CONNECT.</summary>
public sealed class TlsServer : IDisposable
{
    private static readonly byte[] Connack = [0x20, 3, 0, 0, 0];

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Channel<TlsVisit> _visits = Channel.CreateUnbounded<TlsVisit>();

    public TlsServer(X509Certificate2 certificate)
    {
        Certificate = certificate;
        _listener.Start();
        _ = ServeAsync();
    }

    /// <summary>What the next connections are shown.</summary>
    public X509Certificate2 Certificate { get; set; }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The next connection, once its handshake has succeeded or failed.</summary>
    public Task<TlsVisit> VisitAsync() => _visits.Reader.ReadAsync().Soon();

    public bool TryVisit(out TlsVisit? visit) => _visits.Reader.TryRead(out visit);

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                _visits.Writer.TryWrite(await MeetAsync(await _listener.AcceptTcpClientAsync()));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            _visits.Writer.TryComplete();
        }
    }

    private async Task<TlsVisit> MeetAsync(TcpClient socket)
    {
        var stream = new SslStream(socket.GetStream());
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificate = Certificate,
            ClientCertificateRequired = true,
            ApplicationProtocols = [new SslApplicationProtocol("mqtt")],
#pragma warning disable CA5359 // The server of these tests takes who comes.
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
        };
        try
        {
            await stream.AuthenticateAsServerAsync(options);
            var connect = new byte[256];
            var length = await stream.ReadAsync(connect);
            if (length > 0)
            {
                await stream.WriteAsync(Connack);
                _ = CloseAfterAsync(stream);
            }

            return new TlsVisit(stream, length > 0);
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException)
        {
            return new TlsVisit(stream, HasSentConnect: false);
        }
    }

    /// <summary>The client's DISCONNECT, or its end, is the end of the connection.</summary>
    private static async Task CloseAfterAsync(SslStream stream)
    {
        try
        {
            await stream.ReadExactlyAsync(new byte[1]);
            await stream.DisposeAsync();
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The client, or the test, has ended it.
        }
    }
}
