using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Godwit.Server.Listeners.Tls;

/// <summary>The certificates of a listener as they were read at one moment; never changed.</summary>
/// <param name="Default">For clients that name no host, or one that is not listed.</param>
/// <param name="Named">By host name.</param>
/// <param name="Clients">Judges certificates of clients; null: they are not asked.</param>
internal sealed record TlsMaterial(
    SslStreamCertificateContext Default,
    IReadOnlyList<(string Host, SslStreamCertificateContext Identity)> Named,
    ClientCertificates? Clients)
{
    /// <summary>All certificates whose end somebody should know in time.</summary>
    internal IEnumerable<X509Certificate2> All =>
        Named.Select(named => named.Identity.TargetCertificate)
            .Prepend(Default.TargetCertificate)
            .Concat(Default.IntermediateCertificates)
            .Concat(Clients?.Authorities ?? [])
            .DistinctBy(certificate => certificate.Thumbprint, StringComparer.Ordinal);

    /// <summary>Reads the files.</summary>
    /// <exception cref="TlsFilesException">One of them cannot be used.</exception>
    internal static TlsMaterial Read(TlsOptions options, TimeProvider time)
    {
        try
        {
            return new TlsMaterial(
                PemFiles.ReadIdentity(options.CertificateFile, options.KeyFile, options.KeyPasswordFile),
                [.. options.Sni.Select(sni => (sni.Host, PemFiles.ReadIdentity(sni.CertificateFile, sni.KeyFile, keyPasswordFile: null)))],
                options.ClientCertificate == ClientCertificateMode.None ? null : ReadClients(options, time));
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new TlsFilesException($"{options.CertificateFile}: {exception.Message}", exception);
        }
    }

    /// <summary>The certificate for a host; an exact name goes before one with a star.</summary>
    internal SslStreamCertificateContext Find(string? host)
    {
        if (string.IsNullOrEmpty(host))
        {
            return Default;
        }

        foreach (var (name, identity) in Named)
        {
            if (name.Equals(host, StringComparison.OrdinalIgnoreCase))
            {
                return identity;
            }
        }

        var dot = host.IndexOf('.', StringComparison.Ordinal);
        foreach (var (name, identity) in Named)
        {
            if (dot > 0 && name.StartsWith("*.", StringComparison.Ordinal) && name.AsSpan(1).Equals(host.AsSpan(dot), StringComparison.OrdinalIgnoreCase))
            {
                return identity;
            }
        }

        return Default;
    }

    private static ClientCertificates ReadClients(TlsOptions options, TimeProvider time)
    {
        if (options.ClientCaFile is null)
        {
            throw new TlsFilesException("ClientCertificate asks for certificates, but ClientCaFile does not say whose. Name the file or directory with the CAs.");
        }

        var authorities = PemFiles.ReadAuthorities(options.ClientCaFile);
        var lists = options.CrlFile is null ? null : RevocationList.Read(PemFiles.ReadText(options.CrlFile, "CrlFile"), options.CrlFile);
        foreach (var list in lists ?? [])
        {
            var issuers = authorities.Where(authority => authority.SubjectName.RawData.AsSpan().SequenceEqual(list.Issuer)).ToList();
            if (issuers.Count > 0 && !issuers.Exists(list.IsSignedBy))
            {
                throw new TlsFilesException($"CrlFile {options.CrlFile}: the list of {issuers[0].Subject} is not signed by that CA.");
            }
        }

        return new ClientCertificates(authorities, lists, time);
    }
}
