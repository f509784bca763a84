using System.Net;
using System.Security.Authentication;
using System.Text;
using Godwit.Server.Hosting;
using Godwit.Server.Listeners;
using Godwit.Server.Listeners.Tls;

namespace Godwit.Server.Tests.Listen;

public sealed class ListenerOptionsTests
{
    [Fact]
    public void Every_option_has_a_key_and_every_key_an_option()
    {
        var listener = typeof(ListenerOptions).GetProperties().Where(property => property.CanWrite).Select(property => property.Name).Except([nameof(ListenerOptions.Tls)]);
        var tls = typeof(TlsOptions).GetProperties().Select(property => property.Name).Except([nameof(TlsOptions.Sni)]);

        Assert.Equal(listener.Order(), ListenerKeys.Listener.Select(key => key.Name).Order());
        Assert.Equal(tls.Order(), ListenerKeys.Tls.Select(key => key.Name).Order());
    }

    [Theory]
    [InlineData("Protocol", "WebSocket")]
    [InlineData("Port", "8883")]
    [InlineData("Addresses", "0.0.0.0", "::1")]
    [InlineData("UnixPath", "/run/godwit.sock")]
    [InlineData("UnixMode", "0660")]
    [InlineData("Origins", "https://a.example", "https://b.example")]
    [InlineData("RequireSubprotocol", "true")]
    [InlineData("TrustedProxies", "10.0.0.0/8", "2001:db8::/32")]
    [InlineData("AllowAnonymous", "false")]
    [InlineData("MaximumQoS", "1")]
    [InlineData("Versions", "3.1.1", "5.0")]
    public void What_is_set_is_read_again(string name, params string[] values)
    {
        var key = ListenerKeys.Listener.Single(key => key.Name == name);
        var options = new ListenerOptions();

        Assert.Null(key.Set(options, values));

        Assert.Equal(values, key.Get(options));
    }

    [Theory]
    [InlineData("Protocol", "Quic", "QUIC is not offered")]
    [InlineData("Protocol", "1", "none of Mqtt, WebSocket")]
    [InlineData("Port", "70000", "not a number from 0 to 65535")]
    [InlineData("Addresses", "example.org", "not an IP address")]
    [InlineData("Allow", "10.0.0.0/33", "not an address or a network")]
    [InlineData("UnixMode", "rw-rw----", "not an octal number")]
    [InlineData("Versions", "4", "none of 3.1, 3.1.1, 5.0")]
    [InlineData("AllowPlainText", "yes", "neither true nor false")]
    public void A_bad_value_is_refused_with_what_would_be_right(string name, string value, string words)
    {
        var key = ListenerKeys.Listener.Single(key => key.Name == name);

        Assert.Contains(words, key.Set(new ListenerOptions(), [value]));
    }

    [Theory]
    [InlineData("PskFile", "TLS with pre-shared keys is not offered")]
    [InlineData("tls:psk", "TLS with pre-shared keys is not offered")]
    [InlineData("Quic", "QUIC is not offered")]
    [InlineData("Port", null)]
    public void What_is_never_offered_is_refused_with_the_reason(string key, string? words)
    {
        var reason = ListenerKeys.ReasonAgainst(key);

        Assert.Equal(words is null, reason is null);
        Assert.Contains(words ?? "", reason ?? "");
    }

    [Fact, Spec("R2")]
    public void The_default_port_is_that_of_the_protocol()
    {
        Assert.Equal(1883, new ListenerOptions().Port);
        Assert.Equal(8883, new ListenerOptions { Tls = new TlsOptions() }.Port);
        Assert.Equal(8083, new ListenerOptions { Protocol = ListenerProtocol.WebSocket }.Port);
        Assert.Equal(8084, new ListenerOptions { Protocol = ListenerProtocol.WebSocket, Tls = new TlsOptions() }.Port);
        Assert.Equal(0, new ListenerOptions { Port = 0, Tls = new TlsOptions() }.Port);
    }

    [Fact]
    public void Old_versions_of_TLS_are_refused()
    {
        var key = ListenerKeys.Tls.Single(key => key.Name == nameof(TlsOptions.Versions));
        var options = new TlsOptions();

        Assert.Null(key.Set(options, ["1.3"]));
        Assert.Equal(SslProtocols.Tls13, options.Versions);
        Assert.Contains("TLS before 1.2 is broken", key.Set(options, ["1.1"]));
    }

    [Theory]
    [InlineData(false, true, false, "as plain text", "AllowPlainText")]
    [InlineData(true, false, false, "there are no users yet", "AllowAnonymous")]
    [InlineData(true, true, true, "", "")]
    public async Task Beyond_this_machine_a_listener_needs_the_words_that_say_so(bool allowPlainText, bool allowAnonymous, bool isStarted, string words, string key)
    {
        var listener = new ListenerOptions { Port = 0, Addresses = [IPAddress.Any], AllowPlainText = allowPlainText, AllowAnonymous = allowAnonymous ? true : null };
        if (isStarted)
        {
            await using var server = await ListenServer.StartAsync(listener);
            Assert.Equal("everyone who can reach this address", server.Server.Listeners[0].Audience);
            return;
        }

        var failure = await Assert.ThrowsAsync<ServerStartException>(() => ListenServer.StartAsync(listener));

        Assert.Equal(2, failure.ExitCode);
        Assert.Contains(words, failure.Message);
        Assert.Contains(key, failure.Message);
    }

    [Fact]
    public void A_hello_of_a_client_can_be_cut_or_wrong_anywhere_and_is_only_not_understood()
    {
        var hello = Hello("mqtt");
        Assert.True(ClientHello.Offers(hello, "mqtt"u8));
        Assert.False(ClientHello.Offers(Hello("h2"), "mqtt"u8));
        var random = new Random(11);
        for (var length = 0; length < hello.Length; length++)
        {
            Assert.False(ClientHello.Offers(hello.AsSpan(0, length), "mqtt"u8));
        }

        for (var i = 0; i < 20_000; i++)
        {
            var changed = hello.ToArray();
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
            _ = ClientHello.Offers(changed, "mqtt"u8);
            _ = ClientHello.SizeNeeded(changed);
        }
    }

    private static byte[] Hello(string protocol)
    {
        byte[] name = [(byte)protocol.Length, .. Encoding.ASCII.GetBytes(protocol)];
        byte[] alpn = [0, 16, 0, (byte)(name.Length + 2), 0, (byte)name.Length, .. name];
        byte[] extensions = [0, 10, 0, 2, 0, 0, .. alpn];
        byte[] body = [3, 3, .. new byte[32], 0, 0, 2, 0x13, 0x01, 1, 0, 0, (byte)extensions.Length, .. extensions];
        byte[] message = [1, 0, 0, (byte)body.Length, .. body];
        return [22, 3, 1, 0, (byte)message.Length, .. message];
    }
}
