using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Godwit.Mosquitto.Running;

/// <summary>A CA, a server and two clients, of which the CA has revoked one; PEM files as <c>openssl</c> writes them.</summary>
internal static class Certificates
{
    private static readonly Lazy<IReadOnlyDictionary<string, string>> All = new(Create);

    /// <summary>Writes <c>ca.crt</c>, <c>ca.crl</c>, and <c>server</c>, <c>client</c>, <c>revoked</c> and <c>stranger</c> with <c>.crt</c> and <c>.key</c>.</summary>
    internal static void WriteTo(string directory)
    {
        Directory.CreateDirectory(directory);
        foreach (var (name, pem) in All.Value)
        {
            File.WriteAllText(Path.Combine(directory, name), pem);
        }
    }

    private static Dictionary<string, string> Create()
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        using var authority = CreateAuthority("CN=Example CA");
        using var other = CreateAuthority("CN=Another CA");
        files["ca.crt"] = authority.ExportCertificatePem();
        Add(files, "server", authority, "CN=localhost", 1, isServer: true);
        Add(files, "client", authority, "CN=meter-7, O=Example", 2, isServer: false);
        Add(files, "revoked", authority, "CN=meter-8, O=Example", 3, isServer: false);
        Add(files, "stranger", other, "CN=meter-7, O=Example", 4, isServer: false);

        var revocations = new CertificateRevocationListBuilder();
        revocations.AddEntry([3], DateTimeOffset.UtcNow.AddMinutes(-5));
        var list = revocations.Build(authority, 1, DateTimeOffset.UtcNow.AddDays(30), HashAlgorithmName.SHA256, rsaSignaturePadding: null, DateTimeOffset.UtcNow.AddHours(-1));
        files["ca.crl"] = PemEncoding.WriteString("X509 CRL", list);
        return files;
    }

    private static X509Certificate2 CreateAuthority(string subject)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(90));
    }

    private static void Add(Dictionary<string, string> files, string name, X509Certificate2 authority, string subject, byte serial, bool isServer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(isServer ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2")], critical: false));
        if (isServer)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("localhost");
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
        }

        using var certificate = request.Create(authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(60), [serial]);
        files[name + ".crt"] = certificate.ExportCertificatePem();
        files[name + ".key"] = key.ExportPkcs8PrivateKeyPem();
    }
}
