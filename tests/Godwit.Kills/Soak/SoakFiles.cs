using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Godwit.Kills.Brokers;
using Godwit.Testing.Brokers;

namespace Godwit.Kills.Soak;

/// <summary>The files of the broker that is soaked: two listeners, a certificate and rules, of which the last two change.</summary>
/// <param name="directory">Where they are.</param>
internal sealed class SoakFiles(string directory)
{
    private int _rules;

    /// <summary>Where TLS is spoken.</summary>
    public int TlsPort { get; } = LowPort.Next();

    /// <summary>The topic that nobody may publish to, by whatever rules; and one that only some of them forbid.</summary>
    public const string Forbidden = "forbidden/always";

    /// <summary>Writes everything.</summary>
    public BrokerProgram Program() => new("godwit, soaked", GodwitProgram.Require(), (port, data) =>
    {
        WriteCertificate();
        WriteRules();
        var configuration = Path.Combine(directory, "godwit.json");
        File.WriteAllText(configuration, string.Create(CultureInfo.InvariantCulture, $$"""
            {
              "Listeners": [
                { "Port": {{port}}, "Addresses": ["127.0.0.1"] },
                { "Port": {{TlsPort}}, "Addresses": ["127.0.0.1"], "Tls": { "CertificateFile": "{{directory}}/tls.pem", "KeyFile": "{{directory}}/tls.key" } }
              ],
              "Acl": { "File": "{{directory}}/rules.json" }
            }
            """));
        return ["serve", "--config", configuration, "--quiet", "--data", data, "--durability", GodwitBroker.Sync, "--set", GodwitBroker.Boundless];
    });

    /// <summary>Another certificate with another key.</summary>
    /// <returns>Its serial number.</returns>
    public string WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(90));
        Write("tls.pem", certificate.ExportCertificatePem());
        Write("tls.key", certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        return certificate.GetSerialNumberString();
    }

    /// <summary>Other rules.</summary>
    /// <returns>A topic that they forbid and the rules before did not.</returns>
    public string WriteRules()
    {
        var topic = string.Create(CultureInfo.InvariantCulture, $"forbidden/now/{++_rules}");
        Write("rules.json", $$"""
            { "Rules": [ { "Deny": "all", "Topics": ["{{Forbidden}}", "{{topic}}"] }, { "Allow": "all", "Topics": ["#"] } ] }
            """);
        return topic;
    }

    private void Write(string name, string text)
    {
        var path = Path.Combine(directory, name);
        File.WriteAllText(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }
}
