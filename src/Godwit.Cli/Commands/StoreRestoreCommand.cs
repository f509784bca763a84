using System.CommandLine;
using Godwit.Storage.Tools;

namespace Godwit.Cli.Commands;

/// <summary><c>godwit store restore</c>: a backup becomes the data directory of a broker again.</summary>
internal static class StoreRestoreCommand
{
    private const string Examples = """
        Examples:
          godwit store restore /backups/monday /var/lib/godwit

        The backup is verified first, and the copy after it. The directory must be empty or missing: move a broken store away, do not delete it.
        Exit codes: 0 done, 1 usage, 3 the backup is damaged or none, the directory is not empty, or no room.
        """;

    private static readonly Argument<string> Backup = StoreWork.Path("BACKUP", "What godwit store backup has made.");
    private static readonly Argument<string?> Directory = StoreWork.Directory();

    /// <summary>Makes the command.</summary>
    internal static Command Create()
    {
        var command = new ExampleCommand("restore", "Copy a backup back.", Examples) { Backup, Directory };
        command.SetAction(result => StoreWork.Run(interruption =>
        {
            var backup = Path.GetFullPath(result.GetValue(Backup)!);
            var directory = StoreWork.DirectoryOf(result, Directory);
            var copy = StoreWork.WithProgress(
                $"Restoring {directory}", 3 * StoreInspector.SizeOf(backup), step => StoreBackup.Restore(backup, directory, step, interruption.Token));
            return StoreBackupCommand.Report(backup, directory, copy);
        }));
        return command;
    }
}
