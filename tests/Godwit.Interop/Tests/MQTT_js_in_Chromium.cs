using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Godwit.Interop.Browser;
using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Interop.Tests;

/// <summary>MQTT.js where most people run it: in a page, over WebSocket, with and without TLS.</summary>
public sealed class MQTT_js_in_Chromium
{
    [Theory, Spec("MQTT-6.0.0-1", "MQTT-6.0.0-3", "MQTT3-6.0.0-1", "MQTT3-6.0.0-3", "R4")]
    [InlineData("ws")]
    [InlineData("wss")]
    public async Task A_page_publishes_and_subscribes_in_both_versions(string scheme)
    {
        using var page = new BrowserPage();
        using var directory = new TemporaryDirectory();
        var port = FreePort.Next();
        var trustedKey = scheme == "wss" ? WriteCertificate(directory) : null;
        await using var broker = await BrokerProcess.StartConfiguredAsync(directory.Write("godwit.json", Configuration(port, page.Origin, trustedKey is not null)));
        await PublishAsync(broker.Address, "outside", "from a program");

        await using var chromium = new Chromium(page.AddressFor($"{scheme}://127.0.0.1:{port}/mqtt"), trustedKey);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadlines.StartUp);
        var result = await page.ResultAsync(deadline.Token);

        Assert.False(result.TryGetProperty("error", out var error), $"{error}; {chromium.Transcript()}");
        foreach (var session in result.GetProperty("results").EnumerateArray())
        {
            Assert.Equal(
                ["browser/0 0 12 at most once", "browser/1 1 13 at least once", "browser/2 2 12 exactly once", "browser/large 1 300000 xxxxxxxxxxxxxxxxxxxx", "outside 1 14 from a program"],
                session.GetProperty("received").EnumerateArray().Select(Describe).Order(StringComparer.Ordinal));
        }

        Assert.Equal("version 5", await ReceiveAsync(broker.Address, "kept/by/browser"));
    }

    [Fact]
    public async Task A_page_of_another_origin_is_refused()
    {
        using var page = new BrowserPage();
        using var directory = new TemporaryDirectory();
        var port = FreePort.Next();
        await using var broker = await BrokerProcess.StartConfiguredAsync(directory.Write("godwit.json", Configuration(port, "https://elsewhere.example", isEncrypted: false)));

        await using var chromium = new Chromium(page.AddressFor($"ws://127.0.0.1:{port}/mqtt"), trustedKey: null);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadlines.StartUp);
        var result = await page.ResultAsync(deadline.Token);

        Assert.True(result.TryGetProperty("error", out _), result.ToString());
    }

    private static string Configuration(int port, string origin, bool isEncrypted) => $$"""
        {
          "Listeners": [
            { "Protocol": "Mqtt", "Port": 0, "Addresses": ["127.0.0.1"] },
            {
              "Protocol": "WebSocket", "Port": {{port}}, "Addresses": ["127.0.0.1"], "Path": "/mqtt", "Origins": ["{{origin}}"]
              {{(isEncrypted ? """, "Tls": { "CertificateFile": "server.crt", "KeyFile": "server.key" }""" : "")}}
            }
          ]
        }
        """;

    /// <summary>Writes server.crt and server.key, which no authority has signed.</summary>
    /// <returns>The SHA-256 of the public key, base64.</returns>
    private static string WriteCertificate(TemporaryDirectory directory)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(90));
        directory.Write("server.crt", certificate.ExportCertificatePem());
        directory.Write("server.key", key.ExportPkcs8PrivateKeyPem());

        return Convert.ToBase64String(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
    }

    private static string Describe(JsonElement message) =>
        $"{message.GetProperty("topic")} {message.GetProperty("qos")} {message.GetProperty("size")} {message.GetProperty("start")}";

    private static async Task PublishAsync(BrokerAddress broker, string topic, string payload)
    {
        await using var run = ProgramRun.Start(
            Programs.Require("mosquitto_pub", "mosquitto-clients"), ["-h", broker.Host, "-p", $"{broker.Port}", "-t", topic, "-m", payload, "-q", "1", "-r"]);
        Assert.Equal(0, await run.EndAsync());
    }

    private static async Task<string> ReceiveAsync(BrokerAddress broker, string topic)
    {
        await using var run = ProgramRun.Start(
            Programs.Require("mosquitto_sub", "mosquitto-clients"), ["-h", broker.Host, "-p", $"{broker.Port}", "-t", topic, "-C", "1"]);
        Assert.Equal(0, await run.EndAsync());
        return run.Output.Lines.Single();
    }
}
