using System.Security.Authentication;

namespace Godwit.Server.Listeners;

/// <summary>Encryption of a listener. <see cref="ListenerKeys.Tls"/> is the same as a table.</summary>
public sealed class TlsOptions
{
    /// <summary>Both versions of TLS that are still considered safe.</summary>
    public const SslProtocols DefaultVersions = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>PEM: the certificate of the server, then those that lead to the CA.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>PEM: its private key.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>A file whose first line is the password of the key; null: the key is not encrypted.</summary>
    public string? KeyPasswordFile { get; set; }

    /// <summary>PEM file, or directory of PEM files, with the CAs that clients' certificates must lead to; needed as soon as clients are asked.</summary>
    public string? ClientCaFile { get; set; }

    /// <summary>PEM file with the revocation lists of those CAs; null: nothing is revoked.</summary>
    public string? CrlFile { get; set; }

    /// <summary>Whether clients show a certificate.</summary>
    public ClientCertificateMode ClientCertificate { get; set; }

    /// <summary>What of the certificate is the user name.</summary>
    public CertificateName UserNameFrom { get; set; }

    /// <summary>TLS 1.2, 1.3 or both.</summary>
    public SslProtocols Versions { get; set; } = DefaultVersions;

    /// <summary>Cipher suites by their IANA names, e.g. <c>TLS_AES_128_GCM_SHA256</c>; empty: those of the system.</summary>
    public IReadOnlyList<string> CipherSuites { get; set; } = [];

    /// <summary>Other certificates for clients that ask for another host name.</summary>
    public IReadOnlyList<SniCertificate> Sni { get; set; } = [];
}
