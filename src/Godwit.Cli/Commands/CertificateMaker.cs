using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Godwit.Cli.Commands;

/// <summary>A certificate that is to be made: ECDSA on P-256, which every client of today knows and small ones compute quickly.</summary>
internal sealed class CertificateMaker
{
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");
    private static readonly TimeSpan ClockDifference = TimeSpan.FromHours(1);       // clients whose clock is late

    private readonly string _name;
    private readonly int _days;
    private readonly Action<CertificateRequest> _extend;

    private CertificateMaker(string name, int days, bool isAuthority, Action<CertificateRequest> extend) =>
        (_name, _days, IsAuthority, _extend) = (name, days, isAuthority, extend);

    /// <summary>It signs itself.</summary>
    internal bool IsAuthority { get; }

    internal static CertificateMaker Authority(string name, int days) => new(name, days, isAuthority: true, request =>
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
    });

    internal static CertificateMaker Server(IReadOnlyList<string> hosts, int days) => new(hosts[0], days, isAuthority: false, request =>
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
        {
            if (IPAddress.TryParse(host, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(host);
            }
        }

        request.CertificateExtensions.Add(names.Build());
        AddUsage(request, ServerAuthentication);
    });

    internal static CertificateMaker Client(string name, int days) =>
        new(name, days, isAuthority: false, request => AddUsage(request, ClientAuthentication));

    /// <summary>Makes it.</summary>
    /// <param name="authority">The CA with its key; null: it signs itself.</param>
    /// <returns>PEM of the certificate and of its key.</returns>
    internal (string Certificate, string Key) Make(X509Certificate2? authority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(_name);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        _extend(request);
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var (from, until) = (DateTimeOffset.UtcNow - ClockDifference, DateTimeOffset.UtcNow.AddDays(_days));
        if (authority is null)
        {
            using var own = request.CreateSelfSigned(from, until);
            return (own.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
        }

        var end = new DateTimeOffset(authority.NotAfter);
        until = until > end ? end : until;          // nobody believes it longer than its CA

        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7F;                          // a positive number
        using var signed = request.Create(authority, from, until, serial);
        return (signed.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    private static void AddUsage(CertificateRequest request, Oid purpose)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([purpose], critical: false));
    }
}
