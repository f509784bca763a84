using System.CommandLine;
using Godwit.Cli.Commands;
using Godwit.Conformance.Wire;

namespace Godwit.Cli.Clients;

/// <summary>The flags that say how a broker is reached: TCP, TLS, WebSocket, or WebSocket over TLS.</summary>
internal sealed class TransportFlags
{
    private readonly Option<bool> _tls = ClientFlags.Flag("--tls", null, "Over TLS; default port 8883.");
    private readonly Option<bool> _ws = ClientFlags.Flag("--ws", null, "Over WebSocket; default port 8083, with --tls 8084.");
    private readonly Option<string[]> _path = ClientFlags.Value("--path", null, "PATH", "With --ws: the path of the request. Default: /mqtt.");
    private readonly Option<string[]> _caFile = ClientFlags.Value("--cafile", null, "FILE", "With --tls: PEM of the CAs to believe. Default: those of the system.");
    private readonly Option<bool> _insecure = ClientFlags.Flag("--insecure", null, "With --tls: believe every certificate. Only for a broker of one's own.");
    private readonly Option<string[]> _certificate = ClientFlags.Value("--cert", null, "FILE", "With --tls: PEM of the certificate to show.");
    private readonly Option<string[]> _key = ClientFlags.Value("--key", null, "FILE", "With --cert: PEM of its key.");

    /// <summary>Adds the flags to a command.</summary>
    internal void AddTo(Command command)
    {
        foreach (var option in (Option[])[_tls, _ws, _path, _caFile, _insecure, _certificate, _key])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Where and how the broker is reached.</summary>
    /// <exception cref="UsageException">The flags do not fit together, or a file cannot be read.</exception>
    internal Endpoint EndpointOf(ParseResult result, string host)
    {
        bool isTls = ClientFlags.IsSet(result, _tls), isWeb = ClientFlags.IsSet(result, _ws);
        foreach (var option in (Option[])[_caFile, _insecure, _certificate, _key])
        {
            if (!isTls && ClientFlags.IsSet(result, option))
            {
                throw new UsageException($"{option.Name} needs --tls.");
            }
        }

        if (!isWeb && ClientFlags.IsSet(result, _path))
        {
            throw new UsageException("--path needs --ws.");
        }

        var trust = TrustOf(result);
        if (!isWeb)
        {
            var address = HostPort.Parse(host, isTls ? 8_883 : 1_883);
            return isTls ? Endpoint.Tls(address.Host, address.Port, trust) : Endpoint.Tcp(address.Host, address.Port);
        }

        var web = HostPort.Parse(host, isTls ? 8_084 : 8_083);
        var path = ClientFlags.LastOf(result, _path) ?? "/mqtt";
        return Uri.TryCreate(new UriBuilder(isTls ? "wss" : "ws", web.Host, web.Port).Uri, path, out var uri)
            ? Endpoint.WebSocket(uri, trust)
            : throw new UsageException($"'{path}' is not a path: it begins with /.");
    }

    private TlsTrust TrustOf(ParseResult result)
    {
        var caFile = ClientFlags.LastOf(result, _caFile);
        return new TlsTrust
        {
            Authorities = caFile is null ? null : TlsFiles.Authorities(caFile),
            IsBlind = ClientFlags.IsSet(result, _insecure),
            Certificate = TlsFiles.Certificate(ClientFlags.LastOf(result, _certificate), ClientFlags.LastOf(result, _key)),
        };
    }
}
