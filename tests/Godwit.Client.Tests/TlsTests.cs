using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using Godwit.Client.Tests.Harness;

namespace Godwit.Client.Tests;

/// <summary>Which servers a client believes. Over sockets, because the handshake is the system's; time is virtual.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TlsMaker _maker = new();
    private readonly TlsServer _server;
    private readonly ManualTime _time = new();

    public TlsTests() => _server = new TlsServer(_maker.Make("localhost"));

    private MqttClientOptions Options => new()
    {
        Server = new Uri($"mqtts://localhost:{_server.Port}"),
        ClientId = "c",
        Tls = _maker.Tls,
        TimeProvider = _time,
        Reconnect = false,
    };

    [Fact]
    public async Task A_server_of_the_CA_with_the_name_is_believed()
    {
        await using var client = new MqttClient(Options);

        await client.ConnectAsync().Soon();

        using var stream = (await _server.VisitAsync()).Stream;
        Assert.Equal(("mqtt", "localhost"), (stream.NegotiatedApplicationProtocol.ToString(), stream.TargetHostName));
        Assert.Null(stream.RemoteCertificate);
    }

    [Fact]
    public async Task The_client_shows_its_certificate()
    {
        using var certificate = _maker.Make("sensor");
        await using var client = new MqttClient(Options with { Tls = _maker.Tls with { Certificate = certificate } });

        await client.ConnectAsync().Soon();

        using var stream = (await _server.VisitAsync()).Stream;
        Assert.Equal("CN=sensor", stream.RemoteCertificate!.Subject);
    }

    [Fact, Spec("Hostile-51")]
    public async Task A_server_of_another_CA_gets_no_CONNECT_however_often_it_is_tried()
    {
        using var other = new TlsMaker();
        await using var client = new MqttClient(Options with { Tls = other.Tls });

        for (var attempt = 0; attempt < 3; attempt++)
        {
            await IsRefusedAsync(client);
        }
    }

    [Fact, Spec("Hostile-51")]
    public async Task Without_a_CA_that_counts_the_system_decides_and_does_not_know_this_server()
    {
        await using var client = new MqttClient(Options with { Tls = new MqttTlsOptions() });

        await IsRefusedAsync(client);
    }

    [Fact, Spec("Hostile-51")]
    public void An_empty_list_of_CAs_is_an_error_and_not_everybody()
    {
        var exception = Assert.Throws<ArgumentException>(() => new MqttClient(Options with { Tls = new MqttTlsOptions { Authorities = [] } }));

        Assert.StartsWith("Tls.Authorities is empty, so no server would be believed.", exception.Message);
    }

    [Fact, Spec("Hostile-51")]
    public async Task Another_name_than_the_one_that_was_asked_for_is_not_believed()
    {
        _server.Certificate = _maker.Make("other.example");
        await using var client = new MqttClient(Options);

        await IsRefusedAsync(client);
    }

    [Fact, Spec("Hostile-51")]
    public async Task A_certificate_that_has_ended_is_not_believed()
    {
        _server.Certificate = _maker.Make("localhost", isExpired: true);
        await using var client = new MqttClient(Options);

        await IsRefusedAsync(client);
    }

    [Fact]
    public async Task The_name_may_be_another_than_the_host()
    {
        _server.Certificate = _maker.Make("broker.example");
        await using var client = new MqttClient(Options with { Tls = _maker.Tls with { ServerName = "broker.example" } });

        await client.ConnectAsync().Soon();

        using var stream = (await _server.VisitAsync()).Stream;
        Assert.Equal("broker.example", stream.TargetHostName);
    }

    [Fact, Spec("Hostile-51")]
    public async Task Without_the_check_of_the_name_any_name_of_the_CA_is_believed_and_no_other_CA()
    {
        using var other = new TlsMaker();
        _server.Certificate = _maker.Make("other.example");
        await using var client = new MqttClient(Options with { Tls = _maker.Tls.WithoutServerNameCheck() });
        await using var stranger = new MqttClient(Options with { Tls = other.Tls.WithoutServerNameCheck() });

        await client.ConnectAsync().Soon();
        Assert.True((await _server.VisitAsync()).HasSentConnect);
        await IsRefusedAsync(stranger);
    }

    [Fact, Spec("Hostile-51")]
    public async Task A_connection_that_is_made_again_verifies_the_server_like_the_first()
    {
        using var other = new TlsMaker();
        await using var client = new MqttClient(Options with { Reconnect = true, ReconnectDelayMax = TimeSpan.FromSeconds(0.5) });
        await client.ConnectAsync().Soon();
        var first = await _server.VisitAsync();

        _server.Certificate = other.Make("localhost");
        await first.Stream.DisposeAsync();
        Assert.False((await NextVisitAsync()).HasSentConnect);
        Assert.False((await NextVisitAsync()).HasSentConnect);

        _server.Certificate = _maker.Make("localhost");
        while (!(await NextVisitAsync()).HasSentConnect)
        {
            // An attempt that had begun before the change.
        }

        await client.IsAsync(MqttState.Connected).Soon();
    }

    [Fact]
    public void A_certificate_without_its_key_is_an_error()
    {
        using var certificate = _maker.Make("sensor");
        using var withoutKey = X509CertificateLoader.LoadCertificate(certificate.RawData);

        var exception = Assert.Throws<ArgumentException>(() => new MqttClient(Options with { Tls = _maker.Tls with { Certificate = withoutKey } }));

        Assert.StartsWith("Tls.Certificate has no private key.", exception.Message);
    }

    public void Dispose()
    {
        _server.Dispose();
        _maker.Dispose();
    }

    private async Task IsRefusedAsync(MqttClient client)
    {
        var exception = await Assert.ThrowsAsync<MqttConnectException>(() => client.ConnectAsync().Soon());

        Assert.Equal(MqttConnectFailure.Tls, exception.Failure);
        Assert.StartsWith($"No TLS with localhost port {_server.Port}: ", exception.Message);
        Assert.False((await _server.VisitAsync()).HasSentConnect);
    }

    /// <summary>The next connection, which may take the client a while of virtual time.</summary>
    private async Task<TlsVisit> NextVisitAsync()
    {
        var started = Stopwatch.GetTimestamp();
        TlsVisit? visit;
        while (!_server.TryVisit(out visit))
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Waiting.Patience, "the client does not connect again");
            if (_time.IsArmed(0.5))
            {
                _time.Advance(0.1);
            }

            await Task.Yield();
        }

        return visit!;
    }
}
