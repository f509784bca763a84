using System.Net;
using Godwit.Protocol;
using Godwit.Server.Hosting;
using Godwit.Server.Listeners;
using Godwit.Server.Listeners.Tls;
using Godwit.Server.Tests.Support;

namespace Godwit.Server.Tests.Listen;

/// <summary>Certificates that change under a running listener. Each test has files of its own.</summary>
public sealed class CertificateReloadTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("godwit-reload-").FullName;

    private string Certificate => Path.Combine(_directory, "tls.pem");

    private string Key => Path.Combine(_directory, "tls.key");

    [Fact]
    public async Task Handshakes_go_on_while_certificates_rotate_and_none_fails()
    {
        const int Rotations = 10;
        const int HandshakesPerRotation = 40;
        Install("server");
        await using var server = await ListenServer.StartAsync(Listener());
        using var old = await new StreamClient(await StreamClient.OpenTlsAsync(server[0])).ConnectAsync("old");
        var subjects = new HashSet<string>(StringComparer.Ordinal);

        for (var rotation = 1; rotation <= Rotations; rotation++)
        {
            var workers = Enumerable.Range(0, 4).Select(_ => Task.Run(() => HandshakesAsync(server[0], HandshakesPerRotation / 4))).ToList();
            Install(rotation % 2 == 0 ? "server" : "server2");
            Assert.Empty(server.Server.ReloadCertificates());
            subjects.UnionWith((await Task.WhenAll(workers)).SelectMany(seen => seen));
            Assert.Equal(rotation % 2 == 0 ? "CN=localhost" : "CN=second.example", (await HandshakesAsync(server[0], 1))[0]);
        }

        Assert.Equal(2, subjects.Count);
        await old.SendAsync(Bytes.Pingreq());
        Assert.Equal(PacketType.Pingresp, (await old.ReceiveAsync()).Type);
    }

    [Fact]
    public async Task A_bad_pair_keeps_the_old_one_and_the_log_says_what_is_wrong()
    {
        Install("server");
        await using var server = await ListenServer.StartAsync(Listener());
        File.Copy(Pki.Instance.At("server2.key"), Key, overwrite: true);

        var error = Assert.Single(server.Server.ReloadCertificates());

        Assert.Contains($"KeyFile {Key} does not belong to CertificateFile {Certificate}", error);
        await server.LogsAsync("Error certificates of mqtts port 0 cannot be read anew, those from before stay in use");
        Assert.Equal("CN=localhost", (await HandshakesAsync(server[0], 1))[0]);
    }

    [Fact]
    public async Task Files_that_have_changed_are_used_by_themselves_when_they_have_settled()
    {
        Install("server");
        var clock = new TestClock();
        await using var server = await ListenServer.StartAsync(new ServerSecurity { Time = clock }, _ => { }, Listener());
        clock.Advance(CertificateKeeper.LookInterval);
        Install("server2");

        clock.Advance(CertificateKeeper.LookInterval);
        Assert.Equal("CN=localhost", (await HandshakesAsync(server[0], 1))[0]);
        clock.Advance(CertificateKeeper.LookInterval);
        Assert.Equal("CN=second.example", (await HandshakesAsync(server[0], 1))[0]);
    }

    [Fact]
    public async Task A_revocation_list_that_has_changed_is_used_for_the_next_handshake()
    {
        Install("server");
        var list = Path.Combine(_directory, "crl.pem");
        File.WriteAllText(list, EmptyList());
        var listener = Listener();
        listener.Tls!.ClientCertificate = ClientCertificateMode.Required;
        listener.Tls.ClientCaFile = Pki.Instance.At("ca.pem");
        listener.Tls.CrlFile = list;
        await using var server = await ListenServer.StartAsync(listener);
        using var certificate = Pki.Instance.Certificate("revoked");
        using var before = await new StreamClient(await StreamClient.OpenTlsAsync(server[0], certificate)).ConnectAsync("before");

        File.Copy(Pki.Instance.At("crl.pem"), list, overwrite: true);
        Assert.Empty(server.Server.ReloadCertificates());

        await Assert.ThrowsAnyAsync<Exception>(async () => await new StreamClient(await StreamClient.OpenTlsAsync(server[0], certificate)).ConnectAsync("after"));
        await before.SendAsync(Bytes.Pingreq());
        Assert.Equal(PacketType.Pingresp, (await before.ReceiveAsync()).Type);
    }

    [Fact]
    public void The_end_of_a_certificate_is_announced_30_and_7_days_and_1_day_before_and_when_it_has_come()
    {
        var clock = new TestClock();
        using var log = new LogKeeper();
        var context = new TlsContext("mqtts", new TlsOptions { CertificateFile = Pki.Instance.At("server.pem"), KeyFile = Pki.Instance.At("server.key") }, log, clock);
        clock.Advance(TimeSpan.FromDays(334));      // of 365
        context.WarnOfEnds();
        Assert.Empty(log.Lines);

        foreach (var (days, count) in (ReadOnlySpan<(int, int)>)[(2, 1), (10, 1), (12, 2), (6, 3), (2, 4), (30, 4)])
        {
            clock.Advance(TimeSpan.FromDays(days));
            context.WarnOfEnds();
            Assert.Equal(count, log.Lines.Count);
        }

        Assert.StartsWith("Warning certificates of mqtts: CN=localhost ends on ", log.Lines[0], StringComparison.Ordinal);
        Assert.EndsWith(", in 28 days", log.Lines[0], StringComparison.Ordinal);
        Assert.EndsWith(", in 6 days", log.Lines[1], StringComparison.Ordinal);
        Assert.EndsWith(", in 0 days", log.Lines[2], StringComparison.Ordinal);
        Assert.StartsWith("Error certificates of mqtts: CN=localhost has ended on ", log.Lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public void Ends_are_looked_at_every_hour()
    {
        var clock = new TestClock();
        using var log = new LogKeeper();
        var context = new TlsContext("mqtts", new TlsOptions { CertificateFile = Pki.Instance.At("server.pem"), KeyFile = Pki.Instance.At("server.key") }, log, clock);
        clock.Advance(TimeSpan.FromDays(400));
        using var keeper = new CertificateKeeper(() => [context], clock);
        Assert.Empty(log.Lines);

        clock.Advance(CertificateKeeper.EndInterval);

        Assert.Single(log.Lines);
    }

    [Theory]
    [InlineData("missing.pem", "server.key", "CertificateFile")]
    [InlineData("server.key", "server.key", "there is no certificate in it")]
    [InlineData("server.pem", "server.pem", "there is no private key in it")]
    [InlineData("server.pem", "client.key", "does not belong to CertificateFile")]
    public async Task Files_that_cannot_be_used_stop_the_start_and_are_named(string certificate, string key, string words)
    {
        var listener = Listener();
        listener.Tls!.CertificateFile = Pki.Instance.At(certificate);
        listener.Tls.KeyFile = Pki.Instance.At(key);

        var failure = await Assert.ThrowsAsync<ServerStartException>(() => ListenServer.StartAsync(listener));

        Assert.Equal(2, failure.ExitCode);
        Assert.Contains(words, failure.Message);
    }

    [Fact]
    public async Task An_encrypted_key_needs_the_file_with_its_password()
    {
        var listener = Listener();
        listener.Tls!.CertificateFile = Pki.Instance.At("server.pem");
        listener.Tls.KeyFile = Path.Combine(_directory, "encrypted.key");
        Pki.Run("pkcs8", "-topk8", "-in", Pki.Instance.At("server.key"), "-out", listener.Tls.KeyFile, "-passout", "pass:open sesame");
        var failure = await Assert.ThrowsAsync<ServerStartException>(() => ListenServer.StartAsync(listener));
        Assert.Contains("it is encrypted. Name a file with its password in KeyPasswordFile", failure.Message);

        listener.Tls.KeyPasswordFile = Path.Combine(_directory, "password");
        File.WriteAllText(listener.Tls.KeyPasswordFile, "wrong\n");
        failure = await Assert.ThrowsAsync<ServerStartException>(() => ListenServer.StartAsync(listener));
        Assert.Contains("the password in KeyPasswordFile", failure.Message);
        Assert.DoesNotContain("wrong", failure.Message);

        File.WriteAllText(listener.Tls.KeyPasswordFile, "open sesame\n");
        await using var server = await ListenServer.StartAsync(listener);
        Assert.Equal("CN=localhost", (await HandshakesAsync(server[0], 1))[0]);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>A list of the CA in which nobody stands: made by OpenSSL with a database of its own.</summary>
    private string EmptyList()
    {
        var configuration = File.ReadAllText(Pki.Instance.At("ca.cnf")).Replace(Pki.Instance.At("index.txt"), Path.Combine(_directory, "index.txt"), StringComparison.Ordinal)
            .Replace(Pki.Instance.At("crlnumber"), Path.Combine(_directory, "crlnumber"), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_directory, "index.txt"), "");
        File.WriteAllText(Path.Combine(_directory, "crlnumber"), "01\n");
        File.WriteAllText(Path.Combine(_directory, "ca.cnf"), configuration);
        Pki.Run("ca", "-config", Path.Combine(_directory, "ca.cnf"), "-gencrl", "-crldays", "30", "-out", Path.Combine(_directory, "empty.pem"));
        return File.ReadAllText(Path.Combine(_directory, "empty.pem"));
    }

    private static async Task<List<string>> HandshakesAsync(IPEndPoint server, int count)
    {
        var subjects = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var tls = await StreamClient.OpenTlsAsync(server);
            using var client = await new StreamClient(tls).ConnectAsync($"worker {Guid.NewGuid():N}");
            subjects.Add(tls.RemoteCertificate!.Subject);
        }

        return subjects;
    }

    private ListenerOptions Listener() => ListenServer.Tls(tls => (tls.CertificateFile, tls.KeyFile) = (Certificate, Key));

    private void Install(string name)
    {
        File.Copy(Pki.Instance.At(name + ".pem"), Certificate, overwrite: true);
        File.Copy(Pki.Instance.At(name + ".key"), Key, overwrite: true);
    }
}
