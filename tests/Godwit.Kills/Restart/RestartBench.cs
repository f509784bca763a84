using System.Diagnostics;
using System.Net;
using Godwit.Kills.Brokers;
using Godwit.Kills.Wire;
using Godwit.Protocol;

namespace Godwit.Kills.Restart;

/// <summary>How long a broker with much state takes to come back after kill -9, and how much memory it has then.</summary>
internal static class RestartBench
{
    private const int SampleConnections = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Makes the state, kills, restarts, and resumes a sample of the sessions.</summary>
    public static async Task<RestartReport> RunAsync(RestartOptions options, string directory, CancellationToken ct)
    {
        var data = Path.Combine(directory, "data");
        await using var broker = new KilledBroker(GodwitBroker.Program(options.Durability), data);
        broker.Start();
        await broker.ListensAsync(ct);

        var load = new RestartLoad(broker.EndPoint, options);
        var clock = Stopwatch.StartNew();
        await load.MakeSessionsAsync(ct);
        var sessionsTime = clock.Elapsed;
        await load.MakeMessagesAsync(ct);
        var messagesTime = clock.Elapsed - sessionsTime;
        var before = ResidentMemory.Now(broker.ProcessId);

        await broker.KillAsync();
        var disk = new DirectoryInfo(data).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        clock.Restart();
        broker.Start();
        await broker.ListensAsync(ct);
        var listens = clock.Elapsed;
        var (sampled, whole) = await SampleAsync(broker.EndPoint, options, ct);
        var resumed = clock.Elapsed;

        return new RestartReport
        {
            Options = options,
            SessionsTime = sessionsTime,
            MessagesTime = messagesTime,
            BytesBefore = before,
            DiskBytes = disk,
            Listens = listens,
            Resumed = resumed,
            BytesAfter = (ResidentMemory.Now(broker.ProcessId), ResidentMemory.Peak(broker.ProcessId)),
            Sampled = sampled,
            Whole = whole,
        };
    }

    /// <summary>Runs as bench/restart.</summary>
    /// <returns>0: nothing is lost and the limits are kept; 1: not so; 2: the arguments are wrong.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output)
    {
        if (RestartOptions.Read(arguments, out var error) is not { } options)
        {
            await output.WriteLineAsync($"restart: {error}");
            return 2;
        }

        var directory = Directory.CreateTempSubdirectory("godwit-restart-").FullName;
        try
        {
            var report = await RunAsync(options, directory, CancellationToken.None);
            await output.WriteLineAsync(report.ToString());
            return report.IsGood ? 0 : 1;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<(int Sampled, int Whole)> SampleAsync(IPEndPoint broker, RestartOptions options, CancellationToken ct)
    {
        var sessions = Enumerable.Range(0, options.Sessions).ToArray();
        new Random(1).Shuffle(sessions);
        var sample = sessions.Take(RestartOptions.SampleMax).ToList();
        var whole = 0;
        await Parallel.ForEachAsync(sample, new ParallelOptions { MaxDegreeOfParallelism = SampleConnections, CancellationToken = ct }, async (session, stop) =>
        {
            if (await IsWholeAsync(broker, session, options.MessagesEach, stop))
            {
                Interlocked.Increment(ref whole);
            }
        });
        return (sample.Count, whole);
    }

    /// <summary>The session is there, and all its messages come.</summary>
    private static async Task<bool> IsWholeAsync(IPEndPoint broker, int session, int messages, CancellationToken ct)
    {
        using var client = await Client.ConnectAsync(broker, ProtocolVersion.Mqtt5, RestartLoad.Name(session), isDurable: true, ct);
        if (!client.IsResumed || !await client.ReceiveAsync(messages, Patience))
        {
            return false;
        }

        return client.Messages.Order().SequenceEqual(Enumerable.Range(0, messages).Select(i => (RestartLoad.Topic(session, i), i)).Order());
    }
}
