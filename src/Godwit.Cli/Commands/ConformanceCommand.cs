using System.CommandLine;
using Godwit.Cli.Clients;
using Godwit.Conformance.Reports;
using Godwit.Conformance.Running;

namespace Godwit.Cli.Commands;

/// <summary><c>godwit conformance</c>: judges a broker, any broker, by the normative statements.</summary>
internal sealed class ConformanceCommand
{
    private const string Examples = """
        Examples:
          godwit conformance localhost                          all checks, port 1883
          godwit conformance broker.example:1884 --version 5    MQTT 5.0 only
          godwit conformance localhost --filter MQTT-3.1.2-8 -v one statement, with all packets
          godwit conformance localhost --filter retained        checks with this word in their name
          godwit conformance localhost -u user -P secret --junit results.xml
          godwit conformance localhost --tls --cafile ca.pem    over TLS, port 8883
          godwit conformance localhost --ws --path /mqtt        over WebSocket, port 8083; with --tls too: 8084
          godwit conformance --list                             every check with its statements

        The broker is used as a client uses it; what the checks leave there (sessions, retained messages) they remove again.
        A failure shows the statement, what was sent, what was expected and what came. ADVICE marks what a MUST does not forbid.
        Exit codes: 0 nothing mandatory failed, 1 something did, or usage, or no broker there, 130 and 143 interrupted.
        """;

    private readonly Argument<string> _host = new("HOST[:PORT]") { Arity = ArgumentArity.ZeroOrOne, Description = "The broker to judge." };
    private readonly Option<string[]> _version = ClientFlags.Value("--version", "-V", "3.1|3.1.1|5", "Protocol version; repeat it for several. Default: all three.");
    private readonly Option<string[]> _filter = ClientFlags.Value("--filter", null, "ID", "Only checks with this id (MQTT-3.1.2-8: 5.0, MQTT3-: 3.1.1, Trap-39) or this in their name.");
    private readonly Option<bool> _list = ClientFlags.Flag("--list", null, "List the checks and end.");
    private readonly Option<bool> _json = ClientFlags.Flag("--json", null, "A JSON object for each check, as it ends, and a last one with the numbers.");
    private readonly Option<string[]> _junit = ClientFlags.Value("--junit", null, "FILE", "Also write the results as JUnit XML.");
    private readonly Option<string[]> _userName = ClientFlags.Value("--username", "-u", "NAME", "User name of every client.");
    private readonly Option<string[]> _password = ClientFlags.Value("--pw", "-P", "PASSWORD", "Password of every client. Other users of this machine can see it in the list of processes.");
    private readonly TransportFlags _transport = new();
    private readonly Option<string[]> _timeout = ClientFlags.Value("--timeout", null, "SECONDS", "How long one answer may take. Default: 5.");
    private readonly Option<bool> _verbose = ClientFlags.Flag("--verbose", "-v", "Also the packets of each failure, what was skipped, and the choices of the broker.");
    private readonly Option<bool> _quiet = ClientFlags.Flag("--quiet", "-q", "No progress.");

    private ConformanceCommand()
    {
        Command = new ExampleCommand("conformance", "Judge a broker, any broker, by every normative statement that can be seen from outside.", Examples)
        {
            _host, _version, _filter, _list, _json, _junit, _userName, _password, _timeout, _verbose, _quiet,
        };
        _transport.AddTo(Command);
        Command.SetAction(result => ClientCommand.Run("conformance", () => Prepare(result)));
    }

    private Command Command { get; }

    /// <summary>Makes the command with its options.</summary>
    internal static Command Create() => new ConformanceCommand().Command;

    private static Versions VersionOf(string value) => value switch
    {
        "5" or "5.0" or "mqttv5" => Versions.Mqtt5,
        "3.1.1" or "311" or "mqttv311" => Versions.Mqtt311,
        "3.1" or "31" or "mqttv31" => Versions.Mqtt31,
        _ => throw new UsageException($"'{value}' is not a protocol version: 3.1, 3.1.1 or 5."),
    };

    private Func<Interruption, Task<int>> Prepare(ParseResult result)
    {
        var checks = SelectChecks(result);
        var isJson = ClientFlags.IsSet(result, _json);
        if (ClientFlags.IsSet(result, _list))
        {
            return _ => Task.FromResult(PrintList(checks, isJson));
        }

        var host = result.GetValue(_host) ?? throw new UsageException("there is no broker to judge: type HOST or HOST:PORT.");
        var judgement = new Judgement
        {
            Checks = checks,
            Endpoint = _transport.EndpointOf(result, host) with
            {
                UserName = ClientFlags.LastOf(result, _userName),
                Password = ClientFlags.LastOf(result, _password),
            },
            Patience = TimeSpan.FromSeconds(ClientFlags.Number(ClientFlags.LastOf(result, _timeout) ?? "5", 1, 600, "time in seconds")),
            IsJson = isJson,
            JUnitFile = ClientFlags.LastOf(result, _junit),
            IsVerbose = ClientFlags.IsSet(result, _verbose),
            IsQuiet = ClientFlags.IsSet(result, _quiet),
        };
        return judgement.Endpoint is { Password: not null, UserName: null }
            ? throw new UsageException("a password (-P) needs a user name (-u) in MQTT 3.")
            : judgement.RunAsync;
    }

    private IReadOnlyList<Check> SelectChecks(ParseResult result)
    {
        var versions = ClientFlags.ValuesOf(result, _version).Aggregate(Versions.None, (sum, value) => sum | VersionOf(value));
        versions = versions == Versions.None ? Versions.All : versions;
        var filters = ClientFlags.ValuesOf(result, _filter);
        foreach (var filter in filters.Where(filter => CheckCatalog.Select(versions, [filter]).Count == 0))
        {
            throw new UsageException($"no check has the id '{filter}' or these words in its name; --list shows all.");
        }

        return CheckCatalog.Select(versions, filters);
    }

    private static int PrintList(IReadOnlyList<Check> checks, bool isJson)
    {
        foreach (var check in checks)
        {
            Console.Out.WriteLine(isJson ? JsonReport.Line(check) : $"{check.FullName} [{string.Join(", ", check.Ids)}]{(check.IsRecommendation ? " (recommended)" : "")}");
        }

        return 0;
    }
}
