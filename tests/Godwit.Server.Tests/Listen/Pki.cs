using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;

namespace Godwit.Server.Tests.Listen;

/// <summary>Certificates made by OpenSSL, once for all tests: a CA, a server, clients good and bad, a revocation list.</summary>
internal sealed class Pki : IDisposable
{
    private static readonly Lazy<Pki> Made = new(() => new Pki());

    private Pki()
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("godwit-pki-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
        File.WriteAllText(At("ca.cnf"), CaConfiguration);
        File.WriteAllText(At("index.txt"), "");
        File.WriteAllText(At("index.txt.attr"), "unique_subject = no\n");
        File.WriteAllText(At("serial"), "1000\n");
        File.WriteAllText(At("crlnumber"), "01\n");
        Authority("ca", "/CN=Test CA");
        Authority("other-ca", "/CN=Other CA");
        Issue("server", "/CN=localhost", "server");
        Issue("server2", "/CN=second.example", "server2");
        Issue("client", "/O=Example/CN=sensor 7", "client");
        Issue("revoked", "/CN=revoked", "client");
        Issue("expired", "/CN=expired", "client", "-startdate", "20200101000000Z", "-enddate", "20200201000000Z");
        Issue("stranger", "/CN=sensor 7", "client", "-cert", At("other-ca.pem"), "-keyfile", At("other-ca.key"));
        Issue("twice", "/CN=admin/CN=sensor 7", "client");
        Run("ca", "-config", At("ca.cnf"), "-revoke", At("revoked.pem"));
        Run("ca", "-config", At("ca.cnf"), "-gencrl", "-crldays", "30", "-out", At("crl.pem"));
        Run("ca", "-config", At("ca.cnf"), "-gencrl", "-crl_lastupdate", "20200101000000Z", "-crl_nextupdate", "20200201000000Z", "-out", At("old-crl.pem"));
        Run("ca", "-config", At("ca.cnf"), "-gencrl", "-crldays", "30", "-cert", At("other-ca.pem"), "-keyfile", At("other-ca.key"), "-out", At("other-crl.pem"));
    }

    public static Pki Instance => Made.Value;

    public string Directory { get; }

    public string At(string name) => Path.Combine(Directory, name);

    public X509Certificate2 Certificate(string name) =>
        X509Certificate2.CreateFromPemFile(At(name + ".pem"), At(name + ".key"));

    /// <summary>Runs openssl; a failure shows what it has said.</summary>
    public static void Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("openssl", arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        var said = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"openssl {string.Join(' ', arguments)}: {said.Result}");
    }

    /// <summary>Makes a certificate with its key as NAME.pem and NAME.key.</summary>
    public void Issue(string name, string subject, string extensions, params string[] more)
    {
        Run("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", subject, "-keyout", At(name + ".key"), "-out", At(name + ".csr"));
        Run(["ca", "-config", At("ca.cnf"), "-batch", "-notext", "-preserveDN", "-days", "365", "-extensions", extensions, "-in", At(name + ".csr"), "-out", At(name + ".pem"), .. more]);
    }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);

    private void Authority(string name, string subject) =>
        Run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3650", "-subj", subject, "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-keyout", At(name + ".key"), "-out", At(name + ".pem"));

    private string CaConfiguration => $"""
        [ca]
        default_ca = test
        [test]
        database = {At("index.txt")}
        new_certs_dir = {Directory}
        serial = {At("serial")}
        crlnumber = {At("crlnumber")}
        certificate = {At("ca.pem")}
        private_key = {At("ca.key")}
        default_md = sha256
        policy = any
        [any]
        countryName = optional
        organizationName = optional
        commonName = supplied
        [server]
        extendedKeyUsage = serverAuth
        subjectAltName = DNS:localhost,IP:127.0.0.1
        [server2]
        extendedKeyUsage = serverAuth
        subjectAltName = DNS:second.example,DNS:*.wild.example,DNS:localhost
        [client]
        extendedKeyUsage = clientAuth
        """;
}
