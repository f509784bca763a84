using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Godwit.Server.Listeners;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Godwit.Server.Transports;

/// <summary>
/// A connection of Kestrel on its way to MQTT: who is at the other end, and the pipes that carry packets once the layers below (PROXY header,
/// TLS, WebSocket) are through. One task at a time uses it.
/// </summary>
internal sealed class ClientLink : IDisposable
{
    private readonly ConnectionContext _context;
    private readonly CancellationTokenSource _opening;
    private Action? _opened;
    private CancellationTokenRegistration _timeout;

    /// <summary>A connection that was just accepted.</summary>
    /// <param name="context">Kestrel's.</param>
    /// <param name="entrance">Where it came in.</param>
    /// <param name="opening">Cancelled when CONNECT does not come in time, or the server stops; the link disposes it.</param>
    /// <param name="opened">Called once when CONNECT is complete, or the link ends without.</param>
    internal ClientLink(ConnectionContext context, Entrance entrance, CancellationTokenSource opening, Action opened)
    {
        (_context, Entrance, _opening, _opened) = (context, entrance, opening, opened);
        Transport = context.Transport;
        EndPoint = context.RemoteEndPoint as IPEndPoint;
        _timeout = !HasLayers ? default : opening.Token.Register(static state => ((ConnectionContext)state!).Abort(new ConnectionAbortedException("no complete CONNECT in time")), context);
    }

    internal Entrance Entrance { get; }

    /// <summary>It has counted for the connect rates when it was accepted.</summary>
    internal bool IsRateCounted { get; init; }

    /// <summary>There is something below MQTT: a PROXY header, TLS, WebSocket. Without, it is enough that reading is cancelled in time.</summary>
    internal bool HasLayers => Entrance.Tls is not null || Entrance.Options is { ProxyProtocol: true } or { Protocol: ListenerProtocol.WebSocket };

    /// <summary>Kestrel's connection.</summary>
    internal ConnectionContext Context => _context;

    /// <summary>Cancelled when the time for CONNECT is over.</summary>
    internal CancellationToken Opening => _opening.Token;

    /// <summary>The time for CONNECT was over before it was complete.</summary>
    internal bool IsTooLate => _opened is not null && _opening.IsCancellationRequested;

    /// <summary>The bytes of MQTT.</summary>
    internal IDuplexPipe Transport { get; set; }

    /// <summary>Where the client is, behind trusted proxies what they say; null on a Unix socket.</summary>
    internal IPEndPoint? EndPoint { get; set; }

    /// <summary>For the log.</summary>
    internal string Address => EndPoint?.ToString() ?? "a Unix socket";

    /// <summary>The client's certificate, verified; null without.</summary>
    internal X509Certificate2? Certificate { get; set; }

    /// <summary>Common name of the certificate that a trusted proxy has verified; null without.</summary>
    internal string? CertificateSubject { get; set; }

    /// <summary>Sending is work that the shard's thread should not do: TLS and WebSocket.</summary>
    internal bool IsLayered { get; set; }

    /// <summary>What the layers say at the end of sending, the innermost first: the close of WebSocket, the close of TLS.</summary>
    internal Func<CancellationToken, Task>? EndingLayers { get; set; }

    /// <summary>Ends sending after all that was sent: the peer sees the end of the stream.</summary>
    internal async Task EndOutputAsync(CancellationToken cancellation)
    {
        if (EndingLayers is not null)
        {
            await EndingLayers(cancellation).ConfigureAwait(false);
        }

        _context.Features.Get<IConnectionSocketFeature>()?.Socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>Cuts the connection.</summary>
    internal void Abort(string reason) => _context.Abort(new ConnectionAbortedException(reason));

    /// <summary>CONNECT is complete, or there will be none: the time for it and its place among the half-open are given back.</summary>
    internal void LeaveHalfOpen()
    {
        if (_opened is not null)
        {
            _timeout.Dispose();
            _opened();
            _opened = null;
            _opening.Dispose();         // with its timer, which nobody needs as long as the connection lives
        }
    }

    public void Dispose() => LeaveHalfOpen();
}
