using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Godwit.Client.Tests.Harness;

/// <summary>A CA that lives for one test.</summary>
public sealed class TlsMaker : IDisposable
{
    private readonly X509Certificate2 _authority;

    public TlsMaker()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test CA", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(2));
    }

    /// <summary>What a client that believes this CA is given.</summary>
    public MqttTlsOptions Tls => new() { Authorities = [X509CertificateLoader.LoadCertificate(_authority.RawData)] };

    /// <summary>A certificate with this name, and its key.</summary>
    public X509Certificate2 Make(string name, bool isExpired = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        var end = DateTimeOffset.UtcNow.AddDays(isExpired ? -1 : 1);
        using var certificate = request.Create(_authority, DateTimeOffset.UtcNow.AddDays(-2), end, RandomNumberGenerator.GetBytes(8));
        return certificate.CopyWithPrivateKey(key);
    }

    public void Dispose() => _authority.Dispose();
}
