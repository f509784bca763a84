using System.Buffers.Binary;
using System.Net;
using System.Text;
using Godwit.Server.Hosting;
using Godwit.Server.Listeners;
using Godwit.Server.Listeners.Proxies;
using Godwit.Server.Tests.Support;

namespace Godwit.Server.Tests.Listen;

public sealed class ProxyTests
{
    private static readonly byte[] Signature = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    [Theory]
    [InlineData("PROXY TCP4 203.0.113.7 192.0.2.1 56324 1883\r\n", "203.0.113.7:56324")]
    [InlineData("PROXY TCP6 2001:db8::7 2001:db8::1 1 65535\r\n", "[2001:db8::7]:1")]
    [InlineData("PROXY UNKNOWN\r\n", null)]
    [InlineData("PROXY UNKNOWN what ever\r\n", null)]
    public void A_line_of_version_1_names_the_client(string line, string? client)
    {
        byte[] input = [.. Encoding.ASCII.GetBytes(line), 0x10, 0x20];

        Assert.Equal(ProxyHeaderStatus.Complete, ProxyHeader.TryRead(input, out var header, out var size));

        Assert.Equal(line.Length, size);
        Assert.Equal(client, header.Source?.ToString());
        Assert.Equal(client is null, header.IsLocal);
    }

