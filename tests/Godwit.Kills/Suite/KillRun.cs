using System.Diagnostics;
using System.Globalization;
using Godwit.Kills.Actors;
using Godwit.Kills.Brokers;
using Godwit.Kills.Disks;
using Godwit.Kills.Judging;
using Godwit.Kills.Wire;

namespace Godwit.Kills.Suite;

/// <summary>
/// A broker is killed again and again under load, also while it recovers. In the end everything that it has acknowledged is accounted for.
/// </summary>
internal sealed class KillRun
{
    private const double RecoveryKillShare = 0.3;
    private static readonly TimeSpan LastLoad = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan QuietPatience = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan FinishPatience = TimeSpan.FromSeconds(120);

    private readonly KillOptions _options;
    private readonly Random _random;
    private readonly IKillable _broker;
    private readonly TornLog? _log;
    private readonly KilledBroker _process;
    private readonly Findings _findings = new();
    private readonly Cast _cast;
    private readonly List<TimeSpan> _recoveries = [];
    private readonly List<Task> _running = [];
    private int _kills;
    private int _killsInRecovery;
    private int _tornNamed;

    private KillRun(KillOptions options, IKillable broker, KilledBroker process)
    {
        _options = options;
        _process = process;
        _random = new Random(options.Seed);
        _broker = broker;
        _log = options.HasGarbage ? new TornLog(DataOf(options), new Random(_random.Next())) : null;
        _cast = new Cast(new Scene(broker, new Packets(options.Version), _findings), new Random(_random.Next()));
    }

    /// <summary>Runs to the end.</summary>
    /// <exception cref="Xunit.Sdk.XunitException">The broker does not start, or ends by itself.</exception>
    public static async Task<KillReport> RunAsync(KillOptions options, CancellationToken ct)
    {
        var process = new KilledBroker(options.Program, DataOf(options));
        await using IKillable broker = options.IsUnforgetting ? new UnforgettingBroker(process) : process;
        return await new KillRun(options, broker, process).RunAsync(ct);
    }

    private static string DataOf(KillOptions options) => Path.Combine(options.Directory, "data");

    private async Task<KillReport> RunAsync(CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            await StartAsync(stop.Token);
            while (_kills < _options.Kills)
            {
                await WatchedAsync(Task.Delay(_random.Next(30, 700), ct));
                await KillAndRecoverAsync(ct);
            }

            await WatchedAsync(Task.Delay(LastLoad, ct));
            await FinishAsync(ct);
        }
        finally
        {
            await stop.CancelAsync();
        }

        await Task.WhenAll(_running).WaitAsync(FinishPatience, ct).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return Report(clock.Elapsed);
    }

    /// <summary>Subscribers first: they get everything. A broker that is killed meanwhile is another matter.</summary>
    private async Task StartAsync(CancellationToken stop)
    {
        _broker.Start();
        _recoveries.Add(await _broker.ListensAsync(stop));
        _running.AddRange(_cast.Subscribers.Select(subscriber => subscriber.RunAsync(stop)));
        _running.AddRange(_cast.Changers.Select(changer => changer.RunAsync(stop)));
        _running.AddRange(_cast.Retained.Select(retained => retained.RunAsync(stop)));
        _running.AddRange(_cast.Receivers.Select(receiver => receiver.RunAsync(stop)));
        Actor[] first = [.. _cast.Subscribers, .. _cast.Changers, .. _cast.Retained];
        await WatchedAsync(Task.WhenAll(first.Select(actor => actor.Ready)).WaitAsync(FirstPatience, stop));
        _running.AddRange(_cast.Publishers.Select(publisher => publisher.RunAsync(stop)));
        _running.AddRange(_cast.Wills.Select(will => will.RunAsync(stop)));
    }

    private async Task KillAndRecoverAsync(CancellationToken ct)
    {
        Travel();
        await _broker.KillAsync();
        _kills++;
        var isTorn = _log?.TearSometimes() == true;
        while (_kills < _options.Kills && _random.NextDouble() < RecoveryKillShare)
        {
            _broker.Start();
            var usual = _recoveries[^1].TotalMilliseconds;
            await WatchedAsync(Task.Delay(TimeSpan.FromMilliseconds(_random.NextDouble() * usual), ct));
            await _broker.KillAsync();
            _kills++;
            _killsInRecovery++;
            isTorn = _log?.TearSometimes() == true;
        }

        _broker.Start();
        _recoveries.Add(await _broker.ListensAsync(ct));
        if (isTorn)
        {
            Assert.True(await _process.SaysAsync(TornLog.Message), $"It does not say that the end of its log was torn: {_process.Transcript}");
            _tornNamed++;
        }

        _options.Progress(string.Create(
            CultureInfo.InvariantCulture, $"{_kills} kills, recovered in {_recoveries[^1].TotalMilliseconds:0} ms, {Received} messages received, {_findings.Total} findings"));
    }

    /// <summary>Some of the travellers leave, others return, at the moment of a kill.</summary>
    private void Travel()
    {
        foreach (var traveller in _cast.Travellers)
        {
            if (_random.Next(3) == 0)
            {
                traveller.Return();
            }
            else
            {
                traveller.Leave();
            }
        }
    }

    private long Received => _cast.Inboxes.Sum(inbox => inbox.Received);

    /// <summary>The load ends, everybody comes back, and all waits for what must still come.</summary>
    private async Task FinishAsync(CancellationToken ct)
    {
        _cast.Travellers.ForEach(traveller => traveller.Return());
        foreach (var will in _cast.Wills)
        {
            will.Finish();
        }

        IEnumerable<Task> last =
        [
            .. _cast.Publishers.Select(publisher => publisher.FinishAsync()),
            .. _cast.Changers.Select(changer => changer.FinishAsync()),
            .. _cast.Retained.Select(retained => retained.FinishAsync()),
            .. _cast.Receivers.Select(receiver => receiver.FinishAsync()),
        ];
        await WatchedAsync(Task.WhenAll(last).WaitAsync(FinishPatience, ct));
        for (var quiet = Stopwatch.StartNew(); quiet.Elapsed < QuietPatience;)
        {
            var before = Received;
            if (_cast.Book.Missing == 0 && _cast.Inboxes.TrueForAll(inbox => inbox.Missing == 0))
            {
                break;
            }

            await WatchedAsync(Task.Delay(200, ct));
            if (Received > before)
            {
                quiet.Restart();
            }
        }

        await WatchedAsync(Task.Delay(500, ct));        // what comes twice, or came back, would come now
    }

    private KillReport Report(TimeSpan time)
    {
        _cast.Inboxes.ForEach(inbox => inbox.Judge());
        _cast.Book.Judge();
        return new KillReport
        {
            Title = $"{_options.Program.Name}, {_options.Version}, seed {_options.Seed}",
            Kills = _kills,
            KillsInRecovery = _killsInRecovery,
            Torn = _log?.Count ?? 0,
            TornNamed = _tornNamed,
            Published = _cast.Published.Sum(topic => (long)topic.Count),
            Acknowledged = _cast.Published.Sum(topic => (long)topic.Acknowledged.Count),
            Deliveries = _cast.Inboxes.Sum(inbox => inbox.Expected),
            Wills = _cast.Book.Count,
            Recoveries = [.. _recoveries.Order()],
            Time = time,
            Findings = _findings,
        };
    }

    /// <summary>Waits, and fails as soon as one of the clients has.</summary>
    private async Task WatchedAsync(Task task)
    {
        var failed = await Task.WhenAny([task, .. _running.Where(running => !running.IsCompletedSuccessfully)]);
        await failed;
        await task;
    }
}
