using System.CommandLine;
using System.Globalization;
using Godwit.Cli.Clients;
using Godwit.Storage.Tools;

namespace Godwit.Cli.Commands;

/// <summary><c>godwit store verify</c>: reads everything and says whether it is there.</summary>
internal static class StoreVerifyCommand
{
    private const string Examples = """
        Examples:
          godwit store verify                     the store of a broker of this user
          godwit store verify /backups/monday     a backup
          godwit store verify --json | jq .damage

        Reads every byte, checks every checksum, and writes nothing; a broker may run meanwhile.
        Exit codes: 0 sound, 1 damaged, or usage, 3 no store there, of a newer version, or not readable.
        """;

    private static readonly Argument<string?> Directory = StoreWork.Directory();
    private static readonly Option<bool> Json = ClientFlags.Flag("--json", null, "One JSON object instead of text.");

    /// <summary>Makes the command.</summary>
    internal static Command Create()
    {
        var command = new ExampleCommand("verify", "Check that everything is there that was acknowledged; writes nothing.", Examples) { Directory, Json };
        command.SetAction(result => StoreWork.Run(interruption =>
        {
            var directory = StoreWork.DirectoryOf(result, Directory);
            var found = Inspect(directory, interruption);
            if (ClientFlags.IsSet(result, Json))
            {
                Console.Out.WriteLine(StoreReport.ToJson(found).ToJsonString());
            }
            else
            {
                Print(directory, found);
            }

            return found.IsSound ? 0 : StoreWork.Damaged;
        }));
        return command;
    }

    /// <summary>Reads the store, with a bar.</summary>
    internal static StoreInspection Inspect(string directory, Interruption interruption)
    {
        var size = StoreInspector.SizeOf(directory);
        return StoreWork.WithProgress($"Reading {directory}", size, step => StoreInspector.Inspect(directory, step, interruption.Token));
    }

    /// <summary>Reads the copy of a store whose broker is at work: with rests, so that its flushes find the disk and a processor free.</summary>
    internal static StoreInspection InspectGently(string directory, Interruption interruption)
    {
        var size = StoreInspector.SizeOf(directory);
        var pace = new HalfTime(restMsMin: 5);
        return StoreWork.WithProgress($"Reading {directory}", size, step => StoreInspector.Inspect(
            directory,
            count =>
            {
                step(count);
                interruption.Token.WaitHandle.WaitOne(pace.RestMs());
            },
            interruption.Token));
    }

    private static void Print(string directory, StoreInspection found)
    {
        Console.Out.WriteLine(StoreReport.Head(directory, found));
        foreach (var line in StoreReport.Segments(found))
        {
            Console.Out.WriteLine(line);
        }

        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{found.Segments.Count} segments, {found.Frames:n0} frames, {found.Records:n0} records, {found.LiveBytes:n0} bytes live"));
        if (found.IsInUse)
        {
            Console.Out.WriteLine(StoreReport.InUse);
        }

        foreach (var line in StoreReport.Findings(found))
        {
            Console.Out.WriteLine(line);
        }
    }
}
