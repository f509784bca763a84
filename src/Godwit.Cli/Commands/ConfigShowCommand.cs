using System.CommandLine;
using Godwit.Cli.Clients;
using Godwit.Server.Configuration;

namespace Godwit.Cli.Commands;

/// <summary><c>godwit config show</c>: what a broker would be started with.</summary>
internal static class ConfigShowCommand
{
    private const string Examples = """
        Examples:
          godwit config show                                what is said by /etc/godwit/godwit.json and the environment
          godwit config show -c godwit.json --origin        with the file and line, variable or option that says it
          godwit config show -c mosquitto.conf              what Mosquitto's options mean here
          godwit config show --all                          defaults too

        Each line can be given to --set as it is. Secrets are never printed.
        Exit codes: 0 done, 1 usage, 2 the configuration is invalid.
        """;

    private static readonly Option<string?> Config = ConfigWork.FileOption();
    private static readonly Option<string[]> Set = ConfigWork.SetOption();
    private static readonly Option<bool> Origin = ClientFlags.Flag("--origin", null, "Where each value was said stands behind it.");
    private static readonly Option<bool> All = ClientFlags.Flag("--all", null, "Defaults too.");

    /// <summary>Makes the command.</summary>
    internal static Command Create()
    {
        var command = new ExampleCommand("show", "Show what holds after the file, the environment and the command line.", Examples) { Config, Set, Origin, All };
        command.SetAction(result =>
        {
            var loaded = ConfigWork.Load(result.GetValue(Config), new CommandLineSource(result.GetValue(Set) ?? [], []));
            if (!loaded.IsValid)
            {
                return ConfigWork.SayInvalid(loaded);
            }

            ConfigWork.SayWarnings(loaded);
            foreach (var line in ConfigurationText.Lines(loaded, result.GetValue(All), result.GetValue(Origin)))
            {
                Console.Out.WriteLine(line);
            }

            return 0;
        });
        return command;
    }
}
