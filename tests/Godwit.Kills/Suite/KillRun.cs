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

    private readonly KillOptions _options;
    private readonly Random _random;
    private readonly IKillable _broker;
    private readonly TornLog? _log;
    private readonly KilledBroker _process;
    private readonly Findings _findings = new();
    private readonly Cast _cast;
    private readonly List<TimeSpan> _recoveries = [];
    private readonly Stage _stage;
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
        _stage = new Stage(_cast);
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
                await _stage.WatchedAsync(Task.Delay(_random.Next(30, 700), ct));
                await KillAndRecoverAsync(ct);
            }

            await _stage.WatchedAsync(Task.Delay(LastLoad, ct));
            await _stage.FinishAsync(ct);
        }
        finally
        {
            await stop.CancelAsync();
        }

        await _stage.LeaveAsync(ct);
        return Report(clock.Elapsed);
    }

    private async Task StartAsync(CancellationToken stop)
    {
        _broker.Start();
        _recoveries.Add(await _broker.ListensAsync(stop));
        await _stage.BeginAsync(stop);
    }

    private async Task KillAndRecoverAsync(CancellationToken ct)
    {
        _stage.Travel(_random);
        await _broker.KillAsync();
        _kills++;
        var isTorn = _log?.TearSometimes() == true;
        while (_kills < _options.Kills && _random.NextDouble() < RecoveryKillShare)
        {
            _broker.Start();
            var usual = _recoveries[^1].TotalMilliseconds;
            await _stage.WatchedAsync(Task.Delay(TimeSpan.FromMilliseconds(_random.NextDouble() * usual), ct));
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
            CultureInfo.InvariantCulture, $"{_kills} kills, recovered in {_recoveries[^1].TotalMilliseconds:0} ms, {_stage.Received} messages received, {_findings.Total} findings"));
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
}
