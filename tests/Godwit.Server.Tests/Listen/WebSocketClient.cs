using System.Net;
using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using Godwit.Server.Tests.Support;

namespace Godwit.Server.Tests.Listen;

/// <summary>The WebSocket client of .NET.</summary>
internal sealed class WebSocketClient : IDisposable
{
    private WebSocketClient(ClientWebSocket socket) =>
        (Socket, Packets) = (socket, new StreamClient(System.Net.WebSockets.WebSocketStream.Create(socket, WebSocketMessageType.Binary, ownsWebSocket: true)));

    public ClientWebSocket Socket { get; }

    public StreamClient Packets { get; }

    /// <summary>Opens one.</summary>
    /// <param name="server">Where.</param>
    /// <param name="path">Of the request.</param>
    /// <param name="tls">Null: not encrypted; else the certificates of the client.</param>
    /// <param name="configure">For more.</param>
    public static async Task<WebSocketClient> OpenAsync(
        IPEndPoint server, string path = "/mqtt", X509Certificate2[]? tls = null, Action<ClientWebSocketOptions>? configure = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("mqtt");
        configure?.Invoke(socket.Options);
        if (tls is not null)
        {
            socket.Options.RemoteCertificateValidationCallback = (_, _, _, errors) => errors is SslPolicyErrors.RemoteCertificateChainErrors;
            socket.Options.ClientCertificates.AddRange(tls);
        }

        try
        {
            await socket.ConnectAsync(new Uri($"{(tls is null ? "ws" : "wss")}://{(tls is null ? server.Address : "localhost")}:{server.Port}{path}"), CancellationToken.None).WaitAsync(RawClient.Patience);
            return new WebSocketClient(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose() => Socket.Dispose();
}
