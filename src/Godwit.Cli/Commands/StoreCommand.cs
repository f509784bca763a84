using System.CommandLine;

namespace Godwit.Cli.Commands;

/// <summary><c>godwit store</c>: looks at the state that a broker keeps on disk, copies it, and mends it.</summary>
internal static class StoreCommand
{
    private const string Examples = """
        Examples:
          godwit store verify                      is everything there that was acknowledged?
          godwit store stats /var/lib/godwit       what is in it, and how large it is
          godwit store backup --help               all about a backup; so for every command

        Exit codes of all of them: 0 done, and the store is sound; 1 the store is damaged, or usage; 3 it cannot be done: no store there,
        of a newer version, in use by a broker, no space, no rights; 130 and 143 interrupted.
        """;

    /// <summary>Makes the command with its commands.</summary>
    internal static Command Create()
    {
        var command = new ExampleCommand("store", "Look at the state that a broker keeps on disk, copy it, mend it.", Examples)
        {
            StoreVerifyCommand.Create(),
            StoreStatsCommand.Create(),
            StoreDumpCommand.Create(),
            StoreExportCommand.Create(),
            StoreImportCommand.Create(),
            StoreBackupCommand.Create(),
            StoreRestoreCommand.Create(),
            StoreRepairCommand.Create(),
        };
        command.SetAction(new HelpWithExamples(Examples).Invoke);
        return command;
    }
}
