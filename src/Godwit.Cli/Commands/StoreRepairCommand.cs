using System.CommandLine;
using System.Globalization;
using Godwit.Cli.Clients;
using Godwit.Storage.Journals;
using Godwit.Storage.Tools;

namespace Godwit.Cli.Commands;

/// <summary><c>godwit store repair</c>: makes a damaged store sound, with what is left of it.</summary>
internal static class StoreRepairCommand
{
    private const string Examples = """
        Examples:
          godwit store verify /var/lib/godwit       what is wrong?
          godwit store repair /var/lib/godwit       keep what can be kept

        Does what a broker does at a start with --on-corruption salvage, without starting one, and moves what is left of damaged segments into new
        ones. The damaged segments stay in the directory under names that begin with quarantine-; delete them when nobody wants to look into them.
        A sound store is left alone. Make a backup first.
        Exit codes: 0 the store is sound now, 1 usage, 3 it cannot be repaired: no store there, in use, of a newer version, no room.
        """;

    private static readonly Argument<string?> Directory = StoreWork.Directory();

    /// <summary>Makes the command.</summary>
    internal static Command Create()
    {
        var command = new ExampleCommand("repair", "Make a damaged store sound, with what is left of it.", Examples) { Directory };
        command.SetAction(result => StoreWork.Run(interruption => Repair(StoreWork.DirectoryOf(result, Directory), interruption)));
        return command;
    }

    private static int Repair(string directory, Interruption interruption)
    {
        StoreLock.Take(directory).Dispose();
        var before = StoreVerifyCommand.Inspect(directory, interruption);
        if (before is { IsSound: true, TornTails.Count: 0 })
        {
            Console.Out.WriteLine($"The store in {directory} is sound: nothing to repair, nothing changed.");
            return 0;
        }

        Print(StoreRepair.Repair(directory));
        var after = StoreVerifyCommand.Inspect(directory, interruption);
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"The store in {directory} {(after.IsSound ? "is sound now" : "is still damaged")}: {after.Sessions:n0} sessions, {after.Queued:n0} queued and {after.Retained:n0} retained messages."));
        return after.IsSound ? 0 : StoreWork.CannotRun;
    }

    private static void Print(RecoveryReport report)
    {
        foreach (var tail in report.TornTails)
        {
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"cut off: {tail.File}: {tail.SizeBytes} incomplete bytes at offset {tail.Offset}; nothing of them was acknowledged"));
        }

        foreach (var range in report.Damage)
        {
            Console.Out.WriteLine($"lost: {range}");
        }

        if (report.LostPositions > 0)
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"lost: the messages of {report.LostPositions} places in queues"));
        }

        foreach (var file in report.Quarantine)
        {
            Console.Out.WriteLine($"kept as it was found: {file}");
        }

        foreach (var file in report.NotQuarantined)
        {
            Console.Out.WriteLine($"not kept, for lack of room: {file}");
        }
    }
}
