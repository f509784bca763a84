using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using Godwit.Broker.Security;
using Godwit.Protocol;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Hosting;
using Godwit.Server.Listeners;
using Godwit.Server.Security.Authentication;
using Godwit.Server.Security.Authentication.Certificates;

namespace Godwit.Server.Tests.Listen;

public sealed class ClientCertificateTests
{
    public static TheoryData<ListenerProtocol> Protocols => [ListenerProtocol.Mqtt, ListenerProtocol.WebSocket];

    [Theory, MemberData(nameof(Protocols)), Spec("Hostile-52", "Trap-99")]
    public async Task Without_a_certificate_that_is_good_there_is_no_connection_on_any_transport(ListenerProtocol protocol)
    {
        await using var server = await StartAsync(protocol, ClientCertificateMode.Required, "crl.pem");

        Assert.Equal("in", await TryAsync(server, protocol, "client"));
        foreach (var bad in (string?[])[null, "revoked", "expired", "stranger", "server"])
        {
            Assert.Equal("out", await TryAsync(server, protocol, bad));
        }

        await server.LogsAsync("it shows no certificate");
        await server.LogsAsync("its certificate is revoked");
        await server.LogsAsync("NotTimeValid");
    }

    [Theory, MemberData(nameof(Protocols)), Spec("Trap-99")]
    public async Task Where_a_certificate_is_optional_one_that_is_shown_must_be_good(ListenerProtocol protocol)
    {
        await using var server = await StartAsync(protocol, ClientCertificateMode.Optional, "crl.pem");

        Assert.Equal("in", await TryAsync(server, protocol, null));
        Assert.Equal("in", await TryAsync(server, protocol, "client"));
        Assert.Equal("out", await TryAsync(server, protocol, "stranger"));
    }

    [Fact, Spec("Hostile-52")]
    public async Task A_revocation_list_that_has_expired_lets_nobody_in()
    {
        await using var server = await StartAsync(ListenerProtocol.Mqtt, ClientCertificateMode.Required, "old-crl.pem");

        Assert.Equal("out", await TryAsync(server, ListenerProtocol.Mqtt, "client"));
        await server.LogsAsync("no list of its CA that is valid now");
    }

    [Fact]
    public async Task A_revocation_list_that_the_CA_has_not_signed_is_refused_at_start()
    {
        var path = Path.Combine(Pki.Instance.Directory, $"{Guid.NewGuid():N}.pem");
        var bytes = Convert.FromBase64String(string.Concat(File.ReadAllLines(Pki.Instance.At("crl.pem")).Where(line => !line.StartsWith('-'))));
        bytes[^1] ^= 1;
        await File.WriteAllTextAsync(path, System.Security.Cryptography.PemEncoding.WriteString("X509 CRL", bytes), TestContext.Current.CancellationToken);

        var failure = await Assert.ThrowsAsync<ServerStartException>(() => StartAsync(ListenerProtocol.Mqtt, ClientCertificateMode.Required, path));

        Assert.Equal(2, failure.ExitCode);
        Assert.Contains("the list of CN=Test CA is not signed by that CA", failure.Message);
    }

    [Theory, MemberData(nameof(Protocols)), Spec("Trap-99")]
    public async Task Authentication_is_shown_the_certificate_and_its_name(ListenerProtocol protocol)
    {
        var asked = new List<(string? Common, string? Subject)>();
        var stub = new StubAuthentication(request =>
        {
            lock (asked)
            {
                asked.Add((UserNameOf(request.Certificate!, CertificateName.CommonName), UserNameOf(request.Certificate!, CertificateName.Subject)));
            }

            return new AuthenticationResult(ConnackReasonCode.Success, new Identity { UserName = "x" }, "");
        });
        await using var server = await StartAsync(protocol, ClientCertificateMode.Required, "crl.pem", stub);

        Assert.Equal("in", await TryAsync(server, protocol, "client"));

        Assert.Equal([("sensor 7", "CN=sensor 7,O=Example")], asked);
    }

    [Fact, Spec("Hostile-52")]
    public void A_subject_with_two_common_names_is_nobody()
    {
        using var certificate = Pki.Instance.Certificate("twice");

        Assert.Null(UserNameOf(certificate, CertificateName.CommonName));
        Assert.Equal("CN=sensor 7,CN=admin", UserNameOf(certificate, CertificateName.Subject));
    }

    [Theory, Spec("Hostile-52")]
    [InlineData("CN=\"a,CN=admin\"", "a,CN=admin", "CN=a\\,CN=admin")]
    [InlineData("CN=\" x \"", " x ", "CN=\\ x\\ ")]
    [InlineData("O=only", null, "O=only")]
    public void A_value_cannot_pretend_to_be_another_attribute(string subject, string? common, string whole)
    {
        using var key = System.Security.Cryptography.ECDsa.Create();
        using var certificate = new CertificateRequest(subject, key, System.Security.Cryptography.HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));

        Assert.Equal(common, UserNameOf(certificate, CertificateName.CommonName));
        Assert.Equal(whole, UserNameOf(certificate, CertificateName.Subject));
    }

    /// <summary>Who the broker says it is; null: it lets nobody in with it.</summary>
    private static string? UserNameOf(X509Certificate2 certificate, CertificateName name)
    {
        var listener = new ListenerOptions { Tls = new TlsOptions { CertificateFile = "", KeyFile = "", UserNameFrom = name } };
        var request = new AuthenticationRequest("c", ProtocolVersion.Mqtt5, UserName: null, Password: null, Address: null, listener, certificate, CertificateSubject: null, Method: null, Data: default);
        return CertificateAuthenticator.Authenticate(request).Identity?.UserName;
    }

    private static Task<ListenServer> StartAsync(
        ListenerProtocol protocol, ClientCertificateMode mode, string list, IAuthentication? authentication = null)
    {
        var listener = ListenServer.Tls(tls =>
        {
            tls.ClientCertificate = mode;
            tls.ClientCaFile = Pki.Instance.At("ca.pem");
            tls.CrlFile = Pki.Instance.At(list);
        });
        listener.Protocol = protocol;
        return ListenServer.StartAsync(new ServerSecurity { AuthenticationOf = _ => authentication }, _ => { }, listener);
    }

    /// <summary>Connects as far as CONNACK.</summary>
    private static async Task<string> TryAsync(ListenServer server, ListenerProtocol protocol, string? name)
    {
        using var certificate = name is null ? null : Pki.Instance.Certificate(name);
        try
        {
            if (protocol == ListenerProtocol.Mqtt)
            {
                using var client = await new StreamClient(await StreamClient.OpenTlsAsync(server[0], certificate)).ConnectAsync("client");
                return "in";
            }

            using var web = await WebSocketClient.OpenAsync(server[0], tls: certificate is null ? [] : [certificate]);
            await web.Packets.ConnectAsync("client");
            return "in";
        }
        catch (Exception exception) when (exception is IOException or System.Security.Authentication.AuthenticationException or WebSocketException or Xunit.Sdk.XunitException)
        {
            return "out";
        }
    }
}
