using System.Net;
using System.Net.Sockets;
using Godwit.Server.Listeners;
using Godwit.Server.Listeners.Tls;
using Godwit.Server.Transports;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Hosting;

/// <summary>What is listened on: which addresses are bound, who may come in there, and what it means when one cannot be had.</summary>
internal sealed class ListenerPlan
{
    private readonly ServerOptions _options;
    private readonly List<Entrance> _entrances = [];
    private readonly List<ListenerInfo> _bound = [];

    /// <summary>Reads certificates; binds nothing yet.</summary>
    /// <exception cref="ServerStartException">Listeners that cannot be, or certificates that cannot be used.</exception>
    internal ListenerPlan(ServerOptions options, ServerSecurity security, ILogger logger)
    {
        _options = options;
        foreach (var listener in options.ListenersInForce)
        {
            var authentication = security.AuthenticationOf(listener);
            ListenerRulesCheck.Check(listener, authentication is { IsOpen: false }, isFromCommandLine: options.Listeners.Count == 0);
            try
            {
                var tls = listener.Tls is null ? null : new TlsContext(ListenerWords.Name(listener), listener.Tls, logger, security.Time);
                _entrances.Add(new Entrance(listener, authentication, tls));
            }
            catch (TlsFilesException exception)
            {
                throw new ServerStartException($"{ListenerWords.Name(listener)}: {exception.Message}", ServerStartException.InvalidConfiguration);
            }
        }
    }

    /// <summary>What was bound, in order.</summary>
    internal IReadOnlyList<ListenerInfo> Bound => _bound;

    /// <summary>The certificates of all listeners.</summary>
    internal IReadOnlyList<TlsContext> Certificates => [.. _entrances.Select(entrance => entrance.Tls).OfType<TlsContext>()];

    /// <summary>Binds what the options ask for.</summary>
    /// <exception cref="ServerStartException">An address cannot be bound.</exception>
    internal async Task OpenAsync(IListeners listeners)
    {
        foreach (var entrance in _entrances)
        {
            if (entrance.Options.UnixPath is { } path)
            {
                await OpenAsync(listeners, new UnixDomainSocketEndPoint(path), entrance).ConfigureAwait(false);
                continue;
            }

            var port = entrance.Options.Port;
            if (entrance.Options.Addresses.Count == 0)
            {
                await OpenLoopbackAsync(listeners, port, entrance).ConfigureAwait(false);
                continue;
            }

            foreach (var address in entrance.Options.Addresses)
            {
                port = ((IPEndPoint)await OpenAsync(listeners, new IPEndPoint(address, port), entrance).ConfigureAwait(false)).Port;
            }
        }
    }

    /// <summary>127.0.0.1, and ::1 on the same port where there is IPv6. A port that was chosen for us may be taken on ::1.</summary>
    private async Task OpenLoopbackAsync(IListeners listeners, int port, Entrance entrance)
    {
        var bound = (IPEndPoint)await OpenAsync(listeners, new IPEndPoint(IPAddress.Loopback, port), entrance).ConfigureAwait(false);
        try
        {
            Add(await listeners.OpenAsync(new IPEndPoint(IPAddress.IPv6Loopback, bound.Port), entrance).ConfigureAwait(false), entrance);
        }
        catch (ListenException exception) when (exception.IsAddressMissing || (port == 0 && exception.IsAddressInUse))
        {
            // This machine has no IPv6, or another program has that port there: 127.0.0.1 is enough.
        }
        catch (ListenException exception)
        {
            throw CannotBind(exception, bound.Port);
        }
    }

    private async Task<EndPoint> OpenAsync(IListeners listeners, EndPoint endPoint, Entrance entrance)
    {
        try
        {
            var bound = await listeners.OpenAsync(endPoint, entrance).ConfigureAwait(false);
            Add(bound, entrance);
            return bound;
        }
        catch (ListenException exception)
        {
            throw endPoint is IPEndPoint address ? CannotBind(exception, address.Port) : CannotBind(exception);
        }
    }

    private void Add(EndPoint bound, Entrance entrance)
    {
        var isLocal = bound is not IPEndPoint address || IPAddress.IsLoopback(address.Address);
        _bound.Add(new ListenerInfo(
            ListenerWords.Protocol(entrance.Options),
            bound,
            entrance.Tls is not null,
            ListenerWords.Audience(entrance.Options, entrance.Authentication is not null, isLocal)));
    }

    private ServerStartException CannotBind(ListenException exception, int port)
    {
        var isFromCommandLine = _options.Listeners.Count == 0;
        var advice = "";
        if (exception.IsAddressInUse)
        {
            advice = isFromCommandLine
                ? $" Another program uses port {port}; stop it, or choose another port with -p (-p 0 takes a free one)."
                : $" Another program uses port {port}; stop it, or choose another Port.";
        }
        else if (exception.IsAddressMissing)
        {
            advice = " This machine does not have that address; see `ip address`.";
        }
        else if (port is > 0 and < 1024)
        {
            advice = $" Ports below 1024 need the right CAP_NET_BIND_SERVICE; choose another port{(isFromCommandLine ? " with -p" : "")}.";
        }

        return new ServerStartException($"Cannot listen on {exception.Message}.{advice}", ServerStartException.CannotRun);
    }

    private static ServerStartException CannotBind(ListenException exception)
    {
        var advice = exception.IsAddressInUse
            ? " Another program listens there, or it is a file of another kind; stop the program, or choose another UnixPath."
            : " Its directory has to exist, and this user needs to be allowed to write there.";
        return new ServerStartException($"Cannot listen on {exception.Message}.{advice}", ServerStartException.CannotRun);
    }
}
