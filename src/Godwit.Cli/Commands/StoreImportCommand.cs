using System.CommandLine;
using System.Globalization;
using Godwit.Storage.Tools;

namespace Godwit.Cli.Commands;

/// <summary><c>godwit store import</c>: a new store from an export.</summary>
internal static class StoreImportCommand
{
    private const string Examples = """
        Examples:
          godwit store import state.ndjson /var/lib/godwit
          gunzip < state.ndjson.gz | godwit store import - ./state

        The directory is made when it is missing, and must not hold a store. When a line is wrong, it is named and nothing is left behind.
        Exit codes: 0 done, 1 usage, 3 not an export, of a newer version, there is a store already, or no room.
        """;

    private static readonly Argument<string> File = StoreWork.Path("FILE", "What godwit store export has written; - is standard input.");
    private static readonly Argument<string?> Directory = StoreWork.Directory();

    /// <summary>Makes the command.</summary>
    internal static Command Create()
    {
        var command = new ExampleCommand("import", "Make a new store from an export.", Examples) { File, Directory };
        command.SetAction(result => StoreWork.Run(interruption =>
        {
            var file = result.GetValue(File)!;
            var directory = StoreWork.DirectoryOf(result, Directory);
            using var input = file is "-" ? Console.OpenStandardInput() : System.IO.File.OpenRead(file);
            var lines = StoreWork.WithProgress(
                $"Importing into {directory}",
                input.CanSeek ? input.Length : 0,
                step => StoreImporter.Import(input, file is "-" ? "standard input" : file, directory, step, cancellationToken: interruption.Token));
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{lines:n0} lines imported into {directory}"));
            return 0;
        }));
        return command;
    }
}
