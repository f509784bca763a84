using System.Net.Sockets;
using System.Security.Authentication;

namespace Godwit.Client.Connections;

/// <summary>TCP connections, plain or encrypted.</summary>
public static class TcpStreams
{
    /// <summary>Looks the host up and connects to one of its addresses, in order; with <see cref="MqttClientOptions.Tls"/> it shakes hands, too.</summary>
    /// <param name="options">Host, Port and Tls are used.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>A stream that owns its socket, without Nagle's delay: the client gathers its packets itself.</returns>
    /// <exception cref="SocketException">The host is unknown, or no address accepts the connection.</exception>
    /// <exception cref="AuthenticationException">The server is not believed, or there is no TLS in common.</exception>
    public static async ValueTask<Stream> OpenAsync(MqttClientOptions options, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(options.Host, options.Port, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var stream = new NetworkStream(socket, ownsSocket: true);
        return options.Tls is null ? stream : await TlsStreams.OverAsync(stream, options, cancellationToken).ConfigureAwait(false);
    }
}
