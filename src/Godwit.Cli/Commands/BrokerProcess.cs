using System.Runtime.InteropServices;
using Godwit.Postgres;
using Godwit.Server.Configuration;
using Godwit.Server.Hosting;
using Godwit.Server.Logging;
using Godwit.Server.Security;
using Microsoft.Extensions.Logging;

namespace Godwit.Cli.Commands;

/// <summary>A broker as a process: the start-up table, the signals, the exit code.</summary>
internal static class BrokerProcess
{
    private const int ExitInterrupted = 130;
    private const int SigUsr1Linux = 10;
    private const int SigUsr1MacOS = 30;
    private const int SigUsr2Linux = 12;
    private const int SigUsr2MacOS = 31;

    /// <summary>Runs a broker until a signal or a fault ends it.</summary>
    /// <param name="loaded">Valid; its options are the broker's from now on.</param>
    /// <param name="load">Reads the configuration once more, for a reload.</param>
    /// <param name="isQuiet">The table of listeners is all that is printed.</param>
    /// <returns>0 after a signal; 3 after a fault.</returns>
    /// <exception cref="ServerStartException">It cannot start.</exception>
    internal static async Task<int> RunAsync(LoadedConfiguration loaded, Func<LoadedConfiguration> load, bool isQuiet)
    {
        var options = Equip(loaded).Options;
        using var log = LogOutput.Create(options.Log);
        using var loggers = new LoggerFactory([log], new LoggerFilterOptions { MinLevel = LogLevel.Trace });
        var logger = loggers.CreateLogger("Godwit");
        var signalled = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, signalled, "SIGTERM"));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, signalled, "SIGINT"));

        using var security = ConfiguredSecurity.Create(options, loggers);
        var server = await GodwitServer.StartAsync(options, loggers, security.ForServer()).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            using var pidFile = PidFile.Write(options.PidFile, logger);
            log.PublishTo(new TopicPublisher(server.Core).Publish);
            using var service = ServiceNotifier.Start(server);
            using var counters = OnSignal(SigUsr1Linux, SigUsr1MacOS, server.ReportCounters);
            using var tree = OnSignal(SigUsr2Linux, SigUsr2MacOS, () => _ = TreeReport.WriteAsync(server.Core, Console.Out));
            var reloader = new ConfigurationReloader(() => Equip(load()), options, [security, server.ListenersReload, new LogReload(log, options.Log), new ProtectionReload(server.Guard)]);
            var reload = new ProcessReload(reloader, server, service, log, logger);
            using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, reload.OnSignal);
            using var watch = options.ReloadOnChange ? new FileWatch(() => reloader.Files.Count > 0 ? reloader.Files : loaded.Files, () => reload.Run("a file has changed")) : null;
            PrintTable(server, options, isQuiet);           // whoever has read it may send signals
            foreach (var warning in loaded.Messages)
            {
                ConfigurationLog.Warning(logger, warning.ToString());
            }

            var ended = await Task.WhenAny(signalled.Task, server.Broken).ConfigureAwait(false);
            service.Stopping();
            log.PublishTo(null);
            if (ended == server.Broken)
            {
                return ServerStartException.CannotRun;
            }

            await server.StopAsync(await signalled.Task.ConfigureAwait(false)).ConfigureAwait(false);
            return 0;
        }
    }

    /// <summary>Adds what the server itself does not carry. The database is loaded when a source needs it.</summary>
    private static LoadedConfiguration Equip(LoadedConfiguration loaded)
    {
        loaded.Options.Authentication.Database = static (name, settings, password, logger) => PostgresUsers.Create(name, settings, password, logger);
        loaded.Options.Acl.Asking.Database = static (name, settings, password, logger) => PostgresAuthorizer.Create(name, settings, password, logger);
        return loaded;
    }

    private static void Stop(PosixSignalContext context, TaskCompletionSource<string> signalled, string name)
    {
        context.Cancel = true;
        if (!signalled.TrySetResult(name) && context.Signal == PosixSignal.SIGINT)
        {
            Environment.Exit(ExitInterrupted);      // asked twice: at once
        }
    }

    private static PosixSignalRegistration? OnSignal(int onLinux, int onMacOS, Action act)
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        return PosixSignalRegistration.Create((PosixSignal)(OperatingSystem.IsMacOS() ? onMacOS : onLinux), context =>
        {
            context.Cancel = true;
            act();
        });
    }

    private static void PrintTable(GodwitServer server, ServerOptions options, bool isQuiet)
    {
        foreach (var listener in server.Listeners)
        {
            Console.Out.WriteLine(listener);
        }

        if (!isQuiet && options.Listeners.Count == 0 && options.Addresses.Count == 0)
        {
            Console.Out.WriteLine(
                $"Only this machine can connect. To open it to the network: godwit serve -p {server.Listeners[0].EndPoint.Port} --bind 0.0.0.0 --allow-anonymous");
        }

        Console.Out.Flush();
    }
}
