using System.Net;
using System.Net.Sockets;
using Godwit.Server.Listeners;
using Godwit.Server.Logging;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Godwit.Server.Transports;

/// <summary>One address that Kestrel listens on. MQTT takes the place of HTTP; only where WebSocket is spoken, requests are parsed.</summary>
internal sealed class KestrelListener : IDisposable
{
    /// <summary>Bytes read ahead of the shard from one connection.</summary>
    private const int ReadBufferBytesMax = 64 * 1024;

    /// <summary>
    /// Kestrel resumes a writer at half of this, so a flush ends when the kernel has taken all bytes. Sending in larger pieces is
    /// seen to by <see cref="KestrelOutput"/>.
    /// </summary>
    private const int WriteBufferBytesMax = 2;

    private readonly KestrelServer _server;
    private readonly ListenOptions _listenOptions;
    private readonly ServiceProvider _services;

    private readonly Socket _socket;

    private KestrelListener(KestrelServer server, ListenOptions listenOptions, ServiceProvider services, Socket socket, Entrance entrance) =>
        (_server, _listenOptions, _services, _socket, Entrance) = (server, listenOptions, services, socket, entrance);

    /// <summary>The listener that it belongs to.</summary>
    internal Entrance Entrance { get; }

    /// <summary>The address with the port that was really bound.</summary>
    internal EndPoint EndPoint => _listenOptions.EndPoint;

    /// <summary>Binds and starts to accept.</summary>
    /// <exception cref="ListenException">The address cannot be bound.</exception>
    internal static async Task<KestrelListener> OpenAsync(
        EndPoint endPoint, Entrance entrance, KestrelHandler handler, ConnectionLog log, ILoggerFactory loggers)
    {
        var services = new ServiceCollection().AddSingleton(loggers).AddLogging().BuildServiceProvider();
        var serverOptions = new KestrelServerOptions { ApplicationServices = services, AddServerHeader = false };
        WebSocketGateway.Limit(serverOptions.Limits);
        ListenOptions? listenOptions = null;
        void Configure(ListenOptions options)
        {
            listenOptions = options;
            options.Protocols = HttpProtocols.Http1;
            options.Use(next =>
            {
                Task Carry(ClientLink link) => CarryAsync(link, next, handler);
                Func<ClientLink, Task> carry = Carry;           // one for all connections
                return context => handler.OnConnectedAsync(context, entrance, carry);
            });
        }

        if (endPoint is UnixDomainSocketEndPoint)
        {
            serverOptions.ListenUnixSocket(entrance.Options.UnixPath!, Configure);
        }
        else
        {
            serverOptions.Listen(endPoint, Configure);
        }

        Socket? socket = null;
        var transport = new SocketTransportFactory(Options.Create(CreateTransportOptions(bound => socket = Bind(bound, entrance.Options))), loggers);
        var server = new KestrelServer(Options.Create(serverOptions), transport, loggers);
        try
        {
            await server.StartAsync(new WebSocketGateway(handler, log), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or SocketException or InvalidOperationException or UnauthorizedAccessException)
        {
            server.Dispose();
            await services.DisposeAsync().ConfigureAwait(false);
            throw Failure(endPoint, exception);
        }

        return new KestrelListener(server, listenOptions!, services, socket!, entrance);
    }

    /// <summary>Stops listening; connections stay. Kestrel takes a closed socket for the end of its listening.</summary>
    internal void StopAccepting() => _socket.Dispose();

    /// <summary>Stops accepting at once; ends when all connections have ended, or were cut off because the token says so.</summary>
    internal Task StopAsync(CancellationToken cancellation) => _server.StopAsync(cancellation);

    public void Dispose()
    {
        _server.Dispose();
        _services.Dispose();
    }

    /// <summary>Hands a link on whose layers below are open.</summary>
    private static Task CarryAsync(ClientLink link, ConnectionDelegate next, KestrelHandler handler)
    {
        if (link.Entrance.Options.Protocol == ListenerProtocol.Mqtt)
        {
            return handler.ServeAsync(link);
        }

        link.Context.Features.Set(link);
        link.Context.Transport = link.Transport;
        return next(link.Context);
    }

    private static SocketTransportOptions CreateTransportOptions(Func<EndPoint, Socket> bind) => new()
    {
        Backlog = ListeningSocket.Backlog,
        MaxReadBufferSize = ReadBufferBytesMax,
        MaxWriteBufferSize = WriteBufferBytesMax,
        NoDelay = true,

        // Our continuations never block, so they may run where the bytes are: a send is tried on the shard's own thread. Halves
        // the CPU time of a message.
        UnsafePreferInlineScheduling = true,
        CreateBoundListenSocket = bind,
    };

    private static Socket Bind(EndPoint endPoint, ListenerOptions listener)
    {
        if (endPoint is UnixDomainSocketEndPoint)
        {
            return UnixSocket.Bind(listener.UnixPath!, listener.UnixMode);
        }

        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket.DualMode = false;        // each family has its own socket
        }

        socket.Bind(endPoint);
        return socket;
    }

    private static ListenException Failure(EndPoint endPoint, Exception exception)
    {
        var cause = exception as SocketException ?? exception.InnerException as SocketException ?? exception.InnerException?.InnerException as SocketException;
        var isInUse = exception is AddressInUseException || exception.InnerException is AddressInUseException
            || cause?.SocketErrorCode == SocketError.AddressAlreadyInUse;
        var isMissing = cause?.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported;
        return new ListenException($"{endPoint}: {(cause ?? exception).Message}", isMissing, isInUse);
    }
}
