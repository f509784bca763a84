using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Godwit.Cli.Commands;

namespace Godwit.Cli;

/// <summary>The command line of <c>godwit</c>: every command, and what they have in common.</summary>
internal static class GodwitCommandLine
{
    /// <summary>What <c>godwit --version</c> prints.</summary>
    internal const string Version = "godwit 0.1.0";

    private const string Examples = """
        Examples:
          godwit serve                   run a broker on this machine, port 1883
          godwit sub -t 'home/#' -v      print what is published below home
          godwit pub -t home/lamp -m on  publish a message
          godwit pub --help              all about publishing; so for every command
        """;

    /// <summary>Parses and runs.</summary>
    /// <returns>The exit code of the process.</returns>
    internal static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        // -m @text is a message, not a file of options.
        var parser = new ParserConfiguration { ResponseFileTokenReplacer = null };
        var result = Create(args.Count > 0 ? args[0] : "").Parse(args, parser);
        if (result.Action is ParseErrorAction)
        {
            await Console.Error.WriteLineAsync(UsageError.Describe(result)).ConfigureAwait(false);
            return UsageError.ExitCode;
        }

        // Commands that run long handle SIGINT and SIGTERM themselves.
        var invocation = new InvocationConfiguration { ProcessTerminationTimeout = null };
        return await result.InvokeAsync(invocation).ConfigureAwait(false);
    }

    /// <summary>Builds the commands.</summary>
    /// <param name="name">The command that is wanted: only that one is built, so that it starts quickly. Another word: all are built.</param>
    private static RootCommand Create(string name)
    {
        var root = new RootCommand("An MQTT broker and its tools: MQTT 3.1, 3.1.1 and 5.0.");
        switch (name)
        {
            case "serve":
                root.Subcommands.Add(ServeCommand.Create());
                break;

            case "pub":
                root.Subcommands.Add(PubCommand.Create());
                break;

            case "sub":
                root.Subcommands.Add(SubCommand.Create());
                break;

            default:
                root.Subcommands.Add(ServeCommand.Create());
                root.Subcommands.Add(PubCommand.Create());
                root.Subcommands.Add(SubCommand.Create());
                break;
        }

        // -h is --host in pub and sub, as everywhere in MQTT.
        var help = new HelpWithExamples(Examples);
        root.Options.Remove(root.Options.OfType<HelpOption>().Single());
        root.Options.Add(new HelpOption("--help", "-?") { Action = help });
        root.Options.OfType<VersionOption>().Single().Action = new PrintVersion();
        root.SetAction(help.Invoke);
        return root;
    }

    private sealed class PrintVersion : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(Version);
            return 0;
        }
    }
}
