using System.CommandLine;
using Godwit.Bench.Plans;

namespace Godwit.Cli.Commands;

/// <summary><c>godwit bench</c>: the load tool, one command for each shape of load.</summary>
internal static class BenchCommand
{
    private const string Examples = """
        Examples:
          godwit bench pubsub                          one publisher, one subscriber, as fast as it goes, 10 seconds
          godwit bench pubsub --fanout 1:1000          every message goes to 1,000 subscribers
          godwit bench latency --open-loop 5000 -q 1   how long a message takes at 5,000 a second
          godwit bench conn -c 10000 --duration 1m     connections that only ping
          godwit bench pub --help                      all about publishing; so for every command

        Every payload carries a counter and a time stamp, so what is lost, doubled, late or slow is seen message by message. What each
        figure means, and what it does not: docs/bench.md.
        Exit codes of all of them: 0 measured, 1 usage, no connection, or worse than --compare allows, 130 and 143 interrupted.
        """;

    /// <summary>Makes the command with its commands.</summary>
    internal static Command Create()
    {
        var command = new ExampleCommand("bench", "Load a broker, any broker, and measure it.", Examples);
        foreach (var shape in Enum.GetValues<BenchShape>())
        {
            command.Subcommands.Add(BenchShapeCommand.Create(shape));
        }

        command.SetAction(new HelpWithExamples(Examples).Invoke);
        return command;
    }
}
