using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Godwit.Cli.Tests.Support;

namespace Godwit.Cli.Tests;

/// <summary>What a broker refuses to open by accident, and what its table says of what is open, as a process.</summary>
public sealed class OpenDoorTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("godwit-door-");

    [Theory, Spec("Hostile-48")]
    [InlineData("--bind", "0.0.0.0", "because there are no users yet", "--allow-anonymous")]
    [InlineData("--bind", "::", "because there are no users yet", "--allow-anonymous")]
    [InlineData("--set", "Listeners:0:Addresses=0.0.0.0", "would be reached from other machines without encryption", "AllowPlainText")]
    [InlineData("--set", "Listeners:0:Addresses=127.0.0.1,192.0.2.1", "would be reached from other machines without encryption", "AllowPlainText")]
    public async Task Everybody_beyond_this_machine_needs_a_word(string option, string value, string refusal, string word)
    {
        var (exitCode, output, errors) = await GodwitProcess.RunAsync("serve", "--durability", "memory", "-p", "0", option, value);

        Assert.Equal(2, exitCode);
        Assert.DoesNotContain("mqtt  ", output);
        Assert.Contains(refusal, errors);
        Assert.Contains(word, errors[errors.IndexOf(refusal, StringComparison.Ordinal)..]);
    }

    [Fact, Spec("Hostile-48", "Hostile-50")]
    public async Task A_certificate_is_no_user_and_a_user_is_no_certificate()
    {
        WriteCertificate();
        File.WriteAllText(PathOf("users"), "");
        const string Tls = """ "Tls": { "CertificateFile": "server.crt", "KeyFile": "server.key" } """;

        Assert.Contains("everybody who can reach it", await ErrorsOfAsync($$"""{ "Listeners": [ { "Port": 0, "Addresses": ["0.0.0.0"], {{Tls}} } ] }"""));
        Assert.Contains("AllowPlainText", await ErrorsOfAsync("""{ "Listeners": [ { "Port": 0, "Addresses": ["0.0.0.0"] } ], "Authentication": { "PasswordFile": "users" } }"""));
        Assert.Equal("", await ErrorsOfAsync($$"""{ "Listeners": [ { "Port": 0, "Addresses": ["0.0.0.0"], {{Tls}} } ], "Authentication": { "PasswordFile": "users" } }"""));
    }

    [Fact, Spec("Hostile-50")]
    public async Task The_table_of_the_start_has_each_listener_with_encrypted_or_not_and_none_that_nobody_named()
    {
        WriteCertificate();
        const string Tls = """ "Tls": { "CertificateFile": "server.crt", "KeyFile": "server.key" } """;
        File.WriteAllText(PathOf("godwit.json"), $$"""{ "Listeners": [ { "Port": 0, {{Tls}} } ], "Store": { "Durability": "memory" } }""");
        using (var one = GodwitProcess.Start("serve", "-c", PathOf("godwit.json")))
        {
            await one.PrintsAsync("mqtts 127.0.0.1:");
            Assert.DoesNotContain("not encrypted", one.Output);
            Assert.DoesNotContain("mqtt  ", one.Output);
        }

        File.WriteAllText(PathOf("godwit.json"), $$"""{ "Listeners": [ { "Port": 0, {{Tls}} }, { "Port": 0 }, { "Port": 0, "Protocol": "WebSocket" } ], "Store": { "Durability": "memory" } }""");
        using var all = GodwitProcess.Start("serve", "-c", PathOf("godwit.json"));
        await all.PrintsAsync("ws ");
        Assert.Matches("mqtts +127.0.0.1:[0-9]+ +encrypted +everyone on this machine", all.Output);
        Assert.Matches("mqtt +127.0.0.1:[0-9]+ +not encrypted +everyone on this machine", all.Output);
        Assert.Matches("ws +127.0.0.1:[0-9]+ +not encrypted +everyone on this machine", all.Output);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private async Task<string> ErrorsOfAsync(string json)
    {
        File.WriteAllText(PathOf("godwit.json"), json);
        return (await GodwitProcess.RunAsync("serve", "-c", PathOf("godwit.json"), "--durability", "memory", "--test-config")).Errors;
    }

    private void WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(90));
        File.WriteAllText(PathOf("server.crt"), certificate.ExportCertificatePem());
        File.WriteAllText(PathOf("server.key"), key.ExportPkcs8PrivateKeyPem());
    }

    private string PathOf(string name) => Path.Combine(_directory.FullName, name);
}
