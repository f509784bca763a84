using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Godwit.Client;

/// <summary>
/// How a connection is encrypted and which servers are believed. Each connection, the first and every later one, verifies the server's
/// certificate anew by the same options. (5.0 §5.4.3)
/// </summary>
public sealed record MqttTlsOptions
{
    /// <summary>The CAs that are believed, and no others; null: those of the system.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>The name that the server's certificate has to carry, and that the server is asked for; null: <see cref="MqttClientOptions.Host"/>.</summary>
    public string? ServerName { get; init; }

    /// <summary>The client's own certificate, with its private key; null: none.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Protocol names of ALPN that are offered; empty: none.</summary>
    public IReadOnlyList<string> ApplicationProtocols { get; init; } = ["mqtt"];

    /// <summary>Versions of TLS.</summary>
    public SslProtocols Versions { get; init; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>The name in the server's certificate counts.</summary>
    internal bool ChecksServerName { get; private init; } = true;

    /// <summary>
    /// The same, but a certificate of <see cref="Authorities"/> is believed whatever name it carries: who has one of them can pose as the
    /// server. For a server that is reached by another name than its own.
    /// </summary>
    public MqttTlsOptions WithoutServerNameCheck() => this with { ChecksServerName = false };
}
