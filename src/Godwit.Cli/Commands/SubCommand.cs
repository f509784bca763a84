using System.CommandLine;
using Godwit.Cli.Clients;

namespace Godwit.Cli.Commands;

/// <summary><c>godwit sub</c>: subscribes and prints as <c>mosquitto_sub</c> does.</summary>
internal static class SubCommand
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

    /// <summary>Makes the command with its options.</summary>
    internal static Command Create()
    {
        var common = new ClientFlags();
        var topic = ClientFlags.Value("--topic", "-t", "FILTER", "Topic filter to subscribe to, with + and #; repeatable.");
        var verbose = ClientFlags.Flag("--verbose", "-v", "Print the topic before each message.");
        var count = ClientFlags.Value("-C", null, "COUNT", "End after so many messages.");
        var timeout = ClientFlags.Value("-W", null, "SECONDS", "End after so many seconds, with exit code 27.");
        var command = new ExampleCommand("sub", "Subscribe, and print the messages.", Examples) { topic, verbose, count, timeout };
        common.AddTo(command);
        command.SetAction((result, _) => ClientCommand.RunAsync("sub", () => new Subscription
        {
            Connection = common.Read(result),
            Filters = FiltersOf(ClientFlags.ValuesOf(result, topic)),
            PrintsTopic = ClientFlags.IsSet(result, verbose),
            Count = ClientFlags.LastOf(result, count) is { } messages ? ClientFlags.Number(messages, 1, int.MaxValue, "message count") : null,
            Timeout = ClientFlags.LastOf(result, timeout) is { } seconds ? TimeSpan.FromSeconds(ClientFlags.Number(seconds, 1, TimeoutSecondsMax, "timeout")) : null,
        }.RunAsync));
        return command;
    }

    private static List<string> FiltersOf(List<string> filters)
    {
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
