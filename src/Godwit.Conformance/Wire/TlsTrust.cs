using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Godwit.Conformance.Wire;

/// <summary>Which brokers an encrypted run believes, and who it is itself.</summary>
public sealed record TlsTrust
{
    /// <summary>CAs that are believed; null: those of the system.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>Every certificate is believed. For a broker that one has started oneself.</summary>
    public bool IsBlind { get; init; }

    /// <summary>The run's own certificate; null: none.</summary>
    public X509Certificate2? Certificate { get; init; }

    internal SslClientAuthenticationOptions OptionsFor(string host)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = host,
            ApplicationProtocols = [new SslApplicationProtocol("mqtt")],
            ClientCertificateContext = Certificate is null ? null : SslStreamCertificateContext.Create(Certificate, additionalCertificates: null, offline: true),
        };
        if (Authorities is not null)
        {
            options.CertificateChainPolicy = CreatePolicy();
        }

        if (IsBlind)
        {
#pragma warning disable CA5359 // Asked for in so many words: --insecure.
            options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        return options;
    }

    /// <summary>For a client that has a callback and nothing else.</summary>
    internal bool Accepts(X509Certificate? certificate, SslPolicyErrors errors)
    {
        if (IsBlind || errors == SslPolicyErrors.None)
        {
            return true;
        }

        if (Authorities is null || errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is null)
        {
            return false;
        }

        using var chain = new X509Chain { ChainPolicy = CreatePolicy() };
        return chain.Build((X509Certificate2)certificate);
    }

    private X509ChainPolicy CreatePolicy()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(Authorities!);
        return policy;
    }
}
