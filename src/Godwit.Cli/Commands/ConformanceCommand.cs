using System.CommandLine;
using System.Globalization;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;

namespace Godwit.Cli.Commands;

/// <summary><c>godwit conformance</c>: judges a broker, any broker, by the normative statements.</summary>
internal static class ConformanceCommand
{
    private const string Examples = """
        Examples:
          godwit conformance localhost                        all checks against port 1883
          godwit conformance broker.example:1884 --version 5  MQTT 5.0 only
          godwit conformance localhost --filter MQTT-3.1.2-8  the checks of one statement
          godwit conformance --list                           every check with its statements
        """;

    private static readonly Argument<string> Host = new("HOST[:PORT]") { Arity = ArgumentArity.ZeroOrOne, Description = "The broker to judge." };

    private static readonly Option<string[]> Version = new("--version") { Description = "3.1, 3.1.1 or 5; repeatable. Default: all.", HelpName = "VERSION" };

    private static readonly Option<string[]> Filter = new("--filter") { Description = "Only checks with this id, or with this in their name; repeatable.", HelpName = "ID" };

    private static readonly Option<bool> List = new("--list") { Description = "List the checks and end." };

    internal static Command Create()
    {
        var command = new ExampleCommand("conformance", "Judge a broker by every normative statement that can be seen from outside.", Examples)
        {
            Host, Version, Filter, List,
        };
        command.SetAction((result, cancellationToken) => RunAsync(result, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var versions = Versions.None;
        foreach (var version in result.GetValue(Version) ?? [])
        {
            versions |= version switch { "5" or "5.0" => Versions.Mqtt5, "3.1.1" => Versions.Mqtt311, _ => Versions.Mqtt31 };
        }

        var checks = CheckCatalog.Select(versions == Versions.None ? Versions.All : versions, result.GetValue(Filter) ?? []);
        if (result.GetValue(List))
        {
            foreach (var check in checks)
            {
                Console.WriteLine($"{check.FullName} [{string.Join(", ", check.Ids)}]");
            }

            return 0;
        }

        var parts = (result.GetValue(Host) ?? "localhost").Split(':');
        var endpoint = Endpoint.Tcp(parts[0], parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 1883);
        var results = await new CheckRunner(endpoint, new RunnerOptions()).RunAsync(checks, cancellationToken: cancellationToken).ConfigureAwait(false);
        foreach (var failure in results.Where(check => check.Outcome != CheckOutcome.Passed))
        {
            Console.WriteLine($"{failure.Outcome} {failure.Check.FullName} [{string.Join(", ", failure.Check.Ids)}] {failure.Reason}");
            Console.WriteLine($"  sent     {failure.Sent}\n  expected {failure.Expected}\n  came     {failure.Came}");
            foreach (var line in failure.Transcript)
            {
                Console.WriteLine("    " + line);
            }
        }

        foreach (var passed in results.Where(check => check.Observations.Count > 0))
        {
            Console.WriteLine($"saw {passed.Check.FullName}: {string.Join("; ", passed.Observations)}");
        }

        Console.WriteLine(string.Join(", ", results.GroupBy(check => check.Outcome).Select(group => $"{group.Count()} {group.Key}")));
        return results.Any(check => check.IsMandatoryFailure) ? 1 : 0;
    }
}
