using System.CommandLine;
using Godwit.Cli.Clients;

namespace Godwit.Cli.Commands;

/// <summary><c>godwit pub</c>: publishes as <c>mosquitto_pub</c> does.</summary>
internal sealed class PubCommand
{
    private const string Examples = """
        Examples:
          godwit pub -t home/lamp -m on                        one message to localhost
          godwit pub -h broker.example -t home/lamp -m on -q 1 -r
          godwit pub -t home/lamp -n -r                        clear the retained message
          godwit pub -t camera/1 -f picture.jpg                the contents of a file
          seq 1000000 | godwit pub -t numbers -l -q 1          a message for each line
          date | godwit pub -t now -s                          one message with all of the input

        Exit codes: 0 published, 1 usage or network, 1 to 5 the server's CONNACK in MQTT 3, 128 and above an MQTT 5 reason code (135: not
        authorized), 130 and 143 interrupted.
        """;

    private readonly ClientFlags _common = new();
    private readonly Option<string[]> _topic = ClientFlags.Value("--topic", "-t", "TOPIC", "Topic to publish to; repeat it to publish to several.");
    private readonly Option<string[]> _message = ClientFlags.Value("--message", "-m", "TEXT", "The message.");
    private readonly Option<string[]> _file = ClientFlags.Value("--file", "-f", "FILE", "The contents of a file are the message.");
    private readonly Option<bool> _lines = ClientFlags.Flag("--stdin-line", "-l", "Each line of standard input is a message.");
    private readonly Option<bool> _nothing = ClientFlags.Flag("--null-message", "-n", "The message is empty.");
    private readonly Option<bool> _input = ClientFlags.Flag("--stdin-file", "-s", "All of standard input is the message.");
    private readonly Option<bool> _retain = ClientFlags.Flag("--retain", "-r", "The server keeps the message for later subscribers.");

    internal PubCommand()
    {
        Command = new ExampleCommand("pub", "Publish messages.", Examples) { _topic, _message, _file, _lines, _nothing, _input, _retain };
        _common.AddTo(Command);
        Command.SetAction(result => ClientCommand.Run("pub", () => Read(result).RunAsync));
    }

    /// <summary>The command with its options.</summary>
    internal Command Command { get; }

    /// <summary>Makes the command with its options.</summary>
    internal static Command Create() => new PubCommand().Command;

    /// <summary>What was typed.</summary>
    /// <exception cref="UsageException">It makes no sense.</exception>
    internal Publication Read(ParseResult result) => new()
    {
        Connection = _common.Read(result),
        Topics = TopicsOf(result),
        Source = SourceOf(result),
        Retain = ClientFlags.IsSet(result, _retain),
    };

    private List<string> TopicsOf(ParseResult result)
    {
        var topics = ClientFlags.ValuesOf(result, _topic);
        if (topics.Count == 0)
        {
            throw new UsageException("there is no topic (-t).");
        }

        foreach (var topic in topics)
        {
            Topics.CheckName(topic, "topic");
        }

        return topics;
    }

    private PayloadSource SourceOf(ParseResult result)
    {
        var sources = new List<PayloadSource>();
        sources.AddRange(ClientFlags.ValuesOf(result, _message).Select(PayloadSource.Text));
        sources.AddRange(ClientFlags.ValuesOf(result, _file).Select(PayloadSource.File));
        if (ClientFlags.IsSet(result, _lines))
        {
            sources.Add(PayloadSource.Lines);
        }

        if (ClientFlags.IsSet(result, _nothing))
        {
            sources.Add(PayloadSource.Empty);
        }

        if (ClientFlags.IsSet(result, _input))
        {
            sources.Add(PayloadSource.Input);
        }

        return sources.Count switch
        {
            1 => sources[0],
            0 => throw new UsageException("there is no message: -m, -f, -l, -n or -s says what to publish."),
            _ => throw new UsageException("only one kind of message can be published at once: -m, -f, -l, -n or -s."),
        };
    }
}
