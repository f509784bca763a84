using System.CommandLine;
using System.Globalization;
using Godwit.Cli.Clients;
using Godwit.Storage.Tools;

namespace Godwit.Cli.Commands;

/// <summary><c>godwit store export</c>: the state as text.</summary>
internal static class StoreExportCommand
{
    private const string Examples = """
        Examples:
          godwit store export > state.ndjson                     the store of a broker of this user
          godwit store export /var/lib/godwit state.ndjson
          godwit store export DIR | gzip > state.ndjson.gz
          godwit store export DIR | jq -r 'select(.retainedVersion) | .topic'

        A line of JSON for each session, subscription, inbound packet id, will, message (with its places in queues, and whether it is retained);
        bytes are base64, times UTC. The first line names the format. godwit store import makes a store of it. Stop the broker first.
        Exit codes: 0 done, 1 the store is damaged and something is missing, or usage, 3 no store there, in use, of a newer version, or not readable.
        """;

    private static readonly Argument<string?> Directory = StoreWork.Directory();
    private static readonly Argument<string?> File = new("FILE") { Arity = ArgumentArity.ZeroOrOne, Description = "Where to write; must not exist yet. Default: standard output." };

    /// <summary>Makes the command.</summary>
    internal static Command Create()
    {
        var command = new ExampleCommand("export", "Write the state as lines of JSON.", Examples) { Directory, File };
        command.SetAction(result => StoreWork.Run(interruption => Export(StoreWork.DirectoryOf(result, Directory), result.GetValue(File), interruption)));
        return command;
    }

    private static int Export(string directory, string? file, Interruption interruption)
    {
        var size = 2 * StoreInspector.SizeOf(directory);
        StoreExport export;
        if (file is null or "-")
        {
            using var output = new BufferedStream(Console.OpenStandardOutput(), 1 << 16);
            export = StoreWork.WithProgress($"Exporting {directory}", size, step => StoreExporter.Export(directory, output, step, interruption.Token));
        }
        else
        {
            export = ExportTo(file, directory, size, interruption);
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{export.Lines:n0} lines written to {file}"));
        }

        return export.IsComplete ? 0 : StoreWork.SayDamaged(directory);
    }

    /// <summary>A file that is not complete is not left behind.</summary>
    private static StoreExport ExportTo(string file, string directory, long size, Interruption interruption)
    {
        using var output = new FileStream(file, FileMode.CreateNew);
        try
        {
            var export = StoreWork.WithProgress($"Exporting {directory}", size, step => StoreExporter.Export(directory, output, step, interruption.Token));
            output.Flush(flushToDisk: true);
            return export;
        }
        catch
        {
            output.Dispose();
            System.IO.File.Delete(file);
            throw;
        }
    }
}
