namespace Godwit.Server.Hosting;

/// <summary>
/// What a service manager is told of a running broker. Its watchdog is fed while, and only while, every shard answers: a broker that hangs is
/// restarted, also when its process looks well.
/// </summary>
public sealed class ServiceNotifier : IDisposable
{
    private readonly SystemdNotify? _systemd;
    private readonly GodwitServer _server;
    private readonly Timer? _timer;

    private ServiceNotifier(SystemdNotify? systemd, GodwitServer server)
    {
        (_systemd, _server) = (systemd, server);
        if (systemd?.WatchdogInterval is { } interval)
        {
            var liveness = new Liveness(server.Core);
            liveness.Ask();
            _timer = new Timer(_ => Feed(liveness), state: null, interval, interval);
        }
    }

    /// <summary>Says that the broker is ready. Does nothing, now and later, where no service manager has asked.</summary>
    public static ServiceNotifier Start(GodwitServer server) => Start(server, SystemdNotify.FromEnvironment());

    /// <summary>The same for tests.</summary>
    /// <param name="server">Running.</param>
    /// <param name="systemd">The notifier's from now on; may be null.</param>
    internal static ServiceNotifier Start(GodwitServer server, SystemdNotify? systemd)
    {
        ArgumentNullException.ThrowIfNull(server);
        var notifier = new ServiceNotifier(systemd, server);
        notifier.Ready();
        return notifier;
    }

    /// <summary>A reload begins; <see cref="Ready"/> ends it, whether it has succeeded or not.</summary>
    public void Reloading() => _systemd?.Reloading();

    /// <summary>Clients can connect.</summary>
    public void Ready() => _systemd?.Ready("listening on " + string.Join(", ", _server.Listeners.Select(listener => listener.Place)));

    /// <summary>The end begins: no watchdog any more.</summary>
    public void Stopping()
    {
        _timer?.Dispose();
        _systemd?.Stopping();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer?.Dispose();
        _systemd?.Dispose();
    }

    private void Feed(Liveness liveness)
    {
        if (liveness.Ask())
        {
            try
            {
                _systemd!.Watchdog();
            }
            catch (ObjectDisposedException)
            {
                // The process ends in this moment.
            }
        }
    }
}
