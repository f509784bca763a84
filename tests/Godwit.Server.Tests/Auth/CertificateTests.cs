using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Listeners;
using Godwit.Server.Security.Authentication.Certificates;
using Godwit.Server.Tests.Auth.Support;

namespace Godwit.Server.Tests.Auth;

/// <summary>User names from certificates that OpenSSL has made.</summary>
public sealed class CertificateTests : IDisposable
{
    private readonly AuthWorld _world = new();

    public static bool HasOpenSsl => File.Exists("/usr/bin/openssl");

    [Theory(SkipUnless = nameof(HasOpenSsl), Skip = "openssl is not installed")]
    [InlineData("/CN=sensor-7")]
    [InlineData("/C=GB/ST=Nottinghamshire/L=Nottingham/O=Server/OU=Production/CN=test client")]
    [InlineData("/CN=a,b\\+c\\\\d;e<f>g\"h")]
    [InlineData("/O=#first/CN= blanks ")]
    [InlineData("/O=Zoë/CN=größe €")]
    [InlineData("/DC=org/DC=example/UID=u1/emailAddress=a@example.org/CN=many")]
    [InlineData("/O=x+OU=y/CN=multi")]
    [InlineData("/businessCategory=odd/CN=oid")]
    public void The_subject_is_written_as_OpenSSL_and_Mosquitto_write_it(string subject)
    {
        using var certificate = Make(subject);
        var theirs = OpenSsl("x509", "-in", _world.PathOf("cert"), "-noout", "-subject", "-nameopt", "RFC2253")["subject=".Length..].TrimEnd('\n');

        Assert.True(SubjectName.TryParse(certificate.SubjectName.RawData, out var ours));

        Assert.Equal(theirs.Replace("businessCategory=odd", "2.5.4.15=#0C036F6464", StringComparison.Ordinal), ours.ToString());
        Assert.Single(ours.CommonNames);
    }

    [Theory(SkipUnless = nameof(HasOpenSsl), Skip = "openssl is not installed")]
    [InlineData("/O=x/CN=sensor 7", CertificateName.CommonName, "sensor 7")]
    [InlineData("/O=x/CN=sensor 7", CertificateName.Subject, "CN=sensor 7,O=x")]
    [InlineData("/CN=a,CN=admin", CertificateName.CommonName, "a,CN=admin")]
    [InlineData("/CN=a,CN=admin", CertificateName.Subject, "CN=a\\,CN\\=admin")]
    [InlineData("/O=x", CertificateName.CommonName, null)]
    [InlineData("/CN=one/CN=two", CertificateName.CommonName, null)]
    public async Task The_certificate_names_the_user_and_CONNECT_does_not(string subject, CertificateName from, string? user)
    {
        using var certificate = Make(subject);
        _world.Settings.PasswordFile = _world.WritePasswords("passwd", ("admin", "secret"));
        _world.Listener.Tls = new TlsOptions { UserNameFrom = from };

        var result = await _world.LogInAsync(_world.Request("admin", "secret") with { Certificate = certificate });

        Assert.Equal(user?.Replace("\\=", "=", StringComparison.Ordinal), result.Identity?.UserName);
        Assert.Equal(user is null ? ConnackReasonCode.BadUserNameOrPassword : ConnackReasonCode.Success, result.Code);
    }

    [Fact]
    public async Task Without_a_certificate_nobody_comes_in_there()
    {
        _world.Listener.Tls = new TlsOptions { UserNameFrom = CertificateName.CommonName };
        _world.Listener.AllowAnonymous = true;

        Assert.Equal(ConnackReasonCode.BadUserNameOrPassword, (await _world.LogInAsync("admin", "secret")).Code);
        Assert.Equal(ConnackReasonCode.BadUserNameOrPassword, (await _world.LogInAsync(user: null, password: null)).Code);
        Assert.False(_world.Service.IsOpen);
    }

    [Fact]
    public async Task A_trusted_proxy_may_name_the_common_name()
    {
        _world.Listener.Tls = new TlsOptions { UserNameFrom = CertificateName.CommonName };

        Assert.Equal("sensor", (await _world.LogInAsync(_world.Request("admin", "x") with { CertificateSubject = "sensor" })).Identity?.UserName);
        _world.Listener.Tls.UserNameFrom = CertificateName.Subject;
        Assert.False((await _world.LogInAsync(_world.Request("admin", "x") with { CertificateSubject = "sensor" })).IsAccepted);
    }

    [Theory]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    public async Task A_name_with_control_characters_is_no_name(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var builder = new X500DistinguishedNameBuilder();
        builder.AddCommonName(name);
        using var certificate = new CertificateRequest(builder.Build(), key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        _world.Listener.Tls = new TlsOptions { UserNameFrom = CertificateName.CommonName };

        Assert.False((await _world.LogInAsync(_world.Request(user: null, password: null) with { Certificate = certificate })).IsAccepted);
    }

    public void Dispose() => _world.Dispose();

    private X509Certificate2 Make(string subject)
    {
        OpenSsl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-utf8", "-multivalue-rdn", "-days", "1", "-subj", subject, "-keyout", _world.PathOf("key"), "-out", _world.PathOf("cert"));
        return X509CertificateLoader.LoadCertificateFromFile(_world.PathOf("cert"));
    }

    private static string OpenSsl(params string[] args)
    {
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/openssl", args) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(10)));
        Assert.True(process.ExitCode == 0, errors.Result);
        return output;
    }
}
