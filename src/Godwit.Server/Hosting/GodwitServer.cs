using System.ComponentModel;
using Godwit.Broker;
using Godwit.Broker.Shards;
using Godwit.Server.Configuration;
using Godwit.Server.Listeners.Tls;
using Godwit.Server.Logging;
using Godwit.Server.Protection;
using Godwit.Server.Security.Acl;
using Godwit.Server.Security.Authentication;
using Godwit.Server.Security.Authorization;
using Godwit.Server.Storage;
using Godwit.Server.Transports;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Hosting;

/// <summary>A running broker: the core, a loop for each shard, and listeners.</summary>
public sealed class GodwitServer : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(3);

    private readonly ILogger _logger;
    private readonly DataDirectory? _dataDirectory;
    private readonly IListeners _listeners;
    private readonly IReadOnlyList<ShardLoop> _loops;
    private readonly CounterReport _report;
    private readonly IdleTidy _tidy;
    private readonly TaskCompletionSource<Exception> _broken;
    private readonly JournalHost? _journal;
    private readonly LoginDesk _logins;
    private readonly CertificateKeeper _certificates;
    private readonly ListenerPlan _plan;
    private readonly ListenersReload _listenersReload;
    private int _isStopped;

    private GodwitServer(
        BrokerCore core,
        ILogger logger,
        DataDirectory? dataDirectory,
        ListenerPlan plan,
        TimeProvider time,
        IListeners listeners,
        ServerWorld world,
        JournalHost? journal,
        Guard guard,
        TaskCompletionSource<Exception> broken)
    {
        Core = core;
        Guard = guard;
        (_logger, _dataDirectory, _listeners, _loops, _journal, _broken) = (logger, dataDirectory, listeners, world.Loops, journal, broken);
        _logins = world.Logins!;
        _report = new CounterReport(core, logger);
        _tidy = new IdleTidy(core);
        _plan = plan;
        _certificates = new CertificateKeeper(() => plan.Certificates, time);
        _listenersReload = new ListenersReload(plan, listeners, core, logger, _certificates.Begin);
    }

    /// <summary>What it listens on, with the ports that were really bound.</summary>
    public IReadOnlyList<ListenerInfo> Listeners => _plan.Bound;

    /// <summary>Opens, changes and closes listeners when the configuration is read again. It comes behind the users: a listener may name a chain.</summary>
    public IReloadPart ListenersReload => _listenersReload;

    /// <summary>The broker core; only its thread-safe members may be used.</summary>
    public BrokerCore Core { get; }

    /// <summary>Ends with the fault when a shard or listener failed: the process must end rather than deliver wrongly.</summary>
    public Task<Exception> Broken => _broken.Task;

    /// <summary>What protects it; a reload gives it new options.</summary>
    public Guard Guard { get; }

    /// <summary>Starts a broker. When the task ends, clients can connect.</summary>
    /// <param name="options">Not changed afterwards.</param>
    /// <param name="loggers">For the log.</param>
    /// <exception cref="ServerStartException">Invalid options, a port that cannot be bound, or a data directory that cannot be used.</exception>
    public static Task<GodwitServer> StartAsync(ServerOptions options, ILoggerFactory loggers) => StartAsync(options, loggers, new ServerSecurity());

    /// <summary>The same, with users and rules.</summary>
    /// <param name="options">Not changed afterwards.</param>
    /// <param name="loggers">For the log.</param>
    /// <param name="security">Who may connect, and who may do what.</param>
    /// <exception cref="ServerStartException">Invalid options, a port that cannot be bound, or a data directory that cannot be used.</exception>
    public static Task<GodwitServer> StartAsync(ServerOptions options, ILoggerFactory loggers, ServerSecurity security) =>
        StartAsync(options, loggers, security, () => { });

    /// <summary>The same; a test makes it fail between two steps.</summary>
    internal static async Task<GodwitServer> StartAsync(ServerOptions options, ILoggerFactory loggers, ServerSecurity security, Action onStep)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggers);
        Check(options);
        var logger = loggers.CreateLogger("Godwit");
        var dataDirectory = options.DataDirectory is null ? null : DataDirectory.Open(Path.GetFullPath(options.DataDirectory), options.PrivateDirectoryOnly);
        if (dataDirectory?.IsOpenToOthers == true)
        {
            ServerLog.DataDirectoryOpen(logger, options.DataDirectory!);
        }

        try
        {
            return await StartAsync(options, loggers, security, logger, dataDirectory, onStep).ConfigureAwait(false);
        }
        catch (Win32Exception exception)
        {
            dataDirectory?.Dispose();
            throw new ServerStartException($"Cannot start: {exception.Message}.", ServerStartException.CannotRun);
        }
        catch
        {
            dataDirectory?.Dispose();
            throw;
        }
    }

    /// <summary>Reads certificates, CAs and revocation lists anew: new connections use them, those that are there stay.</summary>
    /// <returns>What is wrong, one line for each listener whose files cannot be used; it keeps those from before.</returns>
    public IReadOnlyList<string> ReloadCertificates() => _certificates.Reload();

    /// <summary>Writes all counters to the log.</summary>
    public void ReportCounters() => _report.ReportAll();

    /// <summary>Tells every client that the server is shutting down, closes all connections and ends. A second call does nothing.</summary>
    /// <param name="reason">For the log, e.g. the name of a signal.</param>
    public async Task StopAsync(string reason = "asked to")
    {
        if (Interlocked.Exchange(ref _isStopped, 1) != 0)
        {
            return;
        }

        ServerLog.Stopping(_logger, reason);
        _listenersReload.Stop();
        _report.Dispose();
        _tidy.Dispose();
        Guard.Dispose();
        _logins.Dispose();
        _certificates.Dispose();
        var listenersStopped = _listeners.StopAsync(StopTimeout);
        await _listeners.Quiet.ConfigureAwait(false);
        foreach (var loop in _loops)
        {
            Core.Post(loop.Shard.Index, loop.StopCall());
        }

        await listenersStopped.ConfigureAwait(false);
        await Task.Run(JoinLoops).ConfigureAwait(false);
        _listeners.Dispose();
        _journal?.Stop();
        _journal?.Dispose();
        _dataDirectory?.Dispose();
        ServerLog.Stopped(_logger);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    private static async Task<GodwitServer> StartAsync(
        ServerOptions options, ILoggerFactory loggers, ServerSecurity security, ILogger logger, DataDirectory? dataDirectory, Action onStep)
    {
        var isEpoll = IsEpoll(options);
        var plan = new ListenerPlan(options, security, logger);
        var connectionLog = new ConnectionLog(logger) { Reason = DenialReasons.Of(security.Access) };
        var world = new ServerWorld(connectionLog);
        var shards = options.Shards == 0 ? ServerOptions.DefaultShards : options.Shards;
        var broken = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Break(Exception fault)
        {
            ServerLog.Broken(logger, fault);
            broken.TrySetResult(fault);
        }

        options.Settings.Durability = options.Durability.ToString().ToLowerInvariant();
        var journal = options.Durability == DurabilityMode.Memory
            ? null
            : JournalHost.Open(Path.GetFullPath(options.DataDirectory!), options, shards, logger, Break);
        world.Journal = journal;
        BrokerCore? core = null;
        Guard? guard = null;
        IListeners? listeners = null;
        var isRunning = false;
        try
        {
            onStep();
            core = new BrokerCore(options.Limits, options.Settings, security.Access, world, shards, MonotonicClock.NowMs, journal?.Log);
            world.Loops = CreateLoops(core.Shards, isEpoll, logger, Break);
            guard = StartGuard(core, options, logger);
            onStep();
            world.Logins = new LoginDesk(core, security.Time);
            world.Rights = security.Access is AclPolicy { Asked: { } asked } rules ? new AuthorizationDesk(core, rules, asked) : null;
            listeners = CreateListeners(core, world, security, connectionLog, loggers, Break);
            onStep();
            journal?.Recover(core);
            onStep();
            await plan.OpenAsync(listeners).ConfigureAwait(false);
            onStep();
            foreach (var loop in world.Loops)
            {
                loop.Start();
            }

            isRunning = true;
            onStep();
            listeners.Start();
        }
        catch
        {
            guard?.Dispose();
            await GiveUpAsync(isRunning ? core : null, world.Loops, listeners, journal).ConfigureAwait(false);
            throw;
        }

        ServerLog.Started(logger, shards, isEpoll ? "epoll" : "kestrel", options.Settings.Durability);
        return new GodwitServer(core, logger, dataDirectory, plan, security.Time, listeners, world, journal, guard, broken);
    }

    private static Guard StartGuard(BrokerCore core, ServerOptions options, ILogger logger)
    {
        try
        {
            return Guard.Start(core, options.Protection, logger);
        }
        catch (FormatException exception)
        {
            throw new ServerStartException(exception.Message, ServerStartException.InvalidConfiguration);
        }
    }

    /// <summary>A start has failed, with or without the loops running: everything is given back, so that the next start can have it.</summary>
    private static async Task GiveUpAsync(BrokerCore? running, IReadOnlyList<ShardLoop> loops, IListeners? listeners, JournalHost? journal)
    {
        if (listeners is not null)
        {
            await listeners.StopAsync(StopTimeout).ConfigureAwait(false);
            listeners.Dispose();
        }

        foreach (var loop in running is null ? [] : loops)
        {
            running!.Post(loop.Shard.Index, loop.StopCall());
            loop.Join(StopTimeout);
        }

        DisposeAll(loops);
        journal?.Stop();
        journal?.Dispose();
    }

    private static List<ShardLoop> CreateLoops(IReadOnlyList<Shard> shards, bool isEpoll, ILogger logger, Action<Exception> broken)
    {
        var loops = new List<ShardLoop>();
        try
        {
            foreach (var shard in shards)
            {
                loops.Add(isEpoll ? new EpollShardLoop(shard, logger, broken) : new PortableShardLoop(shard, logger, broken));
            }

            return loops;
        }
        catch
        {
            DisposeAll(loops);              // or there would be no descriptor left to print the reason
            throw;
        }
    }

    private static IListeners CreateListeners(
        BrokerCore core, ServerWorld world, ServerSecurity security, ConnectionLog log, ILoggerFactory loggers, Action<Exception> broken)
    {
        var ids = new ConnectionIds();
        var loops = world.Loops;
        var judge = new ConnectJudge(core, log, world.Logins!, world.Rights);
        var kestrel = new KestrelListeners(core, ids, loops, judge, log, loggers);
        return loops[0] is EpollShardLoop
            ? new MixedListeners(new EpollListeners(core, ids, [.. loops.Cast<EpollShardLoop>()], judge, log, broken), kestrel)
            : kestrel;
    }

    private static void DisposeAll(IEnumerable<ShardLoop> loops)
    {
        foreach (var loop in loops)
        {
            loop.Dispose();
        }
    }

    private void JoinLoops()
    {
        foreach (var loop in _loops)
        {
            if (loop.Join(StopTimeout))
            {
                loop.Dispose();
            }
            else
            {
                ServerLog.StopTimeout(_logger);
            }
        }
    }

    private static void Check(ServerOptions options)
    {
        if (options.Durability != DurabilityMode.Memory && options.DataDirectory is null)
        {
            throw new ServerStartException(
                $"Durability {options.Durability.ToString().ToLowerInvariant()} needs a data directory (--data).", ServerStartException.InvalidConfiguration);
        }

        if (options.Shards is < 0 or > BrokerCore.ShardCountMax)
        {
            throw new ServerStartException(
                $"{options.Shards} shards are not possible: 1 to {BrokerCore.ShardCountMax}.", ServerStartException.InvalidConfiguration);
        }

        if (options.Transport == TransportKind.Epoll && !OperatingSystem.IsLinux())
        {
            throw new ServerStartException("The epoll transport exists on Linux only. Use --transport kestrel.", ServerStartException.InvalidConfiguration);
        }
    }

    private static bool IsEpoll(ServerOptions options) =>
        options.Transport == TransportKind.Epoll || (options.Transport == TransportKind.Default && OperatingSystem.IsLinux());
}
