using System.Net;
using Godwit.Conformance.Running;
using Godwit.Conformance.Wire;
using Godwit.Protocol;
using Godwit.Server.Hosting;
using Godwit.Server.Listeners;
using Godwit.Testing.Running;
using Microsoft.Extensions.Logging.Abstractions;

namespace Godwit.Conformance.Tests;

/// <summary>The whole suite over TLS, over WebSocket and over both: what is below MQTT changes nothing in it.</summary>
public sealed class TransportTests(ITestOutputHelper output)
{
    [Theory, Spec("Trap-98", "Trap-99")]
    [InlineData("mqtts")]
    [InlineData("ws")]
    [InlineData("wss")]
    public async Task No_check_fails(string scheme)
    {
        using var directory = new TemporaryDirectory();
        var options = new ServerOptions();
        options.Listeners.Add(new ListenerOptions
        {
            Port = 0,
            Addresses = [IPAddress.Loopback],
            Protocol = scheme.StartsWith('w') ? ListenerProtocol.WebSocket : ListenerProtocol.Mqtt,
            Tls = scheme.EndsWith('s') && scheme != "ws" ? MakeCertificate(directory) : null,
        });
        await using var server = await GodwitServer.StartAsync(options, NullLoggerFactory.Instance);
        var port = server.Listeners[0].EndPoint.Port;
        var trust = new TlsTrust { IsBlind = true };
        var endpoint = scheme == "mqtts" ? Endpoint.Tls("127.0.0.1", port, trust) : Endpoint.WebSocket(new Uri($"{scheme}://127.0.0.1:{port}/mqtt"), trust);

        var results = await new CheckRunner(endpoint, new RunnerOptions()).RunAsync(CheckCatalog.All, cancellationToken: TestContext.Current.CancellationToken);

        var failures = results.Where(result => result.Outcome is CheckOutcome.Failed or CheckOutcome.NotRun)
            .Select(result => $"{result.Check.FullName}: sent {result.Sent}; expected {result.Expected}; came {result.Came}{result.Reason}").ToList();
        output.WriteLine($"{results.Count(result => result.Outcome == CheckOutcome.Passed)} passed");
        Assert.True(failures.Count == 0, string.Join("\n", failures));
        Assert.All(
            [ProtocolVersion.Mqtt31, ProtocolVersion.Mqtt311, ProtocolVersion.Mqtt5],
            version => Assert.Contains(results, result => result.Check.Version == version && result.Outcome == CheckOutcome.Passed));
    }

    private static TlsOptions MakeCertificate(TemporaryDirectory directory)
    {
        using var key = System.Security.Cryptography.ECDsa.Create();
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=localhost", key, System.Security.Cryptography.HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        return new TlsOptions
        {
            CertificateFile = directory.Write("tls.pem", certificate.ExportCertificatePem()),
            KeyFile = directory.Write("tls.key", key.ExportPkcs8PrivateKeyPem()),
        };
    }
}
