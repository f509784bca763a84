using System.Security.Authentication;
using Godwit.Server.Listeners;
using Godwit.Server.Tests.Support;

namespace Godwit.Server.Tests.Listen;

public sealed class TlsTests
{
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task An_encrypted_listener_and_a_plain_one_serve_the_same_broker(SslProtocols version)
    {
        await using var server = await ListenServer.StartAsync(ListenServer.Plain(), ListenServer.Tls());
        using var plain = await RawClient.ConnectAsync(server[0], "plain");
        var tls = await StreamClient.OpenTlsAsync(server[1], versions: version);
        using var encrypted = await new StreamClient(tls).ConnectAsync("encrypted");
        await plain.SubscribeAsync("to/plain");
        await encrypted.SubscribeAsync("to/encrypted");

        await plain.SendAsync(Bytes.Publish("to/encrypted", "hello"));
        await encrypted.SendAsync(Bytes.Publish("to/plain", "and back"));

        Assert.Equal("to/encrypted hello", (await encrypted.ReceiveAsync()).Text());
        Assert.Equal("to/plain and back", (await plain.ReceiveAsync()).Text());
        Assert.Equal(version, tls.SslProtocol);
    }

    [Fact]
    public async Task Much_data_crosses_an_encrypted_connection_unchanged()
    {
        await using var server = await ListenServer.StartAsync(ListenServer.Plain(), ListenServer.Tls());
        using var client = await new StreamClient(await StreamClient.OpenTlsAsync(server[1])).ConnectAsync("both");
        await client.SubscribeAsync("much");
        var payload = new byte[300_000];
        new Random(5).NextBytes(payload);

        for (var i = 0; i < 10; i++)
        {
            var sending = client.SendAsync(Bytes.Publish("much", payload));
            var received = await client.ReceiveAsync();
            await sending;
            Assert.True(received.Body.AsSpan().EndsWith(payload));
        }
    }

    [Theory]
    [InlineData(new[] { "mqtt" }, "mqtt")]
    [InlineData(new[] { "h2", "mqtt" }, "mqtt")]
    [InlineData(new[] { "x-amzn-mqtt-ca" }, "")]
    [InlineData(null, "")]
    public async Task The_protocol_mqtt_is_chosen_where_it_is_offered_and_never_demanded(string[]? offered, string chosen)
    {
        await using var server = await ListenServer.StartAsync(ListenServer.Tls());

        var tls = await StreamClient.OpenTlsAsync(server[0], protocols: offered);
        using var client = await new StreamClient(tls).ConnectAsync("client");

        Assert.Equal(chosen, tls.NegotiatedApplicationProtocol.ToString());
    }

    [Theory]
    [InlineData("localhost", "CN=localhost")]
    [InlineData("second.example", "CN=second.example")]
    [InlineData("a.wild.example", "CN=second.example")]
    public async Task The_certificate_is_that_of_the_host_a_client_asks_for(string host, string subject)
    {
        await using var server = await ListenServer.StartAsync(ListenServer.Tls(tls => tls.Sni =
        [
            new SniCertificate("second.example", Pki.Instance.At("server2.pem"), Pki.Instance.At("server2.key")),
            new SniCertificate("*.wild.example", Pki.Instance.At("server2.pem"), Pki.Instance.At("server2.key")),
        ]));

        await using var tls = await StreamClient.OpenTlsAsync(server[0], host: host);

        Assert.Equal(subject, tls.RemoteCertificate!.Subject);
    }

    [Fact]
    public async Task Only_the_versions_that_are_named_are_spoken()
    {
        await using var server = await ListenServer.StartAsync(ListenServer.Tls(tls => tls.Versions = SslProtocols.Tls13));

        await Assert.ThrowsAnyAsync<Exception>(() => StreamClient.OpenTlsAsync(server[0], versions: SslProtocols.Tls12));
        await using var tls = await StreamClient.OpenTlsAsync(server[0]);

        Assert.Equal(SslProtocols.Tls13, tls.SslProtocol);
    }

    [Fact]
    public async Task Who_speaks_no_TLS_on_an_encrypted_listener_is_closed()
    {
        await using var server = await ListenServer.StartAsync(ListenServer.Tls());
        using var client = await RawClient.OpenAsync(server[0]);

        await client.SendAsync(Bytes.Connect("plain"), new byte[2_000]);

        await client.ReceiveEndAsync();
        await server.LogsAsync("TLS failed");
    }

    [Fact]
    public async Task Who_makes_no_handshake_is_closed_when_the_time_for_CONNECT_is_over()
    {
        await using var server = await ListenServer.StartAsync(new(), options => options.Limits.ConnectTimeoutMs = 200, ListenServer.Tls(), ListenServer.WebSocket());
        using var silent = await RawClient.OpenAsync(server[0]);
        using var web = await RawClient.OpenAsync(server[1]);
        await web.SendAsync("GET / HTTP/1.1\r\n"u8.ToArray());
        await using var tls = await StreamClient.OpenTlsAsync(server[0]);

        await silent.ReceiveEndAsync();
        await web.ReceiveEndAsync();
        await new StreamClient(tls).ReceiveEndAsync();
    }

    [Fact]
    public async Task The_last_packet_is_seen_before_the_end_of_an_encrypted_connection()
    {
        await using var server = await ListenServer.StartAsync(ListenServer.Tls());
        using var first = await new StreamClient(await StreamClient.OpenTlsAsync(server[0])).ConnectAsync("same");
        using var second = await new StreamClient(await StreamClient.OpenTlsAsync(server[0])).ConnectAsync("same");

        Assert.Equal(Protocol.PacketType.Disconnect, (await first.ReceiveAsync()).Type);
        await first.ReceiveEndAsync();
    }

    [Fact, Spec("Hostile-50")]
    public async Task With_an_encrypted_listener_there_is_no_plain_one_and_the_start_table_says_which_is_which()
    {
        await using var server = await ListenServer.StartAsync(ListenServer.Tls());
        var row = Assert.Single(server.Server.Listeners);
        await using var both = await ListenServer.StartAsync(ListenServer.Tls(), ListenServer.Plain());

        Assert.True(row.IsEncrypted);
        Assert.Matches("^mqtts 127.0.0.1:[0-9]+ +encrypted      everyone on this machine$", row.ToString());
        Assert.Matches("^mqtt  127.0.0.1:[0-9]+ +not encrypted  everyone on this machine$", both.Server.Listeners[1].ToString());
    }
}
