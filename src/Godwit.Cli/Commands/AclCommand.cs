using System.CommandLine;

namespace Godwit.Cli.Commands;

/// <summary><c>godwit acl</c>: asks rules about topics.</summary>
internal static class AclCommand
{
    private const string Examples = """
        Examples:
          godwit acl check --user alice --topic home/alice/lamp --access publish
          godwit acl check --help                           all about it

        Exit codes: 0 allowed, 1 denied, 2 usage, or rules that cannot be used.
        """;

    /// <summary>Makes the command with its commands.</summary>
    internal static Command Create()
    {
        var command = new ExampleCommand("acl", "Ask who may do what, and which rule says so.", Examples) { AclCheckCommand.Create() };
        command.SetAction(new HelpWithExamples(Examples).Invoke);
        return command;
    }
}
