using System.CommandLine;
using System.Globalization;
using Godwit.Cli.Clients;
using Godwit.Storage.Tools;

namespace Godwit.Cli.Commands;

/// <summary><c>godwit store stats</c>: how much is in a store.</summary>
internal static class StoreStatsCommand
{
    private const string Examples = """
        Examples:
          godwit store stats                     the store of a broker of this user
          godwit store stats /var/lib/godwit
          godwit store stats --json | jq .queued

        Writes nothing; a broker may run meanwhile. Used bytes are those up to the last frame of each segment; amplification is used bytes for
        each live byte.
        Exit codes: 0 done, 1 damaged (see godwit store verify), or usage, 3 no store there, of a newer version, or not readable.
        """;

    private static readonly Argument<string?> Directory = StoreWork.Directory();
    private static readonly Option<bool> Json = ClientFlags.Flag("--json", null, "One JSON object instead of text.");

    /// <summary>Makes the command.</summary>
    internal static Command Create()
    {
        var command = new ExampleCommand("stats", "Count what is in a store; writes nothing.", Examples) { Directory, Json };
        command.SetAction(result => StoreWork.Run(interruption =>
        {
            var directory = StoreWork.DirectoryOf(result, Directory);
            var found = StoreVerifyCommand.Inspect(directory, interruption);
            if (ClientFlags.IsSet(result, Json))
            {
                Console.Out.WriteLine(StoreReport.ToJson(found).ToJsonString());
            }
            else
            {
                Print(directory, found);
            }

            return found.IsSound ? 0 : StoreWork.SayDamaged(directory);
        }));
        return command;
    }

    private static void Print(string directory, StoreInspection found)
    {
        Console.Out.WriteLine(StoreReport.Head(directory, found));
        foreach (var (name, value) in Rows(found))
        {
            Console.Out.WriteLine($"{name,-20} {value,16}");
        }

        if (found.IsInUse)
        {
            Console.Out.WriteLine(StoreReport.InUse);
        }
    }

    private static IEnumerable<(string Name, string Value)> Rows(StoreInspection found)
    {
        (string Name, long Value)[] numbers =
        [
            ("sessions", found.Sessions),
            ("subscriptions", found.Subscriptions),
            ("retained messages", found.Retained),
            ("queued messages", found.Queued),
            ("inbound packet ids", found.Inbound),
            ("wills", found.Wills),
            ("live bytes", found.LiveBytes),
            ("used bytes", found.UsedBytes),
            ("total bytes", found.TotalBytes),
            ("hot segments", found.HotSegments),
            ("cold segments", found.ColdSegments),
            ("pool segments", found.PoolSegments),
        ];
        foreach (var (name, value) in numbers)
        {
            yield return (name, value.ToString("n0", CultureInfo.InvariantCulture));
        }

        yield return ("amplification", found.LiveBytes == 0 ? "-" : found.Amplification.ToString("f2", CultureInfo.InvariantCulture));
    }
}
