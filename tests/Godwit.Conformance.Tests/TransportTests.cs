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
    [Fact, Spec("Trap-98", "Trap-99", "R1")]
    public async Task No_check_fails()
    {
        using var directory = new TemporaryDirectory();
        var tls = MakeCertificate(directory);
        var mqtts = new ListenerOptions { Port = 0, Addresses = [IPAddress.Loopback], Tls = tls };
        var ws = new ListenerOptions { Port = 0, Addresses = [IPAddress.Loopback], Protocol = ListenerProtocol.WebSocket };
        var wss = new ListenerOptions { Port = 0, Addresses = [IPAddress.Loopback], Protocol = ListenerProtocol.WebSocket, Tls = tls };
        var trust = new TlsTrust { IsBlind = true };

        // At once, each with a broker of its own: a run waits more than it works.
        var failures = await Task.WhenAll(
            JudgeAsync(mqtts, port => Endpoint.Tls("127.0.0.1", port, trust)),
            JudgeAsync(ws, port => Endpoint.WebSocket(new Uri($"ws://127.0.0.1:{port}/mqtt"), trust)),
            JudgeAsync(wss, port => Endpoint.WebSocket(new Uri($"wss://127.0.0.1:{port}/mqtt"), trust)));

        Assert.True(failures.All(failure => failure.Length == 0), string.Join("\n", failures));
    }

    private async Task<string> JudgeAsync(ListenerOptions listener, Func<int, Endpoint> endpointOf)
    {
        var options = new ServerOptions();
        options.Listeners.Add(listener);
        await using var server = await GodwitServer.StartAsync(options, NullLoggerFactory.Instance);
        var endpoint = endpointOf(server.Listeners[0].EndPoint.Port);
        var results = await new CheckRunner(endpoint, new RunnerOptions()).RunAsync(CheckCatalog.All, cancellationToken: TestContext.Current.CancellationToken);
        output.WriteLine($"{endpoint.Name}: {results.Count(result => result.Outcome == CheckOutcome.Passed)} passed");
        Assert.All(
            [ProtocolVersion.Mqtt31, ProtocolVersion.Mqtt311, ProtocolVersion.Mqtt5],
            version => Assert.Contains(results, result => result.Check.Version == version && result.Outcome == CheckOutcome.Passed));
        return string.Join("\n", results
            .Where(result => result.Outcome is CheckOutcome.Failed or CheckOutcome.NotRun)
            .Select(result => $"{endpoint.Name} {result.Check.FullName}: sent {result.Sent}; expected {result.Expected}; came {result.Came}{result.Reason}"));
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
