using System.Net;
using Godwit.Server.Transports;

namespace Godwit.Server.Hosting;

/// <summary>Which addresses are bound, and what it means when one cannot be.</summary>
internal static class ListenerPlan
{
    /// <summary>Binds what the options ask for.</summary>
    /// <exception cref="ServerStartException">An address cannot be bound.</exception>
    internal static async Task OpenAsync(IListeners listeners, ServerOptions options)
    {
        if (options.Addresses.Count == 0)
        {
            await OpenLoopbackAsync(listeners, options.Port).ConfigureAwait(false);
            return;
        }

        var port = options.Port;
        foreach (var address in options.Addresses)
        {
            port = (await OpenAsync(listeners, new IPEndPoint(address, port)).ConfigureAwait(false)).Port;
        }
    }

    /// <summary>127.0.0.1, and ::1 on the same port where there is IPv6. A port that was chosen for us may be taken on ::1.</summary>
    private static async Task OpenLoopbackAsync(IListeners listeners, int port)
    {
        var bound = await OpenAsync(listeners, new IPEndPoint(IPAddress.Loopback, port)).ConfigureAwait(false);
        try
        {
            await listeners.OpenAsync(new IPEndPoint(IPAddress.IPv6Loopback, bound.Port)).ConfigureAwait(false);
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

    private static async Task<IPEndPoint> OpenAsync(IListeners listeners, IPEndPoint endPoint)
    {
        try
        {
            return await listeners.OpenAsync(endPoint).ConfigureAwait(false);
        }
        catch (ListenException exception)
        {
            throw CannotBind(exception, endPoint.Port);
        }
    }

    private static ServerStartException CannotBind(ListenException exception, int port)
    {
        var advice = "";
        if (exception.IsAddressInUse)
        {
            advice = $" Another program uses port {port}; stop it, or choose another port with -p (-p 0 takes a free one).";
        }
        else if (exception.IsAddressMissing)
        {
            advice = " This machine does not have that address; see `ip address`.";
        }
        else if (port is > 0 and < 1024)
        {
            advice = " Ports below 1024 need the right CAP_NET_BIND_SERVICE; choose another port with -p.";
        }

        return new ServerStartException($"Cannot listen on {exception.Message}.{advice}", ServerStartException.CannotRun);
    }
}
