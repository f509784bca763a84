using System.Diagnostics;
using System.Globalization;
using Godwit.Server.Listeners;
using Godwit.Server.Tests.Support;

namespace Godwit.Server.Tests.Listen;

/// <summary>Debian's mosquitto_pub and mosquitto_sub over TLS.</summary>
public sealed class MosquittoToolsTests
{
    [Theory, Spec("Trap-99")]
    [InlineData("tlsv1.2", false)]
    [InlineData("tlsv1.3", false)]
    [InlineData("tlsv1.3", true)]
    public async Task What_one_publishes_the_other_prints(string version, bool withCertificate)
    {
        await using var server = await StartAsync(withCertificate);
        using var subscriber = Start("mosquitto_sub", server, withCertificate, "-t", "a", "-C", "1", "-W", "3", "--tls-version", version);
        await server.LogsAsync("\"a\" granted QoS 0");

        using var publisher = Start("mosquitto_pub", server, withCertificate, "-t", "a", "-m", "hello", "--tls-version", version, "--tls-alpn", "mqtt");
        await publisher.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(RawClient.Patience, TestContext.Current.CancellationToken);

        Assert.Equal(0, publisher.ExitCode);
        Assert.Contains("hello", await subscriber.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact, Spec("Trap-99")]
    public async Task Without_the_certificate_that_is_required_it_does_not_come_in()
    {
        await using var server = await StartAsync(withCertificate: true);

        using var publisher = Start("mosquitto_pub", server, withCertificate: false, "-t", "a", "-m", "hello", "-q", "1");
        await publisher.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(RawClient.Patience, TestContext.Current.CancellationToken);

        Assert.NotEqual(0, publisher.ExitCode);
        await server.LogsAsync("it shows no certificate");
    }

    private static Task<ListenServer> StartAsync(bool withCertificate) => ListenServer.StartAsync(ListenServer.Tls(tls =>
    {
        if (withCertificate)
        {
            (tls.ClientCertificate, tls.ClientCaFile) = (ClientCertificateMode.Required, Pki.Instance.At("ca.pem"));
        }
    }));

    private static Process Start(string tool, ListenServer server, bool withCertificate, params string[] arguments)
    {
        if (!File.Exists("/usr/bin/" + tool))
        {
            Assert.Skip($"'{tool}' is not installed (Debian package mosquitto-clients)");
        }

        string[] identity = withCertificate ? ["--cert", Pki.Instance.At("client.pem"), "--key", Pki.Instance.At("client.key")] : [];
        return Process.Start(new ProcessStartInfo(
            "/usr/bin/" + tool,
            ["-h", "localhost", "-p", server[0].Port.ToString(CultureInfo.InvariantCulture), "--cafile", Pki.Instance.At("ca.pem"), .. identity, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }
}
