using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;

namespace Godwit.Conformance.Wire;

/// <summary>A broker under test: how to reach it and who to be. Other transports than TCP give another <paramref name="Open"/>.</summary>
/// <param name="Name">For people, e.g. <c>localhost:1883</c>.</param>
/// <param name="Open">Opens a connection that carries MQTT.</param>
public sealed record Endpoint(string Name, Func<CancellationToken, Task<Stream>> Open)
{
    /// <summary>User name of every CONNECT that names none; null for none.</summary>
    public string? UserName { get; init; }

    /// <summary>Password of every CONNECT that names none; null for none.</summary>
    public string? Password { get; init; }

    /// <summary>Plain TCP.</summary>
    public static Endpoint Tcp(string host, int port) => new($"{host}:{port}", cancellationToken => DialAsync(host, port, cancellationToken));

    /// <summary>TLS.</summary>
    /// <param name="host">The broker's certificate has to name it.</param>
    /// <param name="port">Often 8883.</param>
    /// <param name="trust">Which certificates are believed.</param>
    public static Endpoint Tls(string host, int port, TlsTrust trust) => new($"{host}:{port}", async cancellationToken =>
    {
        var tls = new SslStream(await DialAsync(host, port, cancellationToken));
        try
        {
            await tls.AuthenticateAsClientAsync(trust.OptionsFor(host), cancellationToken);
            return tls;
        }
        catch (AuthenticationException exception)
        {
            await tls.DisposeAsync();
            throw new IOException($"TLS failed: {exception.Message}", exception);
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    });

    /// <summary>WebSocket, with the subprotocol <c>mqtt</c>.</summary>
    /// <param name="uri">E.g. <c>ws://localhost:8083/mqtt</c> or <c>wss://...</c>.</param>
    /// <param name="trust">Which certificates are believed, with <c>wss</c>.</param>
    public static Endpoint WebSocket(Uri uri, TlsTrust trust) => new(uri.ToString(), async cancellationToken =>
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.AddSubProtocol("mqtt");
            socket.Options.RemoteCertificateValidationCallback = (_, certificate, _, errors) => trust.Accepts(certificate, errors);
            if (trust.Certificate is not null)
            {
                socket.Options.ClientCertificates.Add(trust.Certificate);
            }

            await socket.ConnectAsync(uri, cancellationToken);
            return new WebSocketWire(socket);
        }
        catch (WebSocketException exception)
        {
            socket.Dispose();
            throw new IOException(exception.InnerException?.Message ?? exception.Message, exception);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    });

    private static async Task<Stream> DialAsync(string host, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
