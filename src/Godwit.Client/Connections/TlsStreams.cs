using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Godwit.Client.Connections;

/// <summary>Encryption of a byte stream to the server.</summary>
public static class TlsStreams
{
    /// <summary>Shakes hands as <see cref="MqttClientOptions.Tls"/> says, and verifies the server.</summary>
    /// <param name="inner">The bytes to the server; disposed with the result, and when the handshake fails.</param>
    /// <param name="options">Tls, which is set, and Host are used.</param>
    /// <param name="cancellationToken">Ends the handshake.</param>
    /// <exception cref="AuthenticationException">The server is not believed, or there is no TLS in common.</exception>
    /// <exception cref="IOException">The connection ended in the handshake.</exception>
    public static async ValueTask<Stream> OverAsync(Stream inner, MqttClientOptions options, CancellationToken cancellationToken)
    {
        var tls = options.Tls ?? throw new ArgumentException("Tls is not set.", nameof(options));
        var stream = new SslStream(inner, leaveInnerStreamOpen: false);
        try
        {
            await stream.AuthenticateAsClientAsync(OptionsOf(tls, tls.ServerName ?? options.Host), cancellationToken).ConfigureAwait(false);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static SslClientAuthenticationOptions OptionsOf(MqttTlsOptions tls, string serverName)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = serverName,
            EnabledSslProtocols = tls.Versions,
            ApplicationProtocols = [.. tls.ApplicationProtocols.Select(name => new SslApplicationProtocol(name))],
            ClientCertificateContext = tls.Certificate is null ? null : SslStreamCertificateContext.Create(tls.Certificate, additionalCertificates: null, offline: true),
        };
        if (tls.Authorities is not null)
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(tls.Authorities);
        }

        if (!tls.ChecksServerName)
        {
            options.RemoteCertificateValidationCallback = (_, _, _, errors) => (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None;
        }

        return options;
    }
}
