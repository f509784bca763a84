using System.Diagnostics;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Godwit.Floods.Support;
using Godwit.Testing.Brokers;
using Godwit.Testing.Running;

namespace Godwit.Floods;

/// <summary>Many connections over TLS.</summary>
public sealed class TlsFloods : IDisposable
{
    private const int Idle = 500;
    private const int LaneCount = 4;
    private const int Rotations = 10;

    /// <summary>A connection was seen to take 46 KB, most of it OpenSSL's; so many times that is too much.</summary>
    private const long IdleBytesMax = 4 * 46 * 1024;

    /// <summary>Code that is compiled, and garbage that nobody has collected yet.</summary>
    private const long SlackBytes = 64_000_000;

    private static readonly byte[] Publish = Bytes.Publish("t", [1, 2, 3]);

    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Five_hundred_idle_clients_over_TLS_take_a_bounded_memory_and_others_are_served()
    {
        await using var broker = await StartAsync();
        using (Connect(broker.Address, "first"))
        {
            // Has compiled what comes next.
        }

        var memory = new ProcessMemory(broker.ProcessId);
        var before = memory.Resident;
        var clients = new SslStream[Idle];
        try
        {
            Lanes.Run(LaneCount, Idle, number => clients[number] = Connect(broker.Address, string.Create(CultureInfo.InvariantCulture, $"idle{number}")));

            Assert.InRange(memory.Resident - before, 0, (Idle * IdleBytesMax) + SlackBytes);
            using var other = Connect(broker.Address, "other");
            other.Write(Bytes.Subscribe(1, 0, "t"));
            other.ReadExactly(new byte[6]);
            other.Write(Publish);
            other.ReadExactly(new byte[Publish.Length]);
        }
        finally
        {
            Array.ForEach(clients, client => client?.Dispose());
        }
    }

    [Fact]
    public async Task No_handshake_fails_while_the_certificate_changes_ten_times()
    {
        await using var broker = await StartAsync();
        var count = 0;
        var seen = "";
        using var stop = new CancellationTokenSource();
        var handshakes = Task.Run(() => Lanes.Run(LaneCount, int.MaxValue, number =>
        {
            if (!stop.IsCancellationRequested)
            {
                using var client = Connect(broker.Address, string.Create(CultureInfo.InvariantCulture, $"comes{number % 1_000}"));
                Volatile.Write(ref seen, client.RemoteCertificate!.GetSerialNumberString());
                Interlocked.Increment(ref count);
            }
            else
            {
                throw new OperationCanceledException();
            }
        }), TestContext.Current.CancellationToken);

        for (var i = 0; i < Rotations; i++)
        {
            var serial = WriteCertificate();
            using (var hangUp = Process.Start("/bin/kill", ["-HUP", broker.ProcessId.ToString(CultureInfo.InvariantCulture)]))
            {
                await hangUp.WaitForExitAsync(TestContext.Current.CancellationToken);
            }

            Eventually.IsTrue(() => Volatile.Read(ref seen) == serial || handshakes.IsCompleted, () => $"new handshakes do not get certificate {serial} but {Volatile.Read(ref seen)}");
            Assert.False(handshakes.IsCompleted, handshakes.Exception?.ToString());
        }

        await stop.CancelAsync();
        var end = await Assert.ThrowsAsync<InvalidOperationException>(() => handshakes);
        Assert.IsType<OperationCanceledException>(end.InnerException);              // and no other failure
        Assert.True(count >= Rotations, $"{count} handshakes");
    }

    private async Task<BrokerProcess> StartAsync()
    {
        WriteCertificate();
        var configuration = Path.Combine(_folder.Path, "godwit.json");
        await File.WriteAllTextAsync(
            configuration,
            $$"""
            { "Listeners": [ { "Port": 0, "Addresses": ["127.0.0.1"], "Tls": { "CertificateFile": "{{_folder.Path}}/tls.pem", "KeyFile": "{{_folder.Path}}/tls.key" } } ] }
            """,
            TestContext.Current.CancellationToken);
        return await BrokerProcess.StartConfiguredAsync(configuration, "--durability", "memory");
    }

    /// <summary>Puts a new certificate and its key in the place of the old ones.</summary>
    /// <returns>Its serial number.</returns>
    private string WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(90));
        foreach (var (name, text) in ((string, string)[])[("tls.pem", certificate.ExportCertificatePem()), ("tls.key", key.ExportPkcs8PrivateKeyPem())])
        {
            File.WriteAllText(Path.Combine(_folder.Path, name + ".new"), text);
            File.Move(Path.Combine(_folder.Path, name + ".new"), Path.Combine(_folder.Path, name), overwrite: true);
        }

        return certificate.GetSerialNumberString();
    }

    private static SslStream Connect(BrokerAddress broker, string clientId)
    {
        var client = FloodClient.Open(broker);
        var stream = new SslStream(new NetworkStream(client.Socket, ownsSocket: true));
        try
        {
            stream.AuthenticateAsClient(new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                AllowTlsResume = false,
#pragma warning disable CA5359 // The broker was started by this test.
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
            });
            stream.Write(Bytes.Connect(clientId));
            var head = new byte[2];
            stream.ReadExactly(head);
            var body = new byte[head[1]];
            stream.ReadExactly(body);
            Assert.Equal(0, body[1]);
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }
}
