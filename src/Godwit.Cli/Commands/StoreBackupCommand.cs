using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Godwit.Cli.Clients;
using Godwit.Storage.Tools;

namespace Godwit.Cli.Commands;

/// <summary><c>godwit store backup</c>: a copy of a store.</summary>
internal static class StoreBackupCommand
{
    private const string Examples = """
        Examples:
          godwit store backup /var/lib/godwit /backups/monday
          godwit store verify /backups/monday
          godwit store restore /backups/monday /var/lib/godwit

        A running broker makes the backup itself and goes on serving: it holds everything that was acknowledged when it began. The destination is
        seen by the broker, must be writable for its user, and must be empty or missing. The copy is read again before this ends.
        Exit codes: 0 done, 1 done but the store is damaged, or usage, 3 no store there, of a newer version, no room, or the broker does not answer.
        """;

    private static readonly Argument<string> Directory = StoreWork.Path("DIR", "Data directory of a broker.");
    private static readonly Argument<string> Destination = StoreWork.Path("DEST", "Where the copy goes: a directory that is empty or does not exist.");

    private static readonly Option<int> Timeout = new("--timeout")
    {
        HelpName = "SECONDS",
        Description = "How long a running broker may copy nothing. Default: 120.",
        DefaultValueFactory = _ => 120,
    };

    /// <summary>Makes the command.</summary>
    internal static Command Create()
    {
        var command = new ExampleCommand("backup", "Copy a store.", Examples) { Directory, Destination, Timeout };
        command.SetAction(result => StoreWork.Run(interruption => Back(
            Path.GetFullPath(result.GetValue(Directory)!), Path.GetFullPath(result.GetValue(Destination)!), TimeSpan.FromSeconds(result.GetValue(Timeout)), interruption)));
        return command;
    }

    private static int Back(string directory, string destination, TimeSpan patience, Interruption interruption)
    {
        if (StoreLock.IsHeld(directory))
        {
            return BackLive(directory, destination, patience, interruption);
        }

        var size = 3 * StoreInspector.SizeOf(directory);
        var copy = StoreWork.WithProgress($"Copying {directory}", size, step => StoreBackup.Back(directory, destination, step, interruption.Token));
        return Report(directory, destination, copy);
    }

    private static int BackLive(string directory, string destination, TimeSpan patience, Interruption interruption)
    {
        GiveWay();
        var size = StoreInspector.SizeOf(directory);
        StoreWork.WithProgress($"Copying {directory}", size, step =>
        {
            StoreLiveBackup.Run(directory, destination, patience, step, interruption.Token);
            return 0;
        });
        return Report(directory, destination, StoreVerifyCommand.InspectGently(destination, interruption));
    }

    /// <summary>Reading the copy again is work for a processor that the broker may need.</summary>
    private static void GiveWay()
    {
        try
        {
            using var self = Process.GetCurrentProcess();
            self.PriorityClass = ProcessPriorityClass.Idle;
        }
        catch (Exception exception) when (exception is Win32Exception or PlatformNotSupportedException)
        {
            // A backup that takes its share of the processors is better than none.
        }
    }

    /// <summary>Says what the copy holds.</summary>
    internal static int Report(string directory, string destination, StoreInspection copy)
    {
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{destination}: {copy.UsedBytes:n0} bytes, {copy.Sessions:n0} sessions, {copy.Queued:n0} queued and {copy.Retained:n0} retained messages"));
        return copy.IsSound ? 0 : StoreWork.SayDamaged(directory);
    }
}
