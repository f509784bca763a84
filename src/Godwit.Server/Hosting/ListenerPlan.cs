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
    private readonly ServerSecurity _security;
    private readonly ILogger _logger;

    /// <summary>Reads certificates; binds nothing yet.</summary>
    /// <exception cref="ServerStartException">Listeners that cannot be, or certificates that cannot be used.</exception>
    internal ListenerPlan(ServerOptions options, ServerSecurity security, ILogger logger)
    {
        (IsFromCommandLine, _security, _logger) = (options.Listeners.Count == 0, security, logger);
        Places = [.. options.ListenersInForce.Select(listener => new ListenerPlace(new Entrance(StateOf(listener, ReadCertificates(listener)))))];
    }

    /// <summary>It is made of <c>-p</c> and <c>--bind</c>, so advice names those.</summary>
    internal bool IsFromCommandLine { get; set; }

    /// <summary>The listeners, in the order of the configuration. Replaced as a whole by a reload; another thread may look at it.</summary>
    internal IReadOnlyList<ListenerPlace> Places
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }

    /// <summary>What is bound, in order.</summary>
    internal IReadOnlyList<ListenerInfo> Bound => [.. Places.SelectMany(place => place.Infos)];

    /// <summary>The certificates of all listeners.</summary>
    internal IReadOnlyList<TlsContext> Certificates => [.. Places.Select(place => place.Entrance.Tls).OfType<TlsContext>()];

    /// <summary>Binds what the options ask for.</summary>
    /// <exception cref="ServerStartException">An address cannot be bound.</exception>
    internal async Task OpenAsync(IListeners listeners)
    {
        foreach (var place in Places)
        {
            await OpenAsync(listeners, place).ConfigureAwait(false);
        }
    }

    /// <summary>What holds on a listener, with the users of this moment.</summary>
    /// <param name="listener">Its options.</param>
    /// <param name="tls">Its certificates; null: none.</param>
    /// <exception cref="ServerStartException">It may not be so: the message says what to do.</exception>
    internal EntranceState StateOf(ListenerOptions listener, TlsContext? tls)
    {
        var authentication = _security.AuthenticationOf(listener);
        ListenerRulesCheck.Check(listener, authentication is { IsOpen: false }, IsFromCommandLine);
        return new EntranceState(listener, authentication, tls);
    }

    /// <summary>Reads the certificates of a listener; null: it has none.</summary>
    /// <exception cref="ServerStartException">They cannot be used.</exception>
    internal TlsContext? ReadCertificates(ListenerOptions listener)
    {
        try
        {
            return listener.Tls is null ? null : new TlsContext(ListenerWords.Name(listener), listener.Tls, _logger, _security.Time);
        }
        catch (TlsFilesException exception)
        {
            throw new ServerStartException($"{ListenerWords.Name(listener)}: {exception.Message}", ServerStartException.InvalidConfiguration);
        }
    }

    /// <summary>Binds all addresses of a listener.</summary>
    /// <exception cref="ServerStartException">One cannot be bound; others may have been.</exception>
    internal async Task OpenAsync(IListeners listeners, ListenerPlace place)
    {
        var options = place.Options;
        if (options.UnixPath is { } path)
        {
            await OpenAsync(listeners, new UnixDomainSocketEndPoint(path), place).ConfigureAwait(false);
            return;
        }

        var port = options.Port;
        if (options.Addresses.Count == 0)
        {
            await OpenLoopbackAsync(listeners, port, place).ConfigureAwait(false);
            return;
        }

        foreach (var address in options.Addresses)
        {
            port = ((IPEndPoint)await OpenAsync(listeners, new IPEndPoint(address, port), place).ConfigureAwait(false)).Port;
        }
    }

    /// <summary>127.0.0.1, and ::1 on the same port where there is IPv6. A port that was chosen for us may be taken on ::1.</summary>
    private async Task OpenLoopbackAsync(IListeners listeners, int port, ListenerPlace place)
    {
        var bound = (IPEndPoint)await OpenAsync(listeners, new IPEndPoint(IPAddress.Loopback, port), place).ConfigureAwait(false);
        try
        {
            place.Add(await listeners.OpenAsync(new IPEndPoint(IPAddress.IPv6Loopback, bound.Port), place.Entrance).ConfigureAwait(false));
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

    private async Task<EndPoint> OpenAsync(IListeners listeners, EndPoint endPoint, ListenerPlace place)
    {
        try
        {
            var bound = await listeners.OpenAsync(endPoint, place.Entrance).ConfigureAwait(false);
            place.Add(bound);
            return bound;
        }
        catch (ListenException exception)
        {
            throw endPoint is IPEndPoint address ? CannotBind(exception, address.Port) : CannotBind(exception);
        }
    }

    private ServerStartException CannotBind(ListenException exception, int port)
    {
        var advice = "";
        if (exception.IsAddressInUse)
        {
            advice = IsFromCommandLine
                ? $" Another program uses port {port}; stop it, or choose another port with -p (-p 0 takes a free one)."
                : $" Another program uses port {port}; stop it, or choose another Port.";
        }
        else if (exception.IsAddressMissing)
        {
            advice = " This machine does not have that address; see `ip address`.";
        }
        else if (port is > 0 and < 1024)
        {
            advice = $" Ports below 1024 need the right CAP_NET_BIND_SERVICE; choose another port{(IsFromCommandLine ? " with -p" : "")}.";
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
