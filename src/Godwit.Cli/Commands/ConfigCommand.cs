using System.CommandLine;

namespace Godwit.Cli.Commands;

/// <summary><c>godwit config</c>: writes, shows and compares configurations.</summary>
internal static class ConfigCommand
{
    private const string Examples = """
        Examples:
          godwit config init godwit.json                    a file to begin with, every setting explained
          godwit config show -c godwit.json --origin        what holds, and where it was said
          godwit config plan new.json -c godwit.json        what would change, and whose connections would be dropped
          godwit config schema > godwit.schema.json         names and explanations for editors
          godwit serve -c godwit.json --test-config         look at it and start nothing

        Exit codes of all of them: 0 done, 1 usage, 2 the configuration is invalid, 3 a file is there already or cannot be written.
        """;

    /// <summary>Makes the command with its commands.</summary>
    internal static Command Create()
    {
        var command = new ExampleCommand("config", "Write, show and compare configurations.", Examples)
        {
            ConfigInitCommand.Create(),
            ConfigShowCommand.Create(),
            ConfigPlanCommand.Create(),
            ConfigSchemaCommand.Create(),
        };
        command.SetAction(new HelpWithExamples(Examples).Invoke);
        return command;
    }
}
