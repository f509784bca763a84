using System.CommandLine;
using System.Security.Cryptography;
using Godwit.Cli.Clients;

namespace Godwit.Cli.Commands;

/// <summary><c>godwit cert</c>: certificates to try TLS with, in three commands and without openssl.</summary>
internal static class CertCommand
{
    private const string Examples = """
        Examples:
          godwit cert ca                                          ca.pem and ca.key, here
          godwit cert server mqtt.example.org 192.168.1.5         server.pem and server.key, for a name and an address
          godwit cert client 'sensor 7' --out sensor7             sensor7.pem and sensor7.key
          godwit cert server localhost --dir /etc/godwit/tls      with the CA of that directory

        Then: godwit serve with a listener that has "Tls": { "CertificateFile": "server.pem", "KeyFile": "server.key" }, and
              mosquitto_sub -p 8883 --cafile ca.pem -t '#'
        For trying and for closed networks; for the Internet take certificates of a public CA. Keep ca.key away from the broker.
        Files that are there are not replaced. Keys can be read by their owner only.
        Exit codes: 0 done, 1 usage, or a file is there already, or cannot be read or written.
        """;

    private static readonly Option<string[]> Dir = ClientFlags.Value("--dir", null, "DIR", "Directory of the files. Default: this one.");
    private static readonly Option<string[]> Out = ClientFlags.Value("--out", null, "NAME", "Name of the files, without .pem and .key.");
    private static readonly Option<string[]> Days = ClientFlags.Value("--days", null, "DAYS", "How long the certificate is valid. Default: 3650 for a CA, else 365.");
    private static readonly Argument<string?> CaName = new("NAME") { Arity = ArgumentArity.ZeroOrOne, Description = "Name of the CA. Default: Godwit test CA." };
    private static readonly Argument<string[]> Hosts = new("HOST") { Arity = ArgumentArity.OneOrMore, Description = "Names and addresses that clients type to reach the server." };
    private static readonly Argument<string> ClientName = new("NAME") { Description = "The common name, which can be the user name." };

    /// <summary>Makes the command with its commands.</summary>
    internal static Command Create()
    {
        var command = new ExampleCommand("cert", "Make certificates to try TLS with.", Examples)
        {
            Sub("ca", "Make a CA, which signs the others.", CaName, (result, days) =>
                CertificateMaker.Authority(result.GetValue(CaName) ?? "Godwit test CA", days ?? 3_650), "ca"),
            Sub("server", "Make a certificate for a server.", Hosts, (result, days) =>
                CertificateMaker.Server(result.GetValue(Hosts)!, days ?? 365), "server"),
            Sub("client", "Make a certificate for a client.", ClientName, (result, days) =>
                CertificateMaker.Client(result.GetValue(ClientName)!, days ?? 365), null),
        };
        command.SetAction(new HelpWithExamples(Examples).Invoke);
        return command;
    }

    private static ExampleCommand Sub(string name, string description, Argument argument, Func<ParseResult, int?, CertificateMaker> make, string? fileName)
    {
        var command = new ExampleCommand(name, description, Examples) { Dir, Out, Days };
        command.Arguments.Add(argument);
        command.SetAction(result => Run("cert " + name, () =>
        {
            var days = ClientFlags.LastOf(result, Days) is { } text ? ClientFlags.Number(text, 1, 36_500, "number of days") : (int?)null;
            var files = new CertificateFiles(ClientFlags.LastOf(result, Dir) ?? ".", ClientFlags.LastOf(result, Out) ?? fileName ?? FileNameOf(result.GetValue(ClientName)!));
            files.Write(make(result, days));
        }));
        return command;
    }

    private static string FileNameOf(string clientName) =>
        clientName.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '@') && clientName[0] != '.'
            ? clientName
            : throw new UsageException($"'{clientName}' makes no good file name: say --out NAME.");

    private static int Run(string name, Action work)
    {
        try
        {
            work();
            return 0;
        }
        catch (UsageException exception)
        {
            Console.Error.WriteLine(UsageError.Describe("godwit " + name, exception.Message));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            Console.Error.WriteLine($"Error: {exception.Message}");
        }

        return UsageError.ExitCode;
    }
}
