using System.CommandLine;
using Godwit.Cli.Clients;

namespace Godwit.Cli.Commands;

/// <summary><c>godwit sub</c>: subscribes and prints as <c>mosquitto_sub</c> does.</summary>
internal sealed class SubCommand
{
    private const int TimeoutSecondsMax = 4_294_967;        // the longest timer: 2^32 - 2 milliseconds

    private const string Examples = """
        Examples:
          godwit sub -t 'home/#' -v                            all below home, with topics
          godwit sub -h broker.example -t a -t b/+ -q 1        two subscriptions
          godwit sub -t job/done -C 1 -W 60                    wait for one message, a minute at most
          godwit sub -t orders -q 1 -c -i shop                 a session that keeps messages while it is away
          godwit sub -t '$share/workers/jobs' -q 1             share the messages with others

        Messages and nothing else go to standard output, byte for byte and a line each (with -d, a line for each packet too).
        Exit codes: 0 the messages of -C have come, 1 usage or network, 27 the time of -W is over, 1 to 5 the server's CONNACK in MQTT 3, 128
        and above an MQTT 5 reason code (135: not authorized), 130 and 143 interrupted.
        """;

    private readonly ClientFlags _common = new();
    private readonly Option<string[]> _topic = ClientFlags.Value("--topic", "-t", "FILTER", "Topic filter to subscribe to, with + and #; repeatable.");
    private readonly Option<bool> _verbose = ClientFlags.Flag("--verbose", "-v", "Print the topic before each message.");
    private readonly Option<string[]> _count = ClientFlags.Value("-C", null, "COUNT", "End after so many messages.");
    private readonly Option<string[]> _timeout = ClientFlags.Value("-W", null, "SECONDS", "End after so many seconds, with exit code 27.");

    internal SubCommand()
    {
        Command = new ExampleCommand("sub", "Subscribe, and print the messages.", Examples) { _topic, _verbose, _count, _timeout };
        _common.AddTo(Command);
        Command.SetAction(result => ClientCommand.Run("sub", () => Read(result).RunAsync));
    }

    /// <summary>The command with its options.</summary>
    internal Command Command { get; }

    /// <summary>Makes the command with its options.</summary>
    internal static Command Create() => new SubCommand().Command;

    /// <summary>What was typed.</summary>
    /// <exception cref="UsageException">It makes no sense.</exception>
    internal Subscription Read(ParseResult result) => new()
    {
        Connection = _common.Read(result),
        Filters = FiltersOf(result),
        PrintsTopic = ClientFlags.IsSet(result, _verbose),
        Count = NumberOf(result, _count, int.MaxValue, "message count"),
        Timeout = NumberOf(result, _timeout, TimeoutSecondsMax, "timeout") is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
    };

    private static int? NumberOf(ParseResult result, Option option, int maximum, string what) =>
        ClientFlags.LastOf(result, option) is { } value ? ClientFlags.Number(value, 1, maximum, what) : null;

    private List<string> FiltersOf(ParseResult result)
    {
        var filters = ClientFlags.ValuesOf(result, _topic);
        if (filters.Count == 0)
        {
            throw new UsageException("there is no topic (-t) to subscribe to.");
        }

        foreach (var filter in filters)
        {
            Topics.CheckFilter(filter);
        }

        return filters;
    }
}
