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
    internal static int Run(IReadOnlyList<string> args)
    {
        var result = Parse(args, CommandsFor(args.Count > 0 ? args[0] : ""));
        if (result.Action is ParseErrorAction)
        {
            Console.Error.WriteLine(UsageError.Describe(result));
            return args is ["acl", ..] ? AclCheckCommand.CannotSay : UsageError.ExitCode;      // 1 says "denied" there
        }

        // Commands that run long handle SIGINT and SIGTERM themselves.
        var invocation = new InvocationConfiguration { ProcessTerminationTimeout = null };
        return result.Invoke(invocation);
    }

    /// <summary>Parses what was typed.</summary>
    /// <param name="args">The words after <c>godwit</c>.</param>
    /// <param name="commands">The commands that may be meant.</param>
    internal static ParseResult Parse(IReadOnlyList<string> args, params IReadOnlyList<Command> commands)
    {
        // -m @text is a message, not a file of options.
        var parser = new ParserConfiguration { ResponseFileTokenReplacer = null };
        return Create(commands).Parse(ValueWords.Join(args, commands), parser);
    }

    /// <summary>Only the command that is wanted is built, so that it starts quickly. For any other word all are.</summary>
    private static Command[] CommandsFor(string name) => name switch
    {
        "serve" => [ServeCommand.Create()],
        "pub" => [PubCommand.Create()],
        "sub" => [SubCommand.Create()],
        "conformance" => [ConformanceCommand.Create()],
        "simulate" => [SimulateCommand.Create()],
        "store" => [StoreCommand.Create()],
        "config" => [ConfigCommand.Create()],
        "import" => [ImportCommand.Create()],
        "bench" => [BenchCommand.Create()],
        "passwd" => [PasswdCommand.Create()],
        "cert" => [CertCommand.Create()],
        "acl" => [AclCommand.Create()],
        _ =>
        [
            ServeCommand.Create(), ConfigCommand.Create(), ImportCommand.Create(), PubCommand.Create(), SubCommand.Create(), ConformanceCommand.Create(), SimulateCommand.Create(),
            StoreCommand.Create(), BenchCommand.Create(), PasswdCommand.Create(), CertCommand.Create(), AclCommand.Create(),
        ],
    };

    private static RootCommand Create(IEnumerable<Command> commands)
    {
        var root = new RootCommand("An MQTT broker and its tools: MQTT 3.1, 3.1.1 and 5.0.");
        foreach (var command in commands)
        {
            root.Subcommands.Add(command);
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
