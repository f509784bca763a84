using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Godwit.Cli.Tests.Support;

namespace Godwit.Cli.Tests;

/// <summary>
/// Every kind of secret is planted in a broker that runs as a process, and every way to show it is taken: nothing of it is in what the process
/// prints, at any level and in any format. Topics and names are no secrets, and show that the lines are there.
/// </summary>
public sealed class CanaryTests : IDisposable
{
    private const string Canary = "canary";
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("godwit-secrets-");

    public static TheoryData<string, string> Logs =>
        new(from row in (string[])["text trace", "json trace", "systemd trace", "mosquitto trace", "text debug", "text info", "text warn", "text error"] select (row.Split(' ')[0], row.Split(' ')[1]));

    [Theory, MemberData(nameof(Logs))]
    public async Task No_secret_is_printed(string format, string level)
    {
        Plant();
        using var godwit = GodwitProcess.Start("serve", "-c", PathOf("godwit.json"), "--set", $"Log:Format={format}", "--set", $"Log:Level={level}");
        await godwit.PrintsAsync("mqtts 127.0.0.1:");
        using var alice = MqttSocket.Open(godwit.Port);
        alice.Send(Connect("alice", "canary-right", will: true));
        Assert.Equal(0, alice.Receive()[3]);

        LogInWrongly(godwit.Port);
        UseIt(alice);
        godwit.Signal("HUP");
        godwit.Signal("TERM");
        Assert.Equal(0, await godwit.ExitAsync());

        var all = godwit.Output + godwit.Errors;
        Assert.DoesNotContain(Canary, all, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes(Canary)), all, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToHexString(Encoding.UTF8.GetBytes(Canary)), all, StringComparison.OrdinalIgnoreCase);
        Assert.True(level is "warn" or "error" || all.Contains("bob", StringComparison.Ordinal), all);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    /// <summary>With what is wrong for every source, in both versions of the protocol.</summary>
    private static void LogInWrongly(int port)
    {
        var token = $"{Part("""{"alg":"HS256"}""")}.{Part("""{"sub":"canary-claim"}""")}.{Part("canary-signature")}";
        foreach (var password in (string[])["canary-wrong", token, "canary\n\0"])
        {
            foreach (var isOld in (bool[])[false, true])
            {
                using var socket = MqttSocket.Open(port);
                socket.Send(Connect("bob", password, will: true, isOld));
                Assert.NotEqual(0, socket.Receive()[3]);
            }
        }

        using var scram = MqttSocket.Open(port);
        byte[] properties = [0x15, .. Field("SCRAM-SHA-256"), 0x16, .. Field("n,,n=bob,r=canarynonce")];
        byte[] body = [0, 4, .. "MQTT"u8, 5, 0x02, 0, 60, (byte)properties.Length, .. properties, .. Field("scram")];
        scram.Send([0x10, (byte)body.Length, .. body]);
        Assert.Equal(0xF0, scram.Receive()[0]);                                        // AUTH, the challenge
        byte[] answer = [0x15, .. Field("SCRAM-SHA-256"), 0x16, .. Field("c=biws,r=canarynonce,p=canaryproof")];
        scram.Send([0xF0, (byte)(answer.Length + 2), 0x18, (byte)answer.Length, .. answer]);
        Assert.NotEqual(0, scram.Receive()[0]);

        using var broken = MqttSocket.Open(port);
        broken.Send([0x10, 20, 0, 4, .. "MQTT"u8, 5, 0xC3, .. "canary-canary"u8]);      // malformed: a reserved flag
        broken.Receive();
    }

    /// <summary>Payloads that are accepted, denied and not understood, and a property; the will is published at the end.</summary>
    private static void UseIt(MqttSocket client)
    {
        foreach (var topic in (string[])["open", "closed", "$SYS/broker/x"])
        {
            client.Send(Publish(topic, "canary-payload"));
            client.Receive();
        }

        client.Send([0x82, 8, 0, 1, 0, .. Field("o/#"), 0]);
        client.Receive();
        client.Send([0x36, 19, .. Field("t"), .. "canary-malformed"u8]);                // QoS 3
        client.Receive();
    }

    private static byte[] Publish(string topic, string payload)
    {
        byte[] body = [.. Field(topic), 0, 7, (byte)Property.Length, .. Property, .. Encoding.UTF8.GetBytes(payload)];
        return [0x33, (byte)body.Length, .. body];                                      // QoS 1, retained
    }

    private static byte[] Property => [0x26, .. Field("k"), .. Field("canary-property"), 0x09, .. Field("canary-correlation")];

    private static byte[] Connect(string userName, string password, bool will, bool isOld = false)
    {
        byte[] none = isOld ? [] : [0];
        byte[] willBytes = will ? [.. none, .. Field("will"), .. Field("canary-will")] : [];
        byte[] body = [0, 4, .. "MQTT"u8, (byte)(isOld ? 4 : 5), (byte)(will ? 0xC6 : 0xC2), 0, 60, .. none, .. Field($"c-{userName}"), .. willBytes, .. Field(userName), .. Field(password)];
        return body.Length < 128 ? [0x10, (byte)body.Length, .. body] : [0x10, (byte)((body.Length % 128) | 0x80), (byte)(body.Length / 128), .. body];
    }

    private static byte[] Field(string text) => [(byte)(text.Length >> 8), (byte)text.Length, .. Encoding.UTF8.GetBytes(text)];

    private static string Part(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private void Plant()
    {
        File.WriteAllText(PathOf("users"), $"alice:{Hash("canary-right")}\n");
        File.WriteAllText(PathOf("scram"), "");
        File.WriteAllText(PathOf("secret"), "canary-secret-of-at-least-32-bytes");
        File.WriteAllText(PathOf("token"), "canary-token\n");
        File.WriteAllText(PathOf("database"), "canary-database\n");
        File.WriteAllText(PathOf("keypassword"), "canary-key\n");
        WriteCertificate();
        File.WriteAllText(PathOf("godwit.json"), """
            {
              "Listeners": [ { "Port": 0 }, { "Port": 0, "Tls": { "CertificateFile": "server.crt", "KeyFile": "server.key", "KeyPasswordFile": "keypassword" } } ],
              "Authentication": {
                "PasswordFile": "users", "FailuresMax": 0,
                "Sources": [
                  { "Kind": "Scram", "File": "scram" },
                  { "Kind": "Jwt", "Jwt": { "SecretFile": "secret", "Algorithms": ["HS256"] } },
                  { "Kind": "Http", "Http": { "Url": "http://127.0.0.1:1/nobody-listens", "TokenFile": "token" } },
                  { "Kind": "Postgres", "Postgres": { "Connection": "Host=127.0.0.1;Port=1;Username=godwit;Database=godwit", "PasswordFile": "database" } }
                ]
              },
              "Acl": { "Rules": [ { "Deny": "publish", "Topics": ["closed"] }, { "Allow": "all" } ] },
              "Store": { "Durability": "memory" }
            }
            """);
    }

    private void WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(90));
        File.WriteAllText(PathOf("server.crt"), certificate.ExportCertificatePem());
        var parameters = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, iterationCount: 1_000);
        File.WriteAllText(PathOf("server.key"), key.ExportEncryptedPkcs8PrivateKeyPem("canary-key", parameters));
    }

    private static string Hash(string password)
    {
        var hash = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), new byte[12], 1_000, HashAlgorithmName.SHA512, 64);
        return $"$7$1000${Convert.ToBase64String(new byte[12])}${Convert.ToBase64String(hash)}";
    }

    private string PathOf(string name) => Path.Combine(_directory.FullName, name);
}
