using System.CommandLine;

namespace Godwit.Cli.Commands;

/// <summary><c>godwit import</c>: takes over the configuration of another broker.</summary>
internal static class ImportCommand
{
    private const string Examples = """
        Examples:
          godwit import mosquitto /etc/mosquitto/mosquitto.conf -o godwit.json
          godwit import mosquitto --help
        """;

    /// <summary>Makes the command with those below it.</summary>
    internal static Command Create() =>
        new ExampleCommand("import", "Take over the configuration of another broker.", Examples) { ImportMosquittoCommand.Create() };
}
