using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Godwit.Compare.Brokers;
using Godwit.Compare.Idle;
using Godwit.Compare.Judging;

namespace Godwit.Compare.Tls;

/// <summary>Handshakes and messages over TLS. Every figure has a fresh broker; who is first changes from round to round.</summary>
internal sealed class TlsRun(Tools tools, double seconds, int rounds, TextWriter progress)
{
    private const int HandshakeWorkers = 4;
    private const int MessagesPerWrite = 50;
    private const int MessagesInFlightMax = 5_000;
    private const double NanosecondsPerMicrosecond = 1_000;

    private static readonly string[] Names = ["handshakes with CONNECT, per second", "CPU of the broker per handshake, µs", "messages of 100 bytes QoS 0, per second", "CPU of the broker per message, µs"];

    /// <summary>Measures everything.</summary>
    public async Task<IReadOnlyList<TlsFigure>> MeasureAsync(CancellationToken ct)
    {
        var values = new Dictionary<BrokerKind, List<double[]>> { [BrokerKind.GodwitMemory] = [], [BrokerKind.Mosquitto] = [] };
        for (var round = 0; round < rounds; round++)
        {
            BrokerKind[] order = round % 2 == 0 ? [BrokerKind.Mosquitto, BrokerKind.GodwitMemory] : [BrokerKind.GodwitMemory, BrokerKind.Mosquitto];
            foreach (var kind in order)
            {
                await progress.WriteLineAsync($"bench/tls: round {round + 1} of {rounds}, {BrokerNames.Of(kind)}");
                var handshakes = await WithBrokerAsync(kind, HandshakesAsync, ct);
                var messages = await WithBrokerAsync(kind, MessagesAsync, ct);
                values[kind].Add([.. handshakes, .. messages]);
            }
        }

        return [.. Names.Select((name, i) => new TlsFigure(
            name,
            Median.Of(values[BrokerKind.GodwitMemory].Select(round => round[i])),
            Median.Of(values[BrokerKind.Mosquitto].Select(round => round[i]))))];
    }

    private async Task<double[]> WithBrokerAsync(BrokerKind kind, Func<RunningBroker, double, CancellationToken, Task<(double Count, double Seconds, double CpuNs)>> measure, CancellationToken ct)
    {
        var directory = Directory.CreateTempSubdirectory("godwit-tls-").FullName;
        try
        {
            MakeCertificate(directory);
            await using var broker = await RunningBroker.StartAsync(kind, tools, ct, wrap: (file, arguments) => (file, Encrypt(kind, arguments, directory)));
            await measure(broker, Math.Min(1, seconds), ct);        // warm
            var (count, elapsed, cpuNs) = await measure(broker, seconds, ct);
            return [count / elapsed, cpuNs / NanosecondsPerMicrosecond / count];
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<(double Count, double Seconds, double CpuNs)> HandshakesAsync(RunningBroker broker, double duration, CancellationToken ct)
    {
        var (before, clock) = (ThreadTimes.Read(broker.ProcessId), Stopwatch.StartNew());
        var counts = await Task.WhenAll(Enumerable.Range(0, HandshakeWorkers).Select(worker => Task.Run(
            async () =>
            {
                var count = 0;
                for (; clock.Elapsed.TotalSeconds < duration; count++)
                {
                    using var client = await TlsClient.ConnectAsync(broker.Port, $"worker{worker}", ct);
                }

                return count;
            },
            ct)));
        return (counts.Sum(), clock.Elapsed.TotalSeconds, CpuSince(broker, before));
    }

    private static async Task<(double Count, double Seconds, double CpuNs)> MessagesAsync(RunningBroker broker, double duration, CancellationToken ct)
    {
        using var subscriber = await TlsClient.ConnectAsync(broker.Port, "subscriber", ct);
        await subscriber.SubscribeAsync(ct);
        using var publisher = await TlsClient.ConnectAsync(broker.Port, "publisher", ct);
        byte[] batch = [.. Enumerable.Repeat(TlsClient.Publish, MessagesPerWrite).SelectMany(packet => packet)];
        var buffer = new byte[64 * 1024];
        var (sent, received) = (0L, 0L);                            // bytes
        using var room = new SemaphoreSlim(MessagesInFlightMax / MessagesPerWrite);
        var (before, clock) = (ThreadTimes.Read(broker.ProcessId), Stopwatch.StartNew());
        var publishing = Task.Run(
            async () =>
            {
                for (; clock.Elapsed.TotalSeconds < duration; sent += batch.Length)
                {
                    await room.WaitAsync(ct);
                    await publisher.WriteAsync(batch, ct);
                }
            },
            ct);
        while (!publishing.IsCompleted || received < sent)
        {
            var batches = received / batch.Length;
            received += await subscriber.ReadAsync(buffer, ct) is > 0 and var count ? count : throw new IOException("the broker has closed the connection of the subscriber");
            if ((int)((received / batch.Length) - batches) is > 0 and var freed)
            {
                room.Release(freed);
            }
        }

        await publishing;
        return ((double)received / TlsClient.Publish.Length, clock.Elapsed.TotalSeconds, CpuSince(broker, before));
    }

    private static double CpuSince(RunningBroker broker, IReadOnlyDictionary<string, ThreadTimes> before) =>
        ThreadTimes.Between(before, ThreadTimes.Read(broker.ProcessId)).Sum(thread => (double)thread.CpuNs);

    /// <summary>The command line of a broker that listens with TLS on the port of the one without.</summary>
    private static IReadOnlyList<string> Encrypt(BrokerKind kind, IReadOnlyList<string> arguments, string directory)
    {
        var (certificate, key) = (Path.Combine(directory, "tls.pem"), Path.Combine(directory, "tls.key"));
        if (kind == BrokerKind.Mosquitto)
        {
            File.AppendAllText(arguments[1], $"certfile {certificate}\nkeyfile {key}\n");
            return arguments;
        }

        var port = int.Parse(arguments[2], CultureInfo.InvariantCulture);
        var file = Path.Combine(directory, "godwit.json");
        File.WriteAllText(file, $$"""
            { "Listeners": [ { "Port": {{port}}, "Addresses": ["127.0.0.1"], "Tls": { "CertificateFile": "{{certificate}}", "KeyFile": "{{key}}" } } ] }
            """);
        return ["serve", "--config", file, "--quiet", "--durability", "memory"];
    }

    private static void MakeCertificate(string directory)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Path.Combine(directory, "tls.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(directory, "tls.key"), key.ExportPkcs8PrivateKeyPem());
    }
}
