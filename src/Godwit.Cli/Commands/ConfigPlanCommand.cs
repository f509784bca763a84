using System.CommandLine;
using Godwit.Server.Configuration;

namespace Godwit.Cli.Commands;

/// <summary><c>godwit config plan</c>: what another configuration would change.</summary>
internal static class ConfigPlanCommand
{
    private const string Examples = """
        Examples:
          godwit config plan new.json                       compared with /etc/godwit/godwit.json
          godwit config plan new.json -c godwit.json        compared with that file
          godwit config plan godwit.json -c mosquitto.conf  is the new file what the old one was?

        It compares two files, and asks no broker: it says which listeners close, and not how many connections they have. The environment
        counts for both. To apply it: put the file in the place of the old one and send SIGHUP to the broker.
        Exit codes: 0 done, 1 usage, 2 one of the two is invalid.
        """;

    private static readonly Argument<string> Next = new("FILE") { Description = "The next configuration." };
    private static readonly Option<string?> Config = ConfigWork.FileOption();

    /// <summary>Makes the command.</summary>
    internal static Command Create()
    {
        var command = new ExampleCommand("plan", "Say what another configuration would change, and what becomes of connections.", Examples) { Next, Config };
        command.SetAction(result =>
        {
            var before = ConfigWork.Load(result.GetValue(Config), commandLine: null);
            var after = ConfigWork.Load(result.GetValue(Next), commandLine: null);
            if (!after.IsValid || !before.IsValid)
            {
                return ConfigWork.SayInvalid(after.IsValid ? before : after);
            }

            ConfigWork.SayWarnings(after);
            foreach (var line in ConfigurationPlan.Lines(ConfigurationDifference.Between(before.Options, after.Options), Departures.Between(before.Options, after.Options)))
            {
                Console.Out.WriteLine(line);
            }

            return 0;
        });
        return command;
    }
}