    [Theory]
    [InlineData("PROXY TCP4 203.0.113.7 192.0.2.1 56324\r\n")]
    [InlineData("PROXY TCP4 203.0.113.7 192.0.2.1 99999 1883\r\n")]
    [InlineData("PROXY TCP4 ::1 ::1 1 1\r\n")]
    [InlineData("PROXY TCP5 1.2.3.4 1.2.3.4 1 1\r\n")]
    [InlineData("PROXY  TCP4 1.2.3.4 1.2.3.4 1 1\r\n")]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("\u0010\u0010\0\u0004MQTT")]
    public void What_is_no_header_is_invalid(string input) =>
        Assert.Equal(ProxyHeaderStatus.Invalid, ProxyHeader.TryRead(Encoding.ASCII.GetBytes(input), out _, out _));

    [Fact]
    public void A_line_without_an_end_is_given_up_at_its_greatest_length()
    {
        var endless = Encoding.ASCII.GetBytes("PROXY TCP4 " + new string('1', 200));

        Assert.Equal(ProxyHeaderStatus.Incomplete, ProxyHeader.TryRead(endless.AsSpan(0, 106), out _, out _));
        Assert.Equal(ProxyHeaderStatus.Invalid, ProxyHeader.TryRead(endless.AsSpan(0, 107), out _, out _));
    }

    [Fact]
    public void Every_beginning_of_a_header_waits_for_the_rest()
    {
        foreach (var whole in (byte[][])[Version2(0x21, 0x11, Address4()), "PROXY TCP4 1.2.3.4 1.2.3.4 1 1\r\n"u8.ToArray()])
        {
            for (var length = 0; length < whole.Length; length++)
            {
                Assert.Equal(ProxyHeaderStatus.Incomplete, ProxyHeader.TryRead(whole.AsSpan(0, length), out _, out _));
            }

            Assert.Equal(ProxyHeaderStatus.Complete, ProxyHeader.TryRead(whole, out _, out _));
        }
    }

    [Fact]
    public void Version_2_names_the_client_and_the_certificate_that_the_proxy_has_verified()
    {
        byte[] name = [0x22, 0, 8, .. "sensor 7"u8];
        byte[] ssl = [0x20, 0, (byte)(5 + name.Length), 0x03, 0, 0, 0, 0, .. name];
        byte[] unverified = [0x20, 0, (byte)(5 + name.Length), 0x03, 0, 0, 0, 1, .. name];

        ProxyHeader.TryRead(Version2(0x21, 0x11, [.. Address4(), 0xEA, 0, 1, 9, .. ssl]), out var verified, out _);
        ProxyHeader.TryRead(Version2(0x21, 0x11, [.. Address4(), .. unverified]), out var doubtful, out _);

        Assert.Equal("203.0.113.7:4711", verified.Source?.ToString());
        Assert.Equal("sensor 7", verified.CommonName);
        Assert.Null(doubtful.CommonName);
        Assert.Equal(ProxyHeaderStatus.Invalid, ProxyHeader.TryRead(Version2(0x21, 0x11, [.. Address4(), .. ssl[..^1]]), out _, out _));
    }

    [Fact]
    public void Version_2_may_speak_for_the_proxy_itself_or_for_a_Unix_socket()
    {
        ProxyHeader.TryRead(Version2(0x20, 0x00, []), out var local, out _);
        ProxyHeader.TryRead(Version2(0x21, 0x31, new byte[216]), out var unix, out _);
        ProxyHeader.TryRead(Version2(0x21, 0x21, [.. IPAddress.Parse("2001:db8::7").GetAddressBytes(), .. new byte[16], 0, 9, 0, 1]), out var v6, out _);

        Assert.True(local.IsLocal);
        Assert.False(unix.IsLocal);
        Assert.Null(unix.Source);
        Assert.Equal("[2001:db8::7]:9", v6.Source?.ToString());
    }

    [Fact]
    public void A_checksum_that_is_there_has_to_be_right()
    {
        var header = Version2(0x21, 0x11, [.. Address4(), 0x03, 0, 4, 0, 0, 0, 0]);
        var crc = header.Aggregate(uint.MaxValue, System.Numerics.BitOperations.Crc32C);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(header.Length - 4), ~crc);

        Assert.Equal(ProxyHeaderStatus.Complete, ProxyHeader.TryRead(header, out _, out _));
        header[20] ^= 1;
        Assert.Equal(ProxyHeaderStatus.Invalid, ProxyHeader.TryRead(header, out _, out _));
    }

    [Fact]
    public async Task Behind_a_proxy_the_log_names_the_client_and_rules_judge_it()
    {
        await using var server = await ListenServer.StartAsync(Behind("127.0.0.1/32"));
        using var good = await StreamClient.OpenAsync(server[0]);
        using var bad = await StreamClient.OpenAsync(server[0]);

        await good.SendAsync([.. "PROXY TCP4 198.51.100.9 192.0.2.1 77 1883\r\n"u8, .. Bytes.Connect("good")]);
        await bad.SendAsync([.. Version2(0x21, 0x11, Address4()), .. Bytes.Connect("bad")]);

        Assert.Equal(0, (await good.ReceiveAsync()).ConnackCode);
        await bad.ReceiveEndAsync();
        await server.LogsAsync("connect \"good\" from 198.51.100.9:77");
        await server.LogsAsync("closed 203.0.113.7:4711");
    }

    [Fact]
    public async Task A_connection_without_a_header_is_closed_and_so_is_a_proxy_that_is_not_trusted()
    {
        await using var server = await ListenServer.StartAsync(Behind("127.0.0.1/32"), Behind("192.0.2.0/24"));
        using var bare = await StreamClient.OpenAsync(server[0]);
        using var untrusted = await StreamClient.OpenAsync(server[1]);

        await bare.SendAsync(Bytes.Connect("bare"));

        await bare.ReceiveEndAsync();
        await untrusted.ReceiveEndAsync();
        await server.LogsAsync("does not begin with a valid PROXY header");
        await server.LogsAsync("TrustedProxies does not name its address");
    }

    [Fact]
    public async Task A_header_may_stand_before_TLS()
    {
        var listener = Behind("127.0.0.1/32");
        listener.Tls = ListenServer.Tls().Tls;
        await using var server = await ListenServer.StartAsync(listener);
        var socket = await StreamClient.DialAsync(server[0]);
        await using var network = new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
        await network.WriteAsync(Version2(0x20, 0x00, []), TestContext.Current.CancellationToken);
        await using var tls = new System.Net.Security.SslStream(network);
        await tls.AuthenticateAsClientAsync(new System.Net.Security.SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = StreamClient.Trust() }, TestContext.Current.CancellationToken);

        await new StreamClient(tls).ConnectAsync("checked");
    }

    [Fact]
    public async Task Without_trusted_proxies_the_listener_is_refused()
    {
        var listener = Behind("127.0.0.1/32");
        listener.TrustedProxies = [];

        var failure = await Assert.ThrowsAsync<ServerStartException>(() => ListenServer.StartAsync(listener));

        Assert.Contains("ProxyProtocol needs TrustedProxies", failure.Message);
    }

    private static ListenerOptions Behind(string proxies)
    {
        var listener = ListenServer.Plain();
        listener.ProxyProtocol = true;
        listener.TrustedProxies = [IPNetwork.Parse(proxies)];
        listener.Deny = [IPNetwork.Parse("203.0.113.0/24")];
        return listener;
    }

    private static byte[] Address4() => [203, 0, 113, 7, 192, 0, 2, 1, 0x12, 0x67, 0x07, 0x5B];

    private static byte[] Version2(byte command, byte family, byte[] body) =>
        [.. Signature, command, family, (byte)(body.Length >> 8), (byte)body.Length, .. body];
}
