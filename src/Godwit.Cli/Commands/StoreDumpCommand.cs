using System.CommandLine;
using Godwit.Cli.Clients;
using Godwit.Storage.Tools;

namespace Godwit.Cli.Commands;

/// <summary><c>godwit store dump</c>: the records of the log, for people who look for something.</summary>
internal static class StoreDumpCommand
{
    private const string Examples = """
        Examples:
          godwit store dump | less                              every record, in the order of the log
          godwit store dump --session pump-7                    the sessions of a client, what it published and what it was to get
          godwit store dump --topic 'home/+/temperature'        messages of these topics, and what became of them
          godwit store dump DIR --json | jq 'select(.type == "will")'

        A line is the segment and the place in it, what the record says, and its fields. Records that are over stay in the log until their
        segment is given back. Payloads are cut at 64 bytes. Writes nothing; a broker may run meanwhile.
        Exit codes: 0 done, 1 damaged (see godwit store verify), or usage, 3 no store there, of a newer version, or not readable.
        """;

    private static readonly Argument<string?> Directory = StoreWork.Directory();
    private static readonly Option<string?> Session = new("--session") { HelpName = "CLIENTID", Description = "Only what has to do with this client." };
    private static readonly Option<string?> Topic = new("--topic") { HelpName = "FILTER", Description = "Only what has to do with topics that this filter matches." };
    private static readonly Option<bool> Json = ClientFlags.Flag("--json", null, "A JSON object for each record.");

    /// <summary>Makes the command.</summary>
    internal static Command Create()
    {
        var command = new ExampleCommand("dump", "Print the records of the log; writes nothing.", Examples) { Directory, Session, Topic, Json };
        command.SetAction(result => StoreWork.Run(interruption =>
        {
            var isJson = ClientFlags.IsSet(result, Json);
            var filter = new StoreDumpFilter(result.GetValue(Session), result.GetValue(Topic));
            var directory = StoreWork.DirectoryOf(result, Directory);
            var isInUse = StoreLock.IsHeld(directory);
            using var output = new StreamWriter(Console.OpenStandardOutput());
            var report = StoreDumper.Dump(
                directory, filter, record => output.WriteLine(isJson ? record.ToJson().ToJsonString() : record.ToString()), interruption.Token);
            output.Flush();
            if (isInUse)
            {
                Console.Error.WriteLine(StoreReport.InUse);
                return 0;
            }

            return report.IsComplete ? 0 : StoreWork.SayDamaged(directory);
        }));
        return command;
    }
}
