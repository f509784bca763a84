using System.CommandLine;
using Godwit.Cli.Clients;

namespace Godwit.Cli.Commands;

/// <summary><c>godwit pub</c>: publishes as <c>mosquitto_pub</c> does.</summary>
internal static class PubCommand
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

    /// <summary>Makes the command with its options.</summary>
    internal static Command Create()
    {
        var common = new ClientFlags();
        var topic = ClientFlags.Value("--topic", "-t", "TOPIC", "Topic to publish to; repeat it to publish to several.");
        var message = ClientFlags.Value("--message", "-m", "TEXT", "The message.");
        var file = ClientFlags.Value("--file", "-f", "FILE", "The contents of a file are the message.");
        var lines = ClientFlags.Flag("--stdin-line", "-l", "Each line of standard input is a message.");
        var nothing = ClientFlags.Flag("--null-message", "-n", "The message is empty.");
        var input = ClientFlags.Flag("--stdin-file", "-s", "All of standard input is the message.");
        var retain = ClientFlags.Flag("--retain", "-r", "The server keeps the message for later subscribers.");
        var command = new ExampleCommand("pub", "Publish messages.", Examples) { topic, message, file, lines, nothing, input, retain };
        common.AddTo(command);
        command.SetAction((result, _) => ClientCommand.RunAsync("pub", () => new Publication
        {
            Connection = common.Read(result),
            Topics = TopicsOf(ClientFlags.ValuesOf(result, topic)),
            Source = SourceOf(result, message, file, lines, nothing, input),
            Retain = ClientFlags.IsSet(result, retain),
        }.RunAsync));
        return command;
    }

    private static List<string> TopicsOf(List<string> topics)
    {
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

    private static PayloadSource SourceOf(
        ParseResult result, Option<string[]> message, Option<string[]> file, Option<bool> lines, Option<bool> nothing, Option<bool> input)
    {
        var messages = ClientFlags.ValuesOf(result, message);
        var files = ClientFlags.ValuesOf(result, file);
        var count = messages.Count + files.Count
            + (ClientFlags.IsSet(result, lines) ? 1 : 0)
            + (ClientFlags.IsSet(result, nothing) ? 1 : 0)
            + (ClientFlags.IsSet(result, input) ? 1 : 0);
        if (count != 1)
        {
            throw new UsageException(count == 0
                ? "there is no message: -m, -f, -l, -n or -s says what to publish."
                : "only one kind of message can be published at once: -m, -f, -l, -n or -s.");
        }

        if (messages.Count > 0)
        {
            return PayloadSource.Text(messages[0]);
        }

        if (files.Count > 0)
        {
            return PayloadSource.File(files[0]);
        }

        if (ClientFlags.IsSet(result, lines))
        {
            return PayloadSource.Lines;
        }

        return ClientFlags.IsSet(result, input) ? PayloadSource.Input : PayloadSource.Empty;
    }
}
