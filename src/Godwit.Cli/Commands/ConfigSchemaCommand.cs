using System.CommandLine;
using Godwit.Server.Configuration;

namespace Godwit.Cli.Commands;

/// <summary><c>godwit config schema</c>: the JSON Schema of the configuration.</summary>
internal static class ConfigSchemaCommand
{
    private const string Examples = """
        Examples:
          godwit config schema > godwit.schema.json

        In godwit.json, "$schema": "./godwit.schema.json" lets an editor complete names, explain them and mark mistakes.
        """;

    /// <summary>Makes the command.</summary>
    internal static Command Create()
    {
        var command = new ExampleCommand("schema", "Print the JSON Schema of godwit.json, for editors.", Examples);
        command.SetAction(_ =>
        {
            Console.Out.WriteLine(ConfigurationSchema.Write());
            return 0;
        });
        return command;
    }
}
