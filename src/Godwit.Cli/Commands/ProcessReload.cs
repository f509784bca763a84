using System.Runtime.InteropServices;
using Godwit.Server.Configuration;
using Godwit.Server.Hosting;
using Godwit.Server.Logging;
using Microsoft.Extensions.Logging;

namespace Godwit.Cli.Commands;

/// <summary>A reload as a process does it: the service manager is told, log files are opened anew, the outcome is logged.</summary>
internal sealed class ProcessReload(ConfigurationReloader reloader, GodwitServer server, ServiceNotifier service, LogOutput log, ILogger logger)
{
    /// <summary>SIGHUP.</summary>
    internal void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        Run("SIGHUP");
    }

    /// <summary>Reloads, and says what came of it.</summary>
    /// <param name="cause">What has asked for it.</param>
    internal void Run(string cause)
    {
        service.Reloading();
        try
        {
            if (log.Reopen() is { } error)
            {
                ProcessLog.CannotReopen(logger, error);
            }

            server.ReloadCertificates();            // each listener says itself when its files cannot be used, and keeps those from before
            ConfigurationLog.Write(logger, cause, reloader.Reload());
        }
#pragma warning disable CA1031 // The one handler of a reload: whatever is wrong, the broker goes on as it was.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            ConfigurationLog.Write(logger, cause, new ReloadResult(fault.ToString(), [], [], []));
        }

        service.Ready();
    }
}
