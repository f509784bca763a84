using System.Diagnostics;
using System.Globalization;
using Godwit.Kills.Brokers;

namespace Godwit.Kills.Rates;

/// <summary>What durability costs: PUBACKs a second and their latency, in sync and in memory mode, and of mosquitto.</summary>
internal static class RateBench
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs as bench/durability.</summary>
    /// <returns>0; 2: the arguments are wrong.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output)
    {
        if (RateOptions.Read(arguments, out var error) is not { } options)
        {
            await output.WriteLineAsync($"durability: {error}");
            return 2;
        }

        IReadOnlyList<BrokerProgram> programs =
        [
            Godwit(GodwitBroker.Sync), Godwit(GodwitBroker.Memory),
            MosquittoBroker.Program(savesOnChanges: false), MosquittoBroker.Program(savesOnChanges: true),
        ];
        var figures = new List<IReadOnlyList<RateFigures>>();
        foreach (var program in programs)
        {
            figures.Add(await MeasureAsync(program, options));
        }

        await output.WriteLineAsync(Table(options, figures));
        return 0;
    }

    /// <summary>Godwit with queues that a subscriber who shares the processors with all publishers cannot fill, as those of mosquitto here.</summary>
    public static BrokerProgram Godwit(string durability) => GodwitBroker.Program(durability, "--set", "Limits:QueueBytesMax=8000000000");

    /// <summary>Measures one broker with each number of publishers and each window.</summary>
    public static async Task<IReadOnlyList<RateFigures>> MeasureAsync(BrokerProgram program, RateOptions options)
    {
        var directory = Directory.CreateTempSubdirectory("godwit-rates-").FullName;
        using var stop = new CancellationTokenSource();
        var figures = new List<RateFigures>();
        try
        {
            await using var broker = new KilledBroker(program, Path.Combine(directory, "data"));
            broker.Start();
            await broker.ListensAsync(CancellationToken.None);
            var subscriber = new RateSubscriber(broker.EndPoint, RatePublisher.AllTopics);
            var subscribing = subscriber.RunAsync(stop.Token);
            await await Task.WhenAny(subscriber.Subscribed, subscribing);
            foreach (var (publishers, window) in options.Publishers.SelectMany(publishers => options.Windows.Select(window => (publishers, window))))
            {
                var before = subscriber.Count;
                var (acknowledged, figure) = await MeasureAsync(broker, publishers, window, options);
                figures.Add(figure);
                await DrainAsync(subscriber, before + acknowledged, program.Name);
            }

            await stop.CancelAsync();
            await subscribing.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }

        return figures;
    }

    private static async Task<(long Acknowledged, RateFigures Figures)> MeasureAsync(KilledBroker broker, int count, int window, RateOptions options)
    {
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = new CancellationTokenSource();
        var publishers = Enumerable.Range(0, count).Select(i => new RatePublisher(broker.EndPoint, i, window, options.PayloadBytes)).ToList();
        var running = publishers.Select(publisher => publisher.RunAsync(begin.Task, stop.Token)).ToList();
        begin.SetResult();
        await Task.Delay(options.WarmUp);
        var clock = Stopwatch.StartNew();
        var cpu = ProcessorTime.Of(broker.ProcessId);
        RatePublisher.IsMeasured = true;
        await Task.WhenAny([Task.Delay(options.Time), .. running]);
        RatePublisher.IsMeasured = false;
        var time = clock.Elapsed;
        cpu = ProcessorTime.Of(broker.ProcessId) - cpu;
        await stop.CancelAsync();
        await Task.WhenAll(running);
        var figures = RateFigures.Of([.. publishers.SelectMany(publisher => publisher.Latencies)], time, cpu);
        return (publishers.Sum(publisher => publisher.Acknowledged), figures);
    }

    /// <summary>What the subscriber has not got yet would disturb the next figure; and a broker that keeps less is faster.</summary>
    private static async Task DrainAsync(RateSubscriber subscriber, long expected, string name)
    {
        long before;
        do
        {
            before = subscriber.Count;
            await Task.Delay(Quiet);
        }
        while (subscriber.Count > before);

        Assert.True(before == expected, $"{name}: {before} messages were delivered, where {expected} were acknowledged");
    }

    private static string Table(RateOptions options, List<IReadOnlyList<RateFigures>> figures)
    {
        const string Unit = "PUBACKs  p50 / p99 ms CPU us";
        var lines = new List<string>
        {
            $"{"publishers x window",-20} {"godwit, sync",34} {"godwit, memory",34} {"mosquitto, default",34} {"mosquitto, saving",34}   rate: sync to memory, mosquitto, saving; CPU: sync to memory",
            $"{"",-20} {Unit,34} {Unit,34} {Unit,34} {Unit,34}",
        };
        var row = 0;
        foreach (var (publishers, window) in options.Publishers.SelectMany(publishers => options.Windows.Select(window => (publishers, window))))
        {
            var cells = figures.Select(broker => broker[row]).ToList();
            var ratios = cells.Skip(1).Select(cell => string.Create(CultureInfo.InvariantCulture, $"{cells[0].PerSecond / cell.PerSecond,8:0.00}"));
            lines.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{$"{publishers} x {window}",-20} {string.Join(' ', cells.Select(cell => $"{cell,34}"))}   {string.Concat(ratios)}{cells[0].Cpu / cells[1].Cpu,8:0.00}"));
            row++;
        }

        return string.Join('\n', lines);
    }
}
