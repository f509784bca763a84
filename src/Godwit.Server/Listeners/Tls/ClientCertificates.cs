using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Godwit.Server.Listeners.Tls;

/// <summary>Judges the certificates of clients: they must lead to one of the CAs, be for clients, be valid now, and not be revoked.</summary>
/// <param name="authorities">The CAs.</param>
/// <param name="lists">Their revocation lists; null: nothing is revoked.</param>
/// <param name="time">For the validity.</param>
internal sealed class ClientCertificates(X509Certificate2Collection authorities, IReadOnlyList<RevocationList>? lists, TimeProvider time)
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly ConcurrentDictionary<(RevocationList List, string Authority), bool> _signatures = new();

    /// <summary>The CAs, for the warnings about their end.</summary>
    internal X509Certificate2Collection Authorities => authorities;

    /// <summary>How the way from a certificate to the CAs is looked for; made for each handshake, which adds what the client has sent.</summary>
    internal X509ChainPolicy CreatePolicy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,            // the lists are looked at here
            DisableCertificateDownloads = true,
            VerificationTime = time.GetUtcNow().LocalDateTime,
        };
        policy.CustomTrustStore.AddRange(authorities);
        policy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        return policy;
    }

    /// <summary>Judges one.</summary>
    /// <param name="certificate">As the client has shown it.</param>
    /// <param name="chain">Built by <see cref="CreatePolicy"/>.</param>
    /// <returns>Null: it is good; else why not.</returns>
    internal string? RefusalOf(X509Certificate2 certificate, X509Chain? chain)
    {
        if (chain is null || chain.ChainElements.Count == 0)
        {
            return "its certificate leads to no CA";
        }

        if (chain.ChainStatus.Length > 0)
        {
            return "its certificate is not valid: " + string.Join(", ", chain.ChainStatus.Select(status => status.Status).Distinct());
        }

        return lists is null ? null : RevocationOf(certificate, chain.ChainElements[Math.Min(1, chain.ChainElements.Count - 1)].Certificate);
    }

    private string? RevocationOf(X509Certificate2 certificate, X509Certificate2 issuer)
    {
        var now = time.GetUtcNow();
        var isCovered = false;
        foreach (var list in lists!)
        {
            if (!list.Issuer.AsSpan().SequenceEqual(certificate.IssuerName.RawData) || !IsSigned(list, issuer))
            {
                continue;
            }

            if (list.Contains(certificate))
            {
                return "its certificate is revoked";
            }

            isCovered |= list.From <= now && now < list.Until;
        }

        return isCovered ? null : "CrlFile has no list of its CA that is valid now";
    }

    private bool IsSigned(RevocationList list, X509Certificate2 issuer) =>
        _signatures.GetOrAdd((list, issuer.Thumbprint), static (key, authority) => key.List.IsSignedBy(authority), issuer);
}
