using System.CommandLine;
using Godwit.Bench.Plans;
using Godwit.Cli.Benches;

namespace Godwit.Cli.Commands;

/// <summary><c>godwit bench pubsub</c> and the other shapes of load.</summary>
internal static class BenchShapeCommand
{
    private const string ConnExamples = """
        Examples:
          godwit bench conn -c 5000                            open 5,000 connections, hold them for 10 seconds
          godwit bench conn -c 20000 -R 1000 --duration 5m     1,000 new ones a second, held for 5 minutes
          godwit bench conn -c 5000 -t 'bench/%i' --broker-pid $(pgrep -x mosquitto)
                                                               each with a subscription; memory for each connection
        """;

    private const string PubExamples = """
        Examples:
          godwit bench pub -c 200 -R 100 -I 10 -t 'bench/%i' -s 256 -q 1 -L 0 --duration 60s --warmup 5s
                                                               200 publishers, each a message every 10 ms, for a minute
          godwit bench pub -c 10 -q 1 -L 1000000               a million messages as fast as they are acknowledged
          godwit bench pub -c 50 --open-loop 20000 -q 1        20,000 a second on a fixed schedule
          godwit bench pub -t 'home/%c' --payload-template '{"n":%s}'
        """;

    private const string SubExamples = """
        Examples:
          godwit bench sub -c 100 -t 'bench/#'                 100 subscribers, until Ctrl-C
          godwit bench sub -c 4 --share workers -t 'bench/#' -q 1 --duration 1m
        What 'godwit bench pub' publishes on the same machine is checked message by message; anything else is only counted as foreign.
        """;

    private const string PubSubExamples = """
        Examples:
          godwit bench pubsub                                  1 to 1, QoS 0, as fast as it goes
          godwit bench pubsub -c 200 -q 1 -s 256               200 pairs, each with a topic of its own
          godwit bench pubsub --fanout 1:1000                  1 publisher, 1,000 subscribers of one topic
          godwit bench pubsub --fanout 1000:1 -q 1             1,000 publishers, 1 subscriber
          godwit bench pubsub -q 1 --json >before.json         and after a change:
          godwit bench pubsub -q 1 --compare before.json       exit code 1 when it became worse by more than 10 %
          godwit bench pubsub -q 2 --report run.html           with plots
        """;

    private const string LatencyExamples = """
        Examples:
          godwit bench latency                                 1,000 messages a second on a fixed schedule
          godwit bench latency -c 100 --open-loop 10000 -q 1   over 100 pairs
        A message that had to wait because the broker did counts from the moment at which it should have been sent.
        """;

    private const string RetainedExamples = """
        Examples:
          godwit bench retained                                store 100,000 messages, then subscribe to '#'
          godwit bench retained --topics 1000000 --broker-pid 1234
        """;

    private const string WildExamples = """
        Examples:
          godwit bench wild                                    10,000 subscribers with wildcards over 10,000 topics
          godwit bench wild --fanout 4:1000 --depth 8 --breadth 4 -q 1
        """;

    private const string QueueExamples = """
        Examples:
          godwit bench queue                                   100,000 QoS 1 messages for a session that is away
          godwit bench queue --fanout 1:100 -L 1000000 -q 2
        A broker that limits queues (most do) loses what is above its limit; the report says how much.
        """;

    /// <summary>Makes the command of one shape.</summary>
    internal static Command Create(BenchShape shape)
    {
        var (name, description, examples) = TextsOf(shape);
        var command = new ExampleCommand(name, description, examples);
        var flags = new BenchFlags(shape);
        flags.AddTo(command);
        command.SetAction(result => ClientCommand.Run("bench " + name, () => flags.Read(result).RunAsync));
        return command;
    }

    private static (string Name, string Description, string Examples) TextsOf(BenchShape shape) => shape switch
    {
        BenchShape.Conn => ("conn", "Open connections and hold them.", ConnExamples),
        BenchShape.Pub => ("pub", "Publish.", PubExamples),
        BenchShape.Sub => ("sub", "Subscribe, and measure what 'bench pub' publishes elsewhere.", SubExamples),
        BenchShape.PubSub => ("pubsub", "Publish and subscribe, and account for every message.", PubSubExamples),
        BenchShape.Latency => ("latency", "How long a message takes, at a fixed rate.", LatencyExamples),
        BenchShape.Retained => ("retained", "Store retained messages, then receive them all.", RetainedExamples),
        BenchShape.Wild => ("wild", "Many wildcard subscribers over a tree of topics.", WildExamples),
        _ => ("queue", "Fill the queues of sessions that are away, then let them return.", QueueExamples),
    };
}
