using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Godwit.Server.Listeners;
using Godwit.Server.Listeners.WebSockets;
using Godwit.Server.Logging;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Primitives;

namespace Godwit.Server.Transports;

/// <summary>Turns HTTP requests into MQTT over WebSocket (MQTT 5.0 §6, RFC 6455 §4.2), and answers all others with the reason.</summary>
/// <remarks>Frames are not compressed: an answer to an offer of permessage-deflate is never given, so nothing can be inflated before login.</remarks>
internal sealed class WebSocketGateway(KestrelHandler handler, ConnectionLog log) : IHttpApplication<IFeatureCollection>
{
    private const int HeaderBytesMax = 16 * 1024;
    private const string AcceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";     // RFC 6455 §1.3

    /// <summary>Makes Kestrel's limits those of a server that only upgrades. The time for CONNECT covers the request as well.</summary>
    internal static void Limit(KestrelServerLimits limits)
    {
        limits.MaxRequestBodySize = 0;
        limits.MaxRequestHeadersTotalSize = HeaderBytesMax;
        limits.MinRequestBodyDataRate = null;
        limits.MinResponseDataRate = null;
    }

    public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

    public void DisposeContext(IFeatureCollection context, Exception? exception)
    {
        // Nothing was created.
    }

    public async Task ProcessRequestAsync(IFeatureCollection context)
    {
        var link = context.GetRequiredFeature<ClientLink>();
        var request = context.GetRequiredFeature<IHttpRequestFeature>();
        var upgrade = context.GetRequiredFeature<IHttpUpgradeFeature>();
        var options = link.Entrance.Options;
        if (Forwarded(link, request.Headers) is { } refusal)
        {
            await RefuseAsync(context, link, StatusCodes.Status403Forbidden, refusal).ConfigureAwait(false);
            return;
        }

        var (status, reason) = Judge(request, upgrade, options);
        var subprotocol = Subprotocols.Choose(request.Headers.SecWebSocketProtocol);
        if (status == 0 && subprotocol is null && options.RequireSubprotocol)
        {
            (status, reason) = (StatusCodes.Status400BadRequest, "The header Sec-WebSocket-Protocol has to offer mqtt.");
        }

        if (status != 0)
        {
            await RefuseAsync(context, link, status, reason).ConfigureAwait(false);
            return;
        }

        if (subprotocol is null)
        {
            log.NoSubprotocol(link.Address, options);
        }

        await ServeAsync(context, link, request, upgrade, subprotocol).ConfigureAwait(false);
    }

    private static (int Status, string Reason) Judge(IHttpRequestFeature request, IHttpUpgradeFeature upgrade, ListenerOptions options)
    {
        if (options.Path is not null && !string.Equals(request.Path, options.Path, StringComparison.Ordinal))
        {
            return (StatusCodes.Status404NotFound, "MQTT is not spoken at this path.");
        }

        var headers = request.Headers;
        if (!upgrade.IsUpgradableRequest || !headers.Upgrade.ToString().Contains("websocket", StringComparison.OrdinalIgnoreCase))
        {
            return (StatusCodes.Status426UpgradeRequired, "This is MQTT over WebSocket: connect with an MQTT client.");
        }

        if (!string.Equals(request.Method, HttpMethods.Get, StringComparison.Ordinal) || !IsKey(headers.SecWebSocketKey))
        {
            return (StatusCodes.Status400BadRequest, "This is no valid WebSocket request.");
        }

        if (!string.Equals(headers.SecWebSocketVersion, "13", StringComparison.Ordinal))
        {
            return (StatusCodes.Status426UpgradeRequired, "Only version 13 of WebSocket is spoken.");
        }

        // Browsers send it and pages cannot change it; what is not a browser need not.
        return options.Origins.Count > 0 && headers.Origin.Count > 0 && !options.Origins.Contains(headers.Origin.ToString(), StringComparer.OrdinalIgnoreCase)
            ? (StatusCodes.Status403Forbidden, "Pages of this origin may not connect.")
            : (0, "");
    }

    private static bool IsKey(StringValues key)
    {
        Span<byte> decoded = stackalloc byte[24];
        return key.Count == 1 && Convert.TryFromBase64String(key.ToString(), decoded, out var size) && size == 16;
    }

    /// <summary>Takes the word of trusted proxies about the client's address.</summary>
    /// <returns>Null: the address may connect.</returns>
    private static string? Forwarded(ClientLink link, IHeaderDictionary headers)
    {
        if (link.Entrance.Options.TrustedProxies.Count == 0)
        {
            return null;
        }

        var before = link.EndPoint?.Address;
        var address = ForwardedFor.Resolve(before, headers["Forwarded"], headers["X-Forwarded-For"], link.Entrance.IsTrustedProxy);
        if (!Equals(address, before))
        {
            link.EndPoint = address is null ? null : new System.Net.IPEndPoint(address, 0);
        }

        return link.Entrance.RefusalOf(address);
    }

    private async Task RefuseAsync(IFeatureCollection features, ClientLink link, int status, string reason)
    {
        log.WebSocketRefused(link.Address, link.Entrance.Options, status, reason);
        var response = features.GetRequiredFeature<IHttpResponseFeature>();
        var body = Encoding.UTF8.GetBytes(reason + "\n");
        response.StatusCode = status;
        response.Headers.Connection = "close";
        response.Headers.ContentType = "text/plain; charset=utf-8";
        response.Headers.ContentLength = body.Length;
        if (status == StatusCodes.Status426UpgradeRequired)
        {
            response.Headers.Upgrade = "websocket";
            response.Headers.SecWebSocketVersion = "13";
        }

        await features.GetRequiredFeature<IHttpResponseBodyFeature>().Writer.WriteAsync(body).ConfigureAwait(false);
    }

    private async Task ServeAsync(
        IFeatureCollection features, ClientLink link, IHttpRequestFeature request, IHttpUpgradeFeature upgrade, string? subprotocol)
    {
        var headers = features.GetRequiredFeature<IHttpResponseFeature>().Headers;
        headers.Upgrade = "websocket";
        headers.SecWebSocketAccept = AcceptOf(request.Headers.SecWebSocketKey.ToString());
        if (subprotocol is not null)
        {
            headers.SecWebSocketProtocol = subprotocol;                 // [MQTT-6.0.0-4]
        }

        var upgraded = await upgrade.UpgradeAsync().ConfigureAwait(false);
        using var socket = WebSocket.CreateFromStream(
            upgraded, new WebSocketCreationOptions { IsServer = true, SubProtocol = subprotocol, KeepAliveInterval = Timeout.InfiniteTimeSpan });
        var stream = new FrameStream(socket);
        await using (stream.ConfigureAwait(false))
        {
            var below = link.EndingLayers;
            link.Transport = new StreamPipes(stream, useZeroByteReads: false);
            link.IsLayered = true;
            link.EndingLayers = async cancellation =>
            {
                await stream.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, cancellation).ConfigureAwait(false);
                await (below?.Invoke(cancellation) ?? Task.CompletedTask).ConfigureAwait(false);
            };
            try
            {
                await handler.ServeAsync(link).ConfigureAwait(false);
            }
            finally
            {
                await stream.EndAsync(ClosingSockets.LingerMs).ConfigureAwait(false);
            }
        }
    }

    private static string AcceptOf(string key)
    {
#pragma warning disable CA5350 // RFC 6455 wants it; it protects nothing.
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + AcceptSuffix)));
#pragma warning restore CA5350
    }
}
