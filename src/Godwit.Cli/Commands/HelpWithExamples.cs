using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Godwit.Cli.Commands;

/// <summary>The usual help, and behind it the examples of the command.</summary>
/// <param name="rootExamples">Examples of <c>godwit</c> itself.</param>
internal sealed class HelpWithExamples(string rootExamples) : SynchronousCommandLineAction
{
    private readonly HelpAction _help = new();

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var exitCode = _help.Invoke(parseResult);
        var examples = parseResult.CommandResult.Command is ExampleCommand command ? command.Examples : rootExamples;
        var output = parseResult.InvocationConfiguration.Output;
        foreach (var line in examples.Split('\n'))
        {
            output.WriteLine(line.TrimEnd());
        }

        return exitCode;
    }
}
