using System.Net.Sockets;

namespace Godwit.Client.Connections;

/// <summary>Plain TCP connections.</summary>
public static class TcpStreams
{
    /// <summary>Looks the host up and connects to one of its addresses, in order.</summary>
    /// <param name="options">Host and Port are used.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>A stream that owns its socket, without Nagle's delay: the client gathers its packets itself.</returns>
    /// <exception cref="SocketException">The host is unknown, or no address accepts the connection.</exception>
    public static async ValueTask<Stream> OpenAsync(MqttClientOptions options, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(options.Host, options.Port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
