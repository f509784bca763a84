using System.CommandLine;
using System.Security.Authentication;
using Godwit.Cli.Commands;
using Godwit.Client;

namespace Godwit.Cli.Clients;

/// <summary>The flags of pub and sub about TLS, named and understood as Mosquitto's tools do: a CA to believe is what asks for TLS.</summary>
internal sealed class TlsFlags
{
    private readonly Option<string[]> _caFile = ClientFlags.Value("--cafile", null, "FILE", "TLS: PEM of the CAs to believe. Default port then: 8883.");
    private readonly Option<string[]> _caPath = ClientFlags.Value("--capath", null, "DIR", "TLS: the same, from all files of a directory.");
    private readonly Option<bool> _systemCas = ClientFlags.Flag("--tls-use-os-certs", null, "TLS: believe the CAs of the system.");
    private readonly Option<string[]> _certificate = ClientFlags.Value("--cert", null, "FILE", "TLS: PEM of the certificate to show; needs --key.");
    private readonly Option<string[]> _key = ClientFlags.Value("--key", null, "FILE", "TLS: PEM of its private key.");
    private readonly Option<bool> _insecure = ClientFlags.Flag("--insecure", null, "TLS: the server's certificate may carry another name. Only for a server of one's own.");
    private readonly Option<string[]> _version = ClientFlags.Value("--tls-version", null, "VERSION", "TLS: tlsv1.2 or tlsv1.3 and nothing else. Default: both.");
    private readonly Option<string[]> _alpn = ClientFlags.Value("--tls-alpn", null, "NAME", "TLS: protocol name of ALPN to offer. Default: mqtt.");

    /// <summary>Adds the flags to a command.</summary>
    internal void AddTo(Command command)
    {
        foreach (var option in (Option[])[_caFile, _caPath, _systemCas, _certificate, _key, _insecure, _version, _alpn])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Reads the flags; null: no TLS.</summary>
    /// <exception cref="UsageException">They do not fit together, or a file cannot be used.</exception>
    internal MqttTlsOptions? Read(ParseResult result)
    {
        var (file, path, isSystem) = (ClientFlags.LastOf(result, _caFile), ClientFlags.LastOf(result, _caPath), ClientFlags.IsSet(result, _systemCas));
        var ways = (file is null ? 0 : 1) + (path is null ? 0 : 1) + (isSystem ? 1 : 0);
        if (ways > 1)
        {
            throw new UsageException("only one of --cafile, --capath and --tls-use-os-certs says which CAs are believed.");
        }

        if (ways == 0)
        {
            foreach (var option in (Option[])[_certificate, _key, _insecure, _version, _alpn])
            {
                if (ClientFlags.IsSet(result, option))
                {
                    throw new UsageException($"{option.Name} needs --cafile, --capath or --tls-use-os-certs.");
                }
            }

            return null;
        }

        var tls = new MqttTlsOptions
        {
            Authorities = isSystem ? null : TlsFiles.Authorities((file ?? path)!),
            Certificate = TlsFiles.Certificate(ClientFlags.LastOf(result, _certificate), ClientFlags.LastOf(result, _key)),
            ApplicationProtocols = [ClientFlags.LastOf(result, _alpn) ?? "mqtt"],
            Versions = VersionsOf(ClientFlags.LastOf(result, _version)),
        };
        return ClientFlags.IsSet(result, _insecure) ? tls.WithoutServerNameCheck() : tls;
    }

    private static SslProtocols VersionsOf(string? value) => value switch
    {
        null => SslProtocols.Tls12 | SslProtocols.Tls13,
        "tlsv1.2" => SslProtocols.Tls12,
        "tlsv1.3" => SslProtocols.Tls13,
        _ => throw new UsageException($"'{value}' is not a version of TLS: tlsv1.2 or tlsv1.3."),
    };
}
