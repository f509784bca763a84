using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Godwit.Compare.Brokers;

namespace Godwit.Compare.Overload;

/// <summary>The files of a listener with TLS.</summary>
/// <param name="directory">Where they are.</param>
internal sealed class TlsListener(string directory)
{
    private readonly string _certificate = Path.Combine(directory, "tls.pem");
    private readonly string _key = Path.Combine(directory, "tls.key");

    /// <summary>The command line of a broker that listens with TLS on the port of the one without.</summary>
    public (string File, IReadOnlyList<string> Arguments) Wrap(BrokerKind kind, string file, IReadOnlyList<string> arguments)
    {
        Exchange();
        if (kind == BrokerKind.Mosquitto)
        {
            File.AppendAllText(arguments[1], $"certfile {_certificate}\nkeyfile {_key}\n");
            return (file, arguments);
        }

        var port = int.Parse(arguments[2], CultureInfo.InvariantCulture);
        var configuration = Path.Combine(directory, "godwit.json");
        File.WriteAllText(configuration, $$"""
            { "Listeners": [ { "Port": {{port}}, "Addresses": ["127.0.0.1"], "Tls": { "CertificateFile": "{{_certificate}}", "KeyFile": "{{_key}}" } } ] }
            """);
        return (file, ["serve", "--config", configuration, "--quiet", "--durability", "memory"]);
    }

    /// <summary>Puts a new certificate and its key in the place of the old ones, each in one step.</summary>
    public void Exchange()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(90));
        foreach (var (path, text) in ((string, string)[])[(_certificate, certificate.ExportCertificatePem()), (_key, key.ExportPkcs8PrivateKeyPem())])
        {
            File.WriteAllText(path + ".new", text);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path + ".new", UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            File.Move(path + ".new", path, overwrite: true);
        }
    }
}
